import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectionsOf, type Lab } from "../../lab";
import { describe as describeCertificate, describeRequest } from "../../lab/pki/read";
import { envelope } from "../support/soap-lab";
import { IMP, NODES, PUB, startNodes, SUB, within } from "./support/estates";
import { basic, done, fetchFrom, fingerprintShown, refusal, rest } from "./support/node-client";
import { generate, install, makeRoot, sign, trust } from "./support/signer";

const NEW = "cs-new.example.com";

async function namesInAxl(lab: Lab, asked = PUB): Promise<string[]> {
  const raw = envelope('<axl:listProcessNode xmlns:axl="http://www.cisco.com/AXL/API/15.0"><searchCriteria><name>%</name></searchCriteria><returnedTags><name/></returnedTags></axl:listProcessNode>');
  const { username, password } = lab.cluster("hq").applicationUser.credential;
  const { text } = await fetchFrom(lab.node(asked), "POST /axl/", undefined, { raw, headers: { ...basic(username, password), soapaction: '"CUCM:DB ver=15.0 listProcessNode"' } });
  return [...text.matchAll(/<name>([^<]*)<\/name>/g)].map(([, name]) => name!).filter((name) => name !== "EnterpriseWideData");
}

function trusts(lab: Lab, fqdn: string, commonName: string, store = "tomcat-trust"): boolean {
  return lab.node(fqdn).store.entries(store).some(({ certificate }) => certificate.commonName === commonName);
}

/** Every purpose is self-signed for that name. */
function assertSelfSigned(lab: Lab, fqdn: string): void {
  for (const purpose of lab.node(fqdn).purposes) {
    const { certificate, distribution } = lab.node(fqdn).store.identities.get(purpose)!;
    assert.equal(certificate.subject, certificate.issuer, purpose);
    assert.deepEqual(certificate.names, [fqdn], purpose);
    assert.equal(distribution, "this-server", purpose);
  }
}

/** A lab whose three nodes serve one multi-server certificate of a CA. */
async function signedLab(): Promise<Lab> {
  const lab = await startNodes();
  const root = await makeRoot();
  await trust(lab.node(PUB), root);
  await install(lab.node(PUB), root);
  await lab.cluster("hq").settled();
  for (const node of lab.cluster("hq").nodes) await node.services.restart("Cisco Tomcat");
  return lab;
}

describe("a node that is rebuilt", () => {
  test("is self-signed again and serves it, and the others keep what they have", () =>
    within(signedLab(), async (lab) => {
      const [before, other] = [await fingerprintShown(lab.node(SUB)), await fingerprintShown(lab.node(PUB))];
      await lab.node(SUB).rebuild();
      assertSelfSigned(lab, SUB);
      const now = await fingerprintShown(lab.node(SUB));
      assert.notEqual(now, before);
      assert.equal(now, lab.node(SUB).store.identities.get("tomcat")!.certificate.parsed.fingerprint256);
      assert.equal(await fingerprintShown(lab.node(PUB)), other);
    }));

  test("loses its requests and its own stores; what is replicated comes back from the publisher", () =>
    within(signedLab(), async (lab) => {
      await trust(lab.node(SUB), await makeRoot("Local Root"), "ipsec");
      await generate(lab.node(SUB), { distribution: "this-server" });
      await lab.node(SUB).rebuild();
      assert.ok(!trusts(lab, SUB, "Test Root CA"), "not at once");
      await lab.cluster("hq").settled();
      assert.ok(trusts(lab, SUB, "Test Root CA"));
      assert.ok(trusts(lab, SUB, PUB) && trusts(lab, SUB, IMP), "certificates of the other nodes");
      assert.ok(trusts(lab, SUB, PUB, "ipsec-trust"), "the publisher's for backups");
      assert.ok(!trusts(lab, SUB, "Local Root", "ipsec-trust"));
      assert.equal((await refusal(lab.node(SUB), "GET /csr?service=tomcat"))[0], 404);
      assert.equal(lab.history.of("platform", "rebuilt")[0]!.node, SUB);
    }));
});

