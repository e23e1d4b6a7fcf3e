import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { publicKeyOf } from "../../lab/keys";
import type { KeyAndCertificate } from "../../lab/pki/make";
import { describe as read } from "../../lab/pki/read";
import type { VosNode } from "../../lab/vos/node";
import { IMP, IMP_SUB, NEVER, NODES, PUB, startNodes, SUB, within } from "./support/estates";
import { done, refusal } from "./support/node-client";
import { daysAgo, type Differently, foreignKey, generate, install, makeIntermediate, makeRoot, sign, trust } from "./support/signer";

const serialOf = (node: VosNode, purpose = "tomcat") => node.store.identities.get(purpose)!.certificate.serial;
const holders = (lab: Lab, pem: string, purpose = "tomcat") => lab.cluster("hq").nodes.filter((node) => node.store.identities.has(purpose) && serialOf(node, purpose) === read(pem).serial).map(({ fqdn }) => fqdn);

describe("a certificate for all servers", () => {
  test("is on the node that it is uploaded to at once, on the others after a while", () =>
    within(startNodes({ timing: { distribution: NEVER } }), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const { pem, messages } = await install(lab.node(PUB), root);
      assert.deepEqual(messages, [`Certificate upload operation successful for the nodes ${PUB},${SUB},${IMP}. Restart Cisco Tomcat on the nodes ${PUB},${SUB},${IMP} using the CLI.`]);
      assert.deepEqual(holders(lab, pem), [PUB]);
      assert.ok(lab.node(SUB).store.requests.has("tomcat"), "the request waits for it");
    }));

  test("arrives on all of them with key and distribution", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const { pem } = await install(lab.node(PUB), root);
      await lab.cluster("hq").settled();
      assert.deepEqual(holders(lab, pem), [PUB, SUB, IMP]);
      for (const node of lab.cluster("hq").nodes) {
        const { key, distribution, certificate } = node.store.identities.get("tomcat")!;
        assert.equal(distribution, "multi-server");
        assert.ok(publicKeyOf(key).export({ type: "spki", format: "der" }).equals(certificate.publicKey));
      }
    }));

  test("may be uploaded on another node than the one that asked", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const pem = await sign(root, await generate(lab.node(PUB)));
      await lab.cluster("hq").settled();
      await done(lab.node(SUB), "POST /identity/certificates", { service: "tomcat", certificates: [pem] });
      await lab.cluster("hq").settled();
      assert.deepEqual(holders(lab, pem), [PUB, SUB, IMP]);
    }));

  test("covers CUCM nodes only for CallManager, and asks for no restart of Tomcat", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root, "CallManager");
      const { pem, messages } = await install(lab.node(PUB), root, { service: "CallManager" });
      await lab.cluster("hq").settled();
      assert.deepEqual(messages, [`Certificate upload operation successful for the nodes ${PUB},${SUB}.`]);
      assert.deepEqual(holders(lab, pem, "CallManager"), [PUB, SUB]);
    }));

  test("takes its chain along to stores that are not replicated", () =>
    within(startNodes({}, { nodes: [...NODES, { fqdn: IMP_SUB, product: "IM and Presence", role: "subscriber" }] }), async (lab) => {
      const root = await makeRoot("Chain Root");
      const issuing = await makeIntermediate(root, "Chain Issuing");
      await trust(lab.node(IMP), root, "cup-xmpp");
      await trust(lab.node(IMP), issuing, "cup-xmpp");
      const namesOn = () => lab.node(IMP_SUB).store.entries("cup-xmpp-trust").map(({ certificate }) => certificate.commonName).filter((name) => name.startsWith("Chain"));
      await lab.cluster("hq").settled();
      assert.deepEqual(namesOn(), []);
      await install(lab.node(IMP), issuing, { service: "cup-xmpp" });
      await lab.cluster("hq").settled();
      assert.deepEqual(namesOn().sort(), ["Chain Issuing", "Chain Root"]);
    }));

  test("does not reach a node without the key pair: one that missed the CSR, or made another since", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const back = lab.faults.add({ fault: "node down", node: SUB });
      const csr = await generate(lab.node(PUB));
      back();
      await generate(lab.node(IMP), { distribution: "this-server" });
      const pem = await sign(root, csr);
      const { messages } = await done(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [pem] });
      assert.match((messages as string[])[0]!, new RegExp(`for the nodes ${PUB}\\.`));
      await lab.cluster("hq").settled();
      assert.deepEqual(holders(lab, pem), [PUB]);
      assert.ok(lab.node(IMP).store.requests.has("tomcat"), "the newer request is not consumed");
    }));

  const unreachable: [what: string, make: (lab: Lab) => void][] = [
    ["is down", (lab) => void lab.faults.add({ fault: "node down", node: SUB })],
    ["has its Platform Administrative Web Service stopped", (lab) => lab.node(SUB).services.set("Platform Administrative Web Service", "stopped")],
    ["has its Cisco Tomcat stopped", (lab) => lab.node(SUB).services.set("Cisco Tomcat", "stopped")],
  ];
  for (const [what, make] of unreachable) {
    test(`does not reach a node that ${what} at the upload`, () =>
      within(startNodes(), async (lab) => {
        const root = await makeRoot();
        await trust(lab.node(PUB), root);
        const pem = await sign(root, await generate(lab.node(PUB)));
        make(lab);
        const { messages } = await done(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [pem] });
        assert.match((messages as string[])[0]!, new RegExp(`for the nodes ${PUB},${IMP}\\.`));
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab, pem), [PUB, IMP]);
      }));

    test(`does not reach a node that ${what} when it would arrive`, () =>
      within(startNodes({ timing: { distribution: 50 } }), async (lab) => {
        const root = await makeRoot();
        await trust(lab.node(PUB), root);
        const pem = await sign(root, await generate(lab.node(PUB)));
        lab.node(PUB).certificates.uploadIdentity("tomcat", pem);
        make(lab);
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab, pem), [PUB, IMP]);
      }));
  }
});

