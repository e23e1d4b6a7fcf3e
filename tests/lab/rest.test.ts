import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { IMP, PUB, startNodes, SUB, within } from "./support/estates";
import { basic, done, fetchFrom, refusal, rest } from "./support/node-client";
import { generate, makeRoot, sign } from "./support/signer";

const TRACKING = /^UC_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Snapshot {
  server: string;
  trackingId: string;
  identities: { service: string; certificate: string; csr: string }[];
  trusts: { service: string; certificate_data: { filename: string; certificate: string }[] }[];
}

describe("the certificate REST of a node", () => {
  let lab: Lab;
  let pub: VosNode;
  before(async () => {
    lab = await startNodes();
    pub = lab.node(PUB);
  });
  after(() => lab.stop());

  test("its snapshot names the server and holds every certificate as PEM", async () => {
    const { server, identities, trusts, trackingId } = (await done(pub, "GET /snapshot/server")) as unknown as Snapshot;
    assert.equal(server, PUB);
    assert.match(trackingId, TRACKING);
    assert.deepEqual(identities.map(({ service }) => service), ["tomcat", "tomcat-ECDSA", "ipsec", "ITLRecovery", "CallManager-ECDSA", "CallManager", "CAPF", "TVS"]);
    for (const { certificate, csr } of identities) {
      assert.match(certificate, /^-----BEGIN CERTIFICATE-----\n/);
      assert.equal(csr, "");
    }
    const tomcat = trusts.find(({ service }) => service === "tomcat-trust")!;
    assert.ok(tomcat.certificate_data.some(({ filename, certificate }) => filename.startsWith(`${PUB}_`) && certificate === identities[0]!.certificate));
  });

  test("a subscriber and an IM and Presence node have purposes of their own", async () => {
    const services = async (fqdn: string) => ((await done(lab.node(fqdn), "GET /snapshot/server")) as unknown as Snapshot).identities.map(({ service }) => service);
    assert.deepEqual(await services(SUB), ["tomcat", "tomcat-ECDSA", "ipsec", "CallManager-ECDSA", "CallManager", "TVS"]);
    assert.deepEqual(await services(IMP), ["tomcat", "tomcat-ECDSA", "ipsec", "cup", "cup-ECDSA", "cup-xmpp", "cup-xmpp-ECDSA", "cup-xmpp-s2s", "cup-xmpp-s2s-ECDSA"]);
  });

  test("reads one identity, and one trust store by the name of a purpose", async () => {
    const own = pub.store.identities.get("CallManager")!.certificate.pem;
    assert.equal((await done(pub, "GET /identity/certificate?service=CallManager")).certificate, own);
    const { certificates } = (await done(pub, "GET /trust/certificate?service=CallManager")) as { certificates: { filename: string; certificate: string }[] };
    assert.ok(certificates.some(({ certificate }) => certificate === own));
  });

  test("takes question, CA and certificate, and reads each back", async () => {
    const root = await makeRoot("REST Root");
    const csr = await generate(pub);
    assert.equal((await done(pub, "GET /csr?service=tomcat")).csr, csr);
    const stored = await done(pub, "POST /trust/certificates", { service: ["tomcat", "CallManager"], certificates: [root.certificate], description: "for a test" });
    assert.deepEqual(stored.messages, ["Certificate uploaded"]);
    for (const store of ["tomcat-trust", "CallManager-trust"]) assert.equal(pub.store.entries(store).find(({ certificate }) => certificate.pem.trim() === root.certificate.trim())?.description, "for a test");
    const pem = await sign(root, csr);
    await done(pub, "POST /identity/certificates", { service: "tomcat", certificates: [pem, root.certificate] });
    assert.equal(String((await done(pub, "GET /identity/certificate?service=tomcat")).certificate).trim(), pem.trim());
  });

  test("answers alike on 443", async () => {
    const reply = await rest(pub, "GET /identity/certificate?service=tomcat", undefined, { port: "https443" });
    assert.equal(reply.body.certificate, pub.store.identities.get("tomcat")!.certificate.pem);
  });

  test("names what it does not emulate with 501", async () => {
    for (const operation of ["GET /options", "GET /snapshot/options", "DELETE /trust/certificate?service=tomcat", "DELETE /csr?service=tomcat", "PUT /identity/certificates"]) {
      const [status, words] = await refusal(pub, operation);
      assert.equal(status, 501, operation);
      assert.ok(words.startsWith(`${operation.split("?")[0]} is not emulated by this lab`), words);
    }
  });

  test("an error has the status as key, the words as messages and a tracking id", async () => {
    const { status, headers, body } = await rest(pub, "POST /csr", undefined, { raw: '{"service": ' });
    assert.equal(status, 400);
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual({ ...body, trackingId: "" }, { key: 400, messages: ["Invalid JSON Format"], trackingId: "" });
    assert.match(String(body.trackingId), TRACKING);
  });

  const refused: [what: string, operation: string, body: unknown, status: number, words: RegExp][] = [
    ["a read without a service", "GET /csr", undefined, 400, /Missing query parameter service/],
    ["a purpose that the node does not have", "GET /identity/certificate?service=cup", undefined, 400, /^Invalid service cup$/],
    ["a CSR that is not there", "GET /csr?service=TVS", undefined, 404, /^File \/usr\/local\/platform\/\.security\/TVS\/keys\/TVS\.csr does not exist$/],
    ["a store where a purpose belongs", "GET /trust/certificate?service=tomcat-trust", undefined, 400, /^Invalid service tomcat-trust$/],
    ["a store of another product", "POST /trust/certificates", { service: ["cup-xmpp"], certificates: ["x"] }, 400, /^Invalid service cup-xmpp$/],
    ["a trust upload whose service is no list", "POST /trust/certificates", { service: "tomcat", certificates: ["x"] }, 400, /^Invalid value for service$/],
    ["an identity upload whose service is a list", "POST /identity/certificates", { service: ["tomcat"], certificates: ["x"] }, 400, /^Invalid value for service$/],
    ["an upload of nothing", "POST /identity/certificates", { service: "tomcat", certificates: [] }, 400, /^Invalid value for certificates$/],
    ["a body that is no object", "POST /csr", "tomcat", 400, /^Invalid JSON Format$/],
  ];
  for (const [what, operation, body, status, words] of refused)
    test(`refuses ${what}`, async () => {
      const [code, text] = await refusal(pub, operation, body);
      assert.match(text, words);
      assert.equal(code, status);
    });

  test("stores nothing when one of several stores is unknown", async () => {
    const { certificate } = await makeRoot("Half Way Root");
    const [status] = await refusal(pub, "POST /trust/certificates", { service: ["tomcat", "nope"], certificates: [certificate] });
    assert.equal(status, 400);
    assert.ok(!pub.store.entries("tomcat-trust").some((entry) => entry.certificate.commonName === "Half Way Root"));
  });

  test("every call is in the history with begin, end and outcome, and no body", async () => {
    const mark = lab.history.mark();
    await rest(pub, "GET /csr?service=TVS");
    const [entry] = lab.history.since(mark);
    assert.deepEqual([entry!.node, entry!.interface, entry!.action, entry!.outcome, entry!.detail], [PUB, "rest", "GET /csr", "404", {}]);
    assert.ok(entry!.until! >= entry!.at);
  });
});