describe("a node that joins", () => {
  const description = { fqdn: NEW, product: "CUCM", role: "subscriber" } as const;

  test("has servers, certificates, services and what is replicated, and is in the cluster's list", () =>
    within(signedLab(), async (lab) => {
      const node = await lab.addNode("hq", description);
      assert.equal(lab.node(NEW), node);
      assertSelfSigned(lab, NEW);
      assert.equal((await done(node, "GET /snapshot/server")).server, NEW);
      assert.ok(node.services.started("Cisco Tomcat"));
      assert.ok(trusts(lab, NEW, "Test Root CA") && trusts(lab, NEW, PUB, "ipsec-trust"));
      assert.ok(trusts(lab, PUB, NEW), "the others know it");
      assert.deepEqual(await namesInAxl(lab), [PUB, SUB, IMP, NEW]);
      assert.deepEqual(Object.keys((connectionsOf(lab).hq as { reach: object }).reach), [PUB, SUB, IMP, NEW]);
    }));

  test("is named by the next certificate for all servers, not by the present one", () =>
    within(signedLab(), async (lab) => {
      await lab.addNode("hq", description);
      assert.ok(!lab.node(PUB).store.identities.get("tomcat")!.certificate.names.includes(NEW));
      await generate(lab.node(PUB));
      assert.ok(lab.node(PUB).store.requests.get("tomcat")!.names.includes(NEW));
      assert.ok(lab.node(NEW).store.requests.has("tomcat"));
    }));

  test("has an address of its own", () =>
    within(startNodes({}, { nodes: NODES.map((node, index) => ({ ...node, address: `10.0.0.${11 + index}` })) }), async (lab) => {
      const { address } = await lab.addNode("hq", description);
      assert.deepEqual(lab.cluster("hq").nodes.filter((node) => node.address === address).map(({ fqdn }) => fqdn), [NEW]);
    }));

  const refused: [what: string, description: Parameters<Lab["addNode"]>[1], words: RegExp][] = [
    ["whose name is taken", { ...description, fqdn: SUB }, /cs-ccm-sub\.example\.com is there twice/],
    ["that would be a second publisher", { ...description, role: "publisher" }, /must hold one CUCM publisher, not 2/],
    ["without a domain", { ...description, fqdn: "cs-new" }, /must be a fully qualified host name, not "cs-new"/],
  ];
  for (const [what, other, words] of refused)
    test(`is refused ${what}`, () =>
      within(startNodes(), async (lab) => {
        await assert.rejects(lab.addNode("hq", other), words);
        assert.equal(lab.cluster("hq").nodes.length, 3);
      }));
});