describe("a certificate for this server", () => {
  test("stays on it; its copy in tomcat-trust is seen on all", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      await lab.cluster("hq").settled();
      const { pem, messages } = await install(lab.node(SUB), root, { distribution: "this-server" });
      await lab.cluster("hq").settled();
      assert.match(messages[0]!, new RegExp(`for the nodes ${SUB}\\.`));
      assert.deepEqual(holders(lab, pem), [SUB]);
      for (const node of lab.cluster("hq").nodes) assert.ok(node.store.entries("tomcat-trust").some(({ certificate }) => certificate.serial === read(pem).serial), node.fqdn);
    }));

  test("leaves the self-signed copy in the trust store when it is called otherwise", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const old = serialOf(lab.node(PUB));
      await install(lab.node(PUB), root);
      assert.ok(lab.node(PUB).store.entries("tomcat-trust").some(({ certificate }) => certificate.serial === old));
    }));
});

describe("an identity upload is refused", () => {
  let lab: Lab;
  let pub: VosNode;
  let root: KeyAndCertificate;
  let csr: string;
  before(async () => {
    lab = await startNodes();
    pub = lab.node(PUB);
    root = await makeRoot();
    await trust(pub, root);
  });
  beforeEach(async () => {
    csr = await generate(pub);
  });
  after(() => lab.stop());

  /** Nothing has changed, and the request still waits. */
  const refusedWith = async (pem: string | string[], status: number, words: string) => {
    const serial = serialOf(pub);
    const { entries } = lab.history;
    const installs = entries.filter(({ action }) => action === "install tomcat").length;
    assert.deepEqual(await refusal(pub, "POST /identity/certificates", { service: "tomcat", certificates: [pem].flat() }), [status, words]);
    assert.equal(serialOf(pub), serial);
    assert.equal(entries.filter(({ action }) => action === "install tomcat").length, installs);
    assert.equal((await done(pub, "GET /csr?service=tomcat")).csr, csr);
  };

  const signed: [what: string, differently: () => Promise<Differently>, status: number, words: string][] = [
    ["with another key than the request's", async () => ({ publicKey: publicKeyOf(await foreignKey()).export({ type: "spki", format: "der" }) }), 500, "CSR public key and certificate public key do not match"],
    ["with a name too few", async () => ({ names: [PUB, IMP, "example.com"] }), 400, "CSR SAN and Certificate SAN does not match"],
    ["with a name too many", async () => ({ names: [PUB, SUB, IMP, "example.com", "more.example.com"] }), 400, "CSR SAN and Certificate SAN does not match"],
    ["without names", async () => ({ names: [] }), 400, "CSR SAN and Certificate SAN does not match"],
    ["with a wildcard", async () => ({ names: ["*.example.com"] }), 400, "Wildcard certificates are not supported"],
    ["when it has expired", async () => ({ validity: { notBefore: daysAgo(10), days: 9 } }), 400, "The certificate has expired"],
    ["when it is not yet valid", async () => ({ validity: { notBefore: daysAgo(-1), days: 9 } }), 400, "The certificate is not yet valid"],
  ];
  for (const [what, differently, status, words] of signed)
    test(what, async () => {
      await refusedWith(await sign(root, csr, await differently()), status, words);
    });

  test("when its CA is not in the trust store", async () => {
    await refusedWith(await sign(await makeRoot("Unknown Root"), csr), 400, "CA certificate is not available in the trust-store");
  });

  test("when its CA is in the trust store of another purpose only", async () => {
    const other = await makeRoot("CallManager Root");
    await trust(pub, other, "CallManager");
    await refusedWith(await sign(other, csr), 400, "CA certificate is not available in the trust-store");
  });

  test("when the intermediate is in the trust store and its root is gone", async () => {
    const top = await makeRoot("Vanishing Root");
    const issuing = await makeIntermediate(top, "Orphaned Issuing");
    await trust(pub, top);
    await trust(pub, issuing);
    pub.certificates.deleteTrust("tomcat-trust", pub.store.entries("tomcat-trust").find(({ certificate }) => certificate.commonName === "Vanishing Root")!.fileName);
    await refusedWith(await sign(issuing, csr), 400, "CA certificate is not available in the trust-store");
  });

  test("when its CA only comes along: what comes along is ignored", async () => {
    const other = await makeRoot("Accompanying Root");
    await refusedWith([await sign(other, csr), other.certificate], 400, "CA certificate is not available in the trust-store");
  });

  test("when it is no PEM", async () => {
    await refusedWith("nothing of the kind", 400, "Error reading the certificate, the certificate is not in PEM format");
    await refusedWith(csr, 400, "Error reading the certificate, the certificate is not in PEM format");
  });

  test("when two certificates are given as one", async () => {
    await refusedWith(`${await sign(root, csr)}\n${root.certificate}`, 400, "Error reading the certificate, more than one certificate was given");
  });

  test("when no request is pending on that node", async () => {
    const pem = await sign(root, csr);
    const expected = [500, "File /usr/local/platform/.security/tomcat-ECDSA/keys/tomcat-ECDSA.csr does not exist"];
    assert.deepEqual(await refusal(pub, "POST /identity/certificates", { service: "tomcat-ECDSA", certificates: [pem] }), expected);
  });

  test("for a purpose that the node does not have", async () => {
    assert.deepEqual(await refusal(pub, "POST /identity/certificates", { service: "cup", certificates: [await sign(root, csr)] }), [400, "Invalid service cup"]);
  });

  test("by a second upload of the same certificate, because the request is consumed", async () => {
    const pem = await sign(root, csr);
    await done(pub, "POST /identity/certificates", { service: "tomcat", certificates: [pem] });
    assert.deepEqual(await refusal(pub, "POST /identity/certificates", { service: "tomcat", certificates: [pem] }), [500, "File /usr/local/platform/.security/tomcat/keys/tomcat.csr does not exist"]);
  });
});