describe("logging in to the certificate REST", () => {
  test("is asked for by the realm CMPlatform, before anything else is looked at", () =>
    within(startNodes(), async (lab) => {
      for (const operation of ["GET /snapshot/server", "POST /csr", "GET /options"]) {
        const { status, headers, body } = await rest(lab.node(PUB), operation, undefined, { headers: { authorization: "" } });
        assert.deepEqual([status, headers["www-authenticate"], body.key, body.messages], [401, 'Basic realm="CMPlatform"', 401, ["Unauthorized"]], operation);
      }
    }));

  test("is for the OS administrator, not for the application user", () =>
    within(startNodes(), async (lab) => {
      const { username, password } = lab.cluster("hq").applicationUser.credential;
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server", undefined, { headers: basic(username, password) })).status, 401);
    }));

  test("three wrong passwords lock the account of that node: the right one is refused too, and only there", () =>
    within(startNodes(), async (lab) => {
      const { username } = lab.cluster("hq").osAdministrator;
      const wrong = () => rest(lab.node(PUB), "GET /snapshot/server", undefined, { headers: basic(username, "wrong-one") });
      for (const attempt of [1, 2]) assert.equal((await wrong()).status, 401, `attempt ${attempt}`);
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200, "two wrong ones do not lock, and a right one begins the count anew");
      for (let attempt = 0; attempt < 3; attempt++) await wrong();
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 401);
      assert.equal((await rest(lab.node(SUB), "GET /snapshot/server")).status, 200);
      const failed = lab.history.of("rest", "log-in failed");
      assert.deepEqual(failed.map(({ outcome }) => outcome), [...Array<string>(5).fill("refused"), "locked"]);
      assert.ok(!JSON.stringify(lab.history.entries).includes("wrong-one"));
    }));

  test("is not needed for what lies beside it", () =>
    within(startNodes(), async (lab) => {
      assert.equal((await fetchFrom(lab.node(PUB), "GET /platformcom/api/v1/certmgr/configuration")).status, 404);
    }));
});