describe("a node that is renamed", () => {
  test("has the new name everywhere and self-signed certificates for every purpose", () =>
    within(signedLab(), async (lab) => {
      const { ports } = lab.node(SUB);
      const node = await lab.renameNode(SUB, NEW);
      assert.equal(lab.node(NEW), node);
      assert.throws(() => lab.node(SUB), /has no node "cs-ccm-sub\.example\.com"/);
      assert.deepEqual(node.ports, ports);
      assertSelfSigned(lab, NEW);
      assert.equal((await done(node, "GET /snapshot/server")).server, NEW);
      assert.equal(await fingerprintShown(node), node.store.identities.get("tomcat")!.certificate.parsed.fingerprint256);
      assert.deepEqual(Object.keys((connectionsOf(lab).hq as { reach: object }).reach), [PUB, NEW, IMP]);
      assert.deepEqual(lab.history.of("platform", "renamed").map(({ node: name, detail }) => [name, detail]), [[NEW, { from: SUB }]]);
    }));

  test("is asked for, regenerated and restarted under its new name; the old one is gone", () =>
    within(signedLab(), async (lab) => {
      const node = await lab.renameNode(SUB, NEW);
      const own = await describeRequest(await generate(node, { distribution: "this-server" }));
      assert.match(own.subject, /CN=cs-new\.example\.com/);
      assert.deepEqual(own.names, [NEW]);
      assert.deepEqual((await describeRequest(await generate(lab.node(PUB)))).names, [PUB, NEW, IMP, "example.com"]);
      const { commonName, names, subject, issuer, parsed } = await node.certificates.regenerate("tomcat");
      assert.deepEqual([commonName, names, subject], [NEW, [NEW], issuer]);
      await node.services.restart("Cisco Tomcat");
      assert.equal(await fingerprintShown(node), parsed.fingerprint256);
    }));

  test("gets a certificate for all servers again from a new request for all", () =>
    within(signedLab(), async (lab) => {
      const node = await lab.renameNode(SUB, NEW);
      const root = await makeRoot("Second Root");
      await trust(lab.node(PUB), root);
      const { pem } = await install(lab.node(PUB), root);
      await lab.cluster("hq").settled();
      assert.equal(node.store.identities.get("tomcat")!.certificate.parsed.fingerprint256, describeCertificate(pem).parsed.fingerprint256);
    }));

  test("is in the cluster's list under the new name, in the same place", () =>
    within(signedLab(), async (lab) => {
      await lab.renameNode(SUB, NEW);
      assert.deepEqual(await namesInAxl(lab), [PUB, NEW, IMP]);
    }));

  test("may be the publisher", () =>
    within(signedLab(), async (lab) => {
      await lab.renameNode(PUB, "hq-pub.example.org");
      assert.deepEqual(await namesInAxl(lab, "hq-pub.example.org"), ["hq-pub.example.org", SUB, IMP]);
      await generate(lab.node("hq-pub.example.org"));
      assert.deepEqual(lab.node(SUB).store.requests.get("tomcat")!.names, ["hq-pub.example.org", SUB, IMP, "example.org"]);
    }));

  test("loses its pending requests, and the certificate of the one for all servers does not reach it", () =>
    within(signedLab(), async (lab) => {
      const csr = await generate(lab.node(PUB));
      await lab.renameNode(SUB, NEW);
      assert.equal(lab.node(NEW).store.requests.size, 0);
      await done(lab.node(PUB), "POST /identity/certificates", { service: "tomcat", certificates: [await sign(await makeRoot(), csr)] });
      await lab.cluster("hq").settled();
      assertSelfSigned(lab, NEW);
    }));

  test("is trusted by the others under its new name; the old entries stay", () =>
    within(signedLab(), async (lab) => {
      await lab.renameNode(SUB, NEW);
      await lab.cluster("hq").settled();
      assert.ok(trusts(lab, PUB, NEW) && trusts(lab, PUB, SUB));
    }));

  test("is meant by faults, history and failed log-ins under its new name", () =>
    within(startNodes(), async (lab) => {
      await lab.renameNode(SUB, NEW);
      lab.faults.add({ fault: "unavailable", node: NEW, times: 1 });
      assert.equal((await rest(lab.node(NEW), "GET /snapshot/server")).status, 503);
      await rest(lab.node(NEW), "GET /snapshot/server", undefined, { headers: basic("administrator", "wrong") });
      assert.deepEqual(lab.history.of("rest").map(({ node }) => node), Array(lab.history.of("rest").length).fill(NEW));
    }));

  for (const [what, name, words] of [
    ["a name that is taken", IMP, /cs-imp\.example\.com is there twice/],
    ["half a name", "cs-new", /must be a fully qualified host name/],
  ] as const)
    test(`is refused ${what}`, () =>
      within(startNodes(), async (lab) => {
        await assert.rejects(lab.renameNode(SUB, name), words);
        assert.equal(lab.node(SUB).fqdn, SUB);
        assert.equal((await fetchFrom(lab.node(SUB), "GET /ccmadmin")).status, 200);
      }));
});
