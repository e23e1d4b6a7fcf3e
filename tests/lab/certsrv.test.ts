import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Authority } from "../../lab/certsrv/authority";
import type { Lab } from "../../lab/lab";
import { describe as read } from "../../lab/pki/read";
import { ask, authorityLab, basic, csr, form, within } from "./certsrv-support";

/** Issued, pending or denied: what the submission says. */
async function submit(ca: Authority, attributes?: string): Promise<string> {
  const { status, text } = await ask(ca, "certfnsh.asp", { headers: basic(ca), form: form(await csr(), attributes) });
  assert.equal(status, 200);
  return text;
}

function namesIn(bundle: Buffer | string): string[] {
  return [...new x509.X509Certificates(bundle)].map((certificate) => certificate.subjectName.getField("CN")[0]!);
}

describe("web enrolment", () => {
  let lab: Lab;
  let ca: Authority;
  before(async () => {
    lab = await authorityLab();
    ca = lab.authority("ca");
  });
  after(() => lab.stop());

  test("is served with a certificate of the authority for its own name", async () => {
    const { status, text } = await ask(ca, "", { headers: basic(ca) });
    assert.equal(status, 200);
    assert.match(text, /Welcome/);
  });

  test("answers a request that is issued with a link to the certificate", async () => {
    const id = /certnew\.cer\?ReqID=(\d+)&/.exec(await submit(ca))![1]!;
    const { headers, text } = await ask(ca, `certnew.cer?ReqID=${id}&Enc=b64`, { headers: basic(ca) });
    assert.equal(headers["content-type"], "application/pkix-cert");
    assert.equal(read(text).commonName, "pub.example.com");
  });

  test("gives DER when that is asked for", async () => {
    const id = /ReqID=(\d+)&/.exec(await submit(ca))![1]!;
    const [binary, text] = [await ask(ca, `certnew.cer?ReqID=${id}&Enc=bin`, { headers: basic(ca) }), await ask(ca, `certnew.cer?ReqID=${id}&enc=B64`, { headers: basic(ca) })];
    assert.deepEqual(binary.body, read(text.text).parsed.raw);
  });

  test("calls a certificate text/html when the user agent is no browser", async () => {
    const { authorization } = basic(ca);
    const { headers, text } = await ask(ca, "certnew.cer?ReqID=CACert&Enc=b64", { headers: { authorization } });
    assert.equal(headers["content-type"], "text/html");
    assert.equal(read(text).commonName, "Example Issuing CA 1");
  });

  test("denies with the disposition message and keeps it for the id", async () => {
    const page = await submit(ca, "CertificateTemplate:Nothing");
    assert.match(page, /The disposition message is "Denied by Policy Module {2}0x80094800/);
    const id = /Your Request Id is (\d+)\./.exec(page)![1]!;
    const { headers, text } = await ask(ca, `certnew.cer?ReqID=${id}&Enc=b64`, { headers: basic(ca) });
    assert.match(headers["content-type"] as string, /^text\/html/);
    assert.match(text, /Disposition message:[^\t]+\t\tDenied by Policy Module/);
  });

  test("says that an id is unknown", async () => {
    const { text } = await ask(ca, "certnew.cer?ReqID=4711&Enc=b64", { headers: basic(ca) });
    assert.match(text, /Disposition message:[^\t]+\t\tThe requested property value is empty/);
  });

  test("gives the chain of a certificate as PKCS#7", async () => {
    const id = /ReqID=(\d+)&/.exec(await submit(ca))![1]!;
    const { headers, body } = await ask(ca, `certnew.p7b?ReqID=${id}&Enc=bin`, { headers: basic(ca) });
    assert.equal(headers["content-type"], "application/x-pkcs7-certificates");
    assert.deepEqual(namesIn(body), ["pub.example.com", "Example Issuing CA 1", "Example Root CA"]);
  });

  test("labels a base-64 PKCS#7 as a certificate", async () => {
    const { text } = await ask(ca, "certnew.p7b?ReqID=CACert&Enc=b64", { headers: basic(ca) });
    assert.match(text, /^-----BEGIN CERTIFICATE-----\r\n/);
    assert.deepEqual(namesIn(Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64")), ["Example Issuing CA 1", "Example Root CA"]);
  });

  test("names what it does not emulate", async () => {
    const { status, text } = await ask(ca, "certrqxt.asp", { headers: basic(ca) });
    assert.equal(status, 501);
    assert.match(text, /GET \/certsrv\/certrqxt\.asp is not emulated/);
  });

  test("records what was asked and by whom, and no password", async () => {
    await ask(ca, "", { headers: basic(ca) });
    const entry = lab.history.of("certsrv", "GET /certsrv/").at(-1)!;
    assert.deepEqual([entry.node, entry.outcome, entry.detail], ["ca.example.com", "ok", { requester: "EXAMPLE\\enroll", authentication: "Basic" }]);
    assert.ok(!JSON.stringify(lab.history.entries).includes(ca.credential.password));
  });
});

describe("a renewed authority", () => {
  test("says how often, and gives each certificate by its number", () =>
    within(authorityLab(), async (ca) => {
      const renewals = async () => /var nRenewals=(\d+);/.exec((await ask(ca, "certcarc.asp", { headers: basic(ca) })).text)![1];
      const serial = async (renewal: number) => read((await ask(ca, `certnew.cer?ReqID=CACert&Renewal=${renewal}&Enc=b64`, { headers: basic(ca) })).text).serial;
      assert.equal(await renewals(), "0");
      const old = await serial(0);
      const renewed = await ca.renew("issuing");
      assert.equal(await renewals(), "1");
      assert.deepEqual([await serial(0), await serial(1), await serial(-1)], [old, renewed.serial, renewed.serial]);
      const { text } = await ask(ca, "certnew.cer?ReqID=CACert&Renewal=2&Enc=b64", { headers: basic(ca) });
      assert.match(text, /The requested property value is empty/);
    }));
});

describe("a request that is held", () => {
  test("is pending, and the same id gives the certificate once it is issued", () =>
    within(authorityLab({ decision: "hold" }), async (ca) => {
      const page = await submit(ca);
      assert.match(page, /Certificate Pending/);
      assert.match(page, /Your Request Id is 32\./);
      assert.doesNotMatch(page, /certnew\.cer/);
      const fetch = () => ask(ca, "certnew.cer?ReqID=32&Enc=b64", { headers: basic(ca) });
      assert.match((await fetch()).text, /Disposition message:[^\t]+\t\tTaken Under Submission\r\n/);
      await ca.issue(32);
      assert.equal((await fetch()).headers["content-type"], "application/pkix-cert");
    }));

  test("says by whom it was denied", () =>
    within(authorityLab({ decision: "hold" }), async (ca) => {
      await submit(ca);
      ca.deny(32);
      const { text } = await ask(ca, "certnew.cer?ReqID=32&Enc=b64", { headers: basic(ca) });
      assert.match(text, /Disposition message:[^\t]+\t\tDenied by EXAMPLE\\administrator/);
    }));
});

describe("German pages", () => {
  test("have other words and the same links", () =>
    within(authorityLab({ language: "de" }), async (ca) => {
      const page = await submit(ca);
      assert.match(page, /Zertifikat ausgestellt/);
      assert.match(page, /certnew\.cer\?ReqID=32&/);
      assert.doesNotMatch(page, /Certificate Issued/);
    }));

  test("deny with the same element id", () =>
    within(authorityLab({ language: "de" }), async (ca) => {
      const page = await submit(ca, "CertificateTemplate:Nothing");
      assert.match(page, /ID=locDenied/);
      assert.doesNotMatch(page, /The disposition message/);
    }));
});

describe("faults", () => {
  test("the chain comes in another order", () =>
    within(authorityLab({}, { faults: [{ fault: "returns the chain unordered" }] }), async (ca) => {
      const { body } = await ask(ca, "certnew.p7b?ReqID=CACert&Enc=bin", { headers: basic(ca) });
      assert.deepEqual(namesIn(body), ["Example Root CA", "Example Issuing CA 1"]);
    }));

  test("a dropped answer leaves the request in the database", () =>
    within(authorityLab({}, { faults: [{ fault: "dropped answer", action: "certfnsh", times: 1 }] }), async (ca) => {
      await assert.rejects(submit(ca), { code: "ECONNRESET" });
      assert.equal(ca.requests.length, 1);
      assert.match(await submit(ca), /ReqID=33&/);
    }));

  test("a dropped connection leaves nothing", () =>
    within(authorityLab({}, { faults: [{ fault: "dropped connection", times: 1 }] }), async (ca) => {
      await assert.rejects(submit(ca), { code: "ECONNRESET" });
      assert.equal(ca.requests.length, 0);
    }));

  test("an authority that is down refuses every connection", () =>
    within(authorityLab({}, { faults: [{ fault: "node down", node: "ca.example.com" }] }), async (ca) => {
      await assert.rejects(ask(ca, "", { headers: basic(ca) }));
    }));

  test("unavailable is 503", () =>
    within(authorityLab({}, { faults: [{ fault: "unavailable", interface: "certsrv", times: 1 }] }), async (ca) => {
      assert.equal((await ask(ca, "", { headers: basic(ca) })).status, 503);
      assert.equal((await ask(ca, "", { headers: basic(ca) })).status, 200);
    }));
});