describe("with the switch", () => {
  test("keyMismatchStatus, another key is refused with 400", () =>
    within(startNodes({ switches: { keyMismatchStatus: 400 } }), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      const publicKey = publicKeyOf(await foreignKey()).export({ type: "spki", format: "der" });
      const pem = await sign(root, await generate(lab.node(PUB)), { publicKey });
      assert.deepEqual(await refusal(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [pem] }), [400, "CSR public key and certificate public key do not match"]);
    }));

  test("identityUploadTakesChain, the CAs that come along are stored first, and reach the other nodes", () =>
    within(startNodes({ switches: { identityUploadTakesChain: true } }), async (lab) => {
      const root = await makeRoot("Accompanying Root");
      const issuing = await makeIntermediate(root, "Accompanying Issuing");
      const pem = await sign(issuing, await generate(lab.node(PUB)));
      await done(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [pem, issuing.certificate, root.certificate] });
      await lab.cluster("hq").settled();
      assert.deepEqual(holders(lab, pem), [PUB, SUB, IMP]);
      for (const node of lab.cluster("hq").nodes)
        assert.deepEqual(node.store.entries("tomcat-trust").map(({ certificate }) => certificate.commonName).filter((name) => name.startsWith("Accompanying")).sort(), ["Accompanying Issuing", "Accompanying Root"]);
    }));
});
