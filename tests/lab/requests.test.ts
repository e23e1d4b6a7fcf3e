import "reflect-metadata";
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as x509 from "@peculiar/x509";
import type { Lab } from "../../lab";
import { describeRequest } from "../../lab/pki/read";
import { IMP, IMP_SUB, NODES, PUB, startNodes, SUB, within } from "./support/estates";
import { done, refusal } from "./support/node-client";
import { generate, install, makeRoot, sign, trust } from "./support/signer";

const DOMAIN = "example.com";

function fieldsOf(csr: string): { key: string; hash: string } {
  const { publicKey, signatureAlgorithm } = new x509.Pkcs10CertificateRequest(csr);
  const { modulusLength, namedCurve } = publicKey.algorithm as { modulusLength?: number; namedCurve?: string };
  return { key: String(modulusLength ?? namedCurve), hash: (signatureAlgorithm as { hash?: { name: string } }).hash!.name };
}

describe("a certificate signing request", () => {
  let lab: Lab;
  before(async () => {
    lab = await startNodes({}, { nodes: [...NODES, { fqdn: IMP_SUB, product: "IM and Presence", role: "subscriber" }] });
  });
  after(() => lab.stop());
  const pending = async (fqdn: string, service = "tomcat") => String((await done(lab.node(fqdn), `GET /csr?service=${service}`)).csr);
  const namesOf = async (fqdn: string, question: Record<string, unknown>) => (await describeRequest(await generate(lab.node(fqdn), question))).names;

  test("of the multi-server kind is on every node that it names, and the answer lists them", async () => {
    const { csr, messages } = await done(lab.node(PUB), "POST /csr", { service: "tomcat", distribution: "multi-server" });
    assert.deepEqual(messages, [`CSR export operation successful on the nodes [${[PUB, SUB, IMP, IMP_SUB].join(", ")}]`]);
    for (const fqdn of [PUB, SUB, IMP, IMP_SUB]) assert.equal(await pending(fqdn), csr);
  });

  test("for this server stays on it", async () => {
    const { csr, messages } = await done(lab.node(SUB), "POST /csr", { service: "tomcat", distribution: "this-server" });
    assert.deepEqual(messages, [`CSR export operation successful on the nodes [${SUB}]`]);
    assert.equal(await pending(SUB), csr);
    assert.notEqual(await pending(PUB), csr);
  });

  test("is replaced by the next one, which has another key", async () => {
    const [first, second] = [await generate(lab.node(PUB)), await generate(lab.node(PUB))];
    assert.equal(await pending(PUB), second);
    assert.ok(!(await describeRequest(first)).publicKey.equals((await describeRequest(second)).publicKey));
  });

  test("of one purpose leaves those of the others alone", async () => {
    const tomcat = await generate(lab.node(PUB));
    await generate(lab.node(PUB), { service: "CallManager" });
    assert.equal(await pending(PUB), tomcat);
  });

  const covered: [service: string, from: string, names: string[]][] = [
    ["tomcat", PUB, [PUB, SUB, IMP, IMP_SUB, DOMAIN]],
    ["tomcat-ECDSA", SUB, [PUB, SUB, IMP, IMP_SUB, DOMAIN]],
    ["CallManager", PUB, [PUB, SUB, DOMAIN]],
    ["CallManager-ECDSA", PUB, [PUB, SUB, DOMAIN]],
    ["cup-xmpp", IMP, [IMP, IMP_SUB, DOMAIN]],
    ["cup-xmpp-ECDSA", IMP, [IMP, IMP_SUB, DOMAIN]],
    ["cup-xmpp-s2s", IMP, [IMP, IMP_SUB, DOMAIN]],
    ["cup-xmpp-s2s-ECDSA", IMP_SUB, [IMP, IMP_SUB, DOMAIN]],
  ];
  for (const [service, from, names] of covered)
    test(`for ${service} on all servers names ${names.length - 1} nodes and the domain by itself`, async () => {
      assert.deepEqual(await namesOf(from, { service, distribution: "multi-server" }), names);
    });

  test("for this server names the node, and what it is told to", async () => {
    assert.deepEqual(await namesOf(PUB, { service: "ipsec", distribution: "this-server" }), [PUB]);
    assert.deepEqual(await namesOf(PUB, { distribution: "this-server", altNames: ["alias.example.com", "192.0.2.7", PUB] }), [PUB, "alias.example.com", "192.0.2.7"]);
  });

  test("on all servers also names other domains", async () => {
    assert.deepEqual(await namesOf(PUB, { service: "CallManager", altNames: ["phones.example.org", SUB] }), [PUB, SUB, DOMAIN, "phones.example.org"]);
  });

  test("is called <host>-ms.<domain> on all servers, like the node on one, or as it is told", async () => {
    const commonName = async (question: Record<string, unknown>) => (await describeRequest(await generate(lab.node(PUB), question))).commonName;
    assert.equal(await commonName({}), "cs-ccm-pub-ms.example.com");
    assert.equal(await commonName({ distribution: "this-server" }), PUB);
    assert.equal(await commonName({ commonName: "uc.example.com" }), "uc.example.com");
  });

  test("asks for the usages of its purpose", async () => {
    const usages = async (from: string, service: string) => {
      const { keyUsages, extendedKeyUsages } = await describeRequest(await generate(lab.node(from), { service, distribution: "this-server" }));
      return [keyUsages, extendedKeyUsages.map((usage) => usage.split(".").at(-1))];
    };
    const { digitalSignature, keyEncipherment, dataEncipherment, keyCertSign } = x509.KeyUsageFlags;
    const usual = digitalSignature | keyEncipherment | dataEncipherment;
    assert.deepEqual(await usages(PUB, "tomcat"), [usual, ["1", "2"]]);
    assert.deepEqual(await usages(PUB, "TVS"), [usual, ["1", "2"]]);
    assert.deepEqual(await usages(PUB, "ipsec"), [usual, ["1", "2", "5"]]);
    assert.deepEqual(await usages(IMP, "cup-xmpp"), [usual, ["1", "2", "5"]]);
    assert.deepEqual(await usages(PUB, "CAPF"), [digitalSignature | keyCertSign, ["1"]]);
  });

  test("has the key and the hash that it is told, else 2048 bits and SHA-256, and P-384 for EC", async () => {
    const made = async (question: Record<string, unknown>) => fieldsOf(await generate(lab.node(PUB), question));
    assert.deepEqual(await made({}), { key: "2048", hash: "SHA-256" });
    assert.deepEqual(await made({ keyType: "rsa", keyLength: 3072, hashAlgorithm: "sha512" }), { key: "3072", hash: "SHA-512" });
    assert.deepEqual(await made({ service: "tomcat-ECDSA" }), { key: "P-384", hash: "SHA-384" });
    assert.deepEqual(await made({ service: "tomcat-ECDSA", keyType: "ec", keyLength: 256, hashAlgorithm: "sha256" }), { key: "P-256", hash: "SHA-256" });
    assert.deepEqual(await made({ service: "tomcat-ECDSA", keyLength: 521 }), { key: "P-521", hash: "SHA-512" });
  });

  const MULTI = { service: "tomcat", distribution: "multi-server" };
  const refused: [what: string, question: Record<string, unknown>, words: RegExp][] = [
    ["an unknown distribution", { service: "tomcat", distribution: "all-servers" }, /^Invalid value for distribution$/],
    ["no distribution", { service: "tomcat" }, /^Invalid value for distribution$/],
    ["a purpose of another product", { service: "cup", distribution: "this-server" }, /^Invalid service cup$/],
    ["an unknown purpose", { service: "tomcats", distribution: "this-server" }, /^Invalid service tomcats$/],
    ["no purpose", { distribution: "this-server" }, /^Invalid service $/],
    ...["ipsec", "CAPF", "TVS", "ITLRecovery"].map((service): [string, Record<string, unknown>, RegExp] => [
      `all servers for ${service}`,
      { service, distribution: "multi-server" },
      new RegExp(`^Multi-server distribution is not supported for ${service}$`),
    ]),
    ["a wildcard as common name", { ...MULTI, commonName: "*.example.com" }, /^Wildcard certificates are not supported$/],
    ["a wildcard beside the nodes", { ...MULTI, altNames: ["*.example.com"] }, /^Wildcard certificates are not supported$/],
    ["an address on all servers", { ...MULTI, altNames: ["192.0.2.7"] }, /^Invalid value for altNames: 192\.0\.2\.7$/],
    ["a common name that is more than a name", { ...MULTI, commonName: "a.example.com, O=Other" }, /^Invalid value for commonName/],
    ["an empty common name", { ...MULTI, commonName: "" }, /^Invalid value for commonName/],
    ["1024 bits", { ...MULTI, keyLength: 1024 }, /^Invalid key length 1024 for key type rsa$/],
    ["a length that is a text", { ...MULTI, keyLength: "2048" }, /^Invalid key length/],
    ["an EC key for an RSA purpose", { ...MULTI, keyType: "ec", keyLength: 384 }, /^Invalid key length 384 for key type ec$/],
    ["SHA-1", { ...MULTI, hashAlgorithm: "sha1" }, /^Invalid value for hashAlgorithm: sha1$/],
    ["a hash that is weaker than the EC key", { service: "tomcat-ECDSA", distribution: "multi-server", keyLength: 384, hashAlgorithm: "sha256" }, /^The hash algorithm SHA-256 is weaker than the key$/],
  ];
  for (const [what, question, words] of refused)
    test(`is refused with ${what}, and the pending one stays`, async () => {
      const before = lab.node(PUB).store.requests.get("tomcat");
      const [status, text] = await refusal(lab.node(PUB), "POST /csr", question);
      assert.match(text, words);
      assert.equal(status, 400);
      assert.equal(lab.node(PUB).store.requests.get("tomcat"), before);
    });

  test("cup cannot be for all servers on an IM and Presence node either", async () => {
    assert.deepEqual(await refusal(lab.node(IMP), "POST /csr", { service: "cup", distribution: "multi-server" }), [400, "Multi-server distribution is not supported for cup"]);
  });
});

describe("a certificate signing request for all servers", () => {
  const reached = async (lab: Lab) => {
    const { messages } = await done(lab.node(PUB), "POST /csr", { service: "tomcat", distribution: "multi-server" });
    const listed = /\[(.*)\]/.exec((messages as string[])[0]!)![1]!.split(", ");
    assert.deepEqual(listed, lab.cluster("hq").nodes.filter(({ store }) => store.requests.has("tomcat")).map(({ fqdn }) => fqdn), "the message tells the truth");
    return listed;
  };

  test("does not reach a node that is down, and still names it", () =>
    within(startNodes({ faults: [{ fault: "node down", node: SUB }] }), async (lab) => {
      assert.deepEqual(await reached(lab), [PUB, IMP]);
      assert.ok(lab.node(PUB).store.requests.get("tomcat")!.names.includes(SUB));
    }));

  for (const service of ["Platform Administrative Web Service", "Cisco Tomcat"])
    test(`does not reach a node whose ${service} is stopped`, () =>
      within(startNodes(), async (lab) => {
        lab.node(IMP).services.set(service, "stopped");
        assert.deepEqual(await reached(lab), [PUB, SUB]);
      }));

  test("is on the node that makes it, whatever is stopped there", () =>
    within(startNodes(), async (lab) => {
      lab.node(PUB).services.set("Platform Administrative Web Service", "stopped");
      assert.deepEqual(await reached(lab), [PUB, SUB, IMP]);
    }));

  test("leaves the parent domain out when the switch says so", () =>
    within(startNodes({ switches: { parentDomainInSan: false } }), async (lab) => {
      assert.deepEqual((await describeRequest(await generate(lab.node(PUB)))).names, [PUB, SUB, IMP]);
    }));

  test("ignores other domains when the switch says so", () =>
    within(startNodes({ switches: { altNamesWithMultiServer: false } }), async (lab) => {
      assert.deepEqual((await describeRequest(await generate(lab.node(PUB), { altNames: ["more.example.org"] }))).names, [PUB, SUB, IMP, DOMAIN]);
    }));

  test("has the subject of the installation, whatever characters it is made of", () =>
    within(startNodes({}, { organization: { organizationalUnit: "R&D; Labs", organization: 'Example, "Inc"', locality: "Saint-Ouen", state: "A=B+C", country: "US" } }), async (lab) => {
      const name = new x509.Pkcs10CertificateRequest(await generate(lab.node(PUB))).subjectName;
      const fields = ["L", "ST", "CN", "OU", "O", "C"].map((field) => name.getField(field)[0]);
      assert.deepEqual(fields, ["Saint-Ouen", "A=B+C", "cs-ccm-pub-ms.example.com", "R&D; Labs", 'Example, "Inc"', "US"]);
    }));

  test("is consumed by the upload, on every node that gets the certificate", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      await install(lab.node(PUB), root);
      await lab.cluster("hq").settled();
      for (const fqdn of [PUB, SUB, IMP]) assert.deepEqual(await refusal(lab.node(fqdn), "GET /csr?service=tomcat"), [404, "File /usr/local/platform/.security/tomcat/keys/tomcat.csr does not exist"]);
    }));

  test("is bound to its key pair: the certificate of the one before is refused", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const first = await sign(root, await generate(lab.node(PUB)));
      await generate(lab.node(PUB));
      assert.deepEqual(await refusal(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [first] }), [500, "CSR public key and certificate public key do not match"]);
    }));
});
