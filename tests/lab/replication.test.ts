import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Lab } from "../../lab";
import { IMP, IMP_SUB, NEVER, NODES, PUB, startNodes, SUB, within } from "./support/estates";
import { makeRoot, trust } from "./support/signer";

const ROOT = "Replicated Root";
const SECOND_CUP: typeof NODES = [...NODES, { fqdn: IMP_SUB, product: "IM and Presence", role: "subscriber" }];

/** The nodes that hold the certificate, by their short names. */
function holders(lab: Lab, store = "tomcat-trust", commonName = ROOT): string[] {
  return lab
    .cluster("hq")
    .nodes.filter((node) => node.store.entries(store).some(({ certificate }) => certificate.commonName === commonName))
    .map(({ fqdn }) => fqdn.split(".")[0]!);
}

async function deleteRoot(lab: Lab, fqdn: string, store: string): Promise<void> {
  const node = lab.node(fqdn);
  node.certificates.deleteTrust(store, node.store.entries(store).find(({ certificate }) => certificate.commonName === ROOT)!.fileName);
  await lab.cluster("hq").settled();
}

describe("a trust upload", () => {
  test("is on the other nodes after a while, not at once", () =>
    within(startNodes(), async (lab) => {
      lab.timing.replication = NEVER;
      await trust(lab.node(PUB), await makeRoot(ROOT));
      assert.deepEqual(holders(lab), ["cs-ccm-pub"]);
    }));

  const spreads: [service: string, store: string, from: string, to: string[]][] = [
    ["tomcat", "tomcat-trust", PUB, ["cs-ccm-pub", "cs-ccm-sub", "cs-imp", "cs-imp-sub"]],
    ["tomcat", "tomcat-trust", IMP, ["cs-ccm-pub", "cs-ccm-sub", "cs-imp", "cs-imp-sub"]],
    ["CallManager", "CallManager-trust", PUB, ["cs-ccm-pub", "cs-ccm-sub"]],
    ["CAPF", "CAPF-trust", PUB, ["cs-ccm-pub"]],
    ["CAPF", "CAPF-trust", SUB, ["cs-ccm-sub"]],
    ["ipsec", "ipsec-trust", PUB, ["cs-ccm-pub"]],
    ["cup", "cup-trust", IMP, ["cs-imp"]],
    ["cup-xmpp", "cup-xmpp-trust", IMP, ["cs-imp"]],
  ];
  for (const [service, store, from, to] of spreads)
    test(`to ${store} on ${from.split(".")[0]} reaches ${to.length === 1 ? "no other node" : `${to.length} nodes`}`, () =>
      within(startNodes({}, { nodes: SECOND_CUP }), async (lab) => {
        await trust(lab.node(from), await makeRoot(ROOT), service);
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab, store), to);
      }));

  test("on a subscriber is replicated too, unless the switch says otherwise", async () => {
    for (const subscriberTrustReplicates of [true, false])
      await within(startNodes({ switches: { subscriberTrustReplicates } }), async (lab) => {
        await trust(lab.node(SUB), await makeRoot(ROOT));
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab), subscriberTrustReplicates ? ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"] : ["cs-ccm-sub"]);
      });
  });

  test("stays within its cluster", () =>
    within(startNodes({ clusters: [{ name: "hq", nodes: NODES }, { name: "west", nodes: [{ fqdn: "pub.west.example.com", product: "CUCM", role: "publisher" }] }] }), async (lab) => {
      await trust(lab.node(PUB), await makeRoot(ROOT));
      for (const cluster of lab.clusters) await cluster.settled();
      assert.ok(!lab.node("pub.west.example.com").store.entries("tomcat-trust").some(({ certificate }) => certificate.commonName === ROOT));
    }));
});

describe("a deletion from a trust store", () => {
  test("travels where entries travel", () =>
    within(startNodes(), async (lab) => {
      await trust(lab.node(PUB), await makeRoot(ROOT));
      await lab.cluster("hq").settled();
      await deleteRoot(lab, SUB, "tomcat-trust");
      assert.deepEqual(holders(lab), []);
    }));

  test("travels from CAPF-trust, into which every node has to be told", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot(ROOT);
      for (const fqdn of [PUB, SUB]) await trust(lab.node(fqdn), root, "CAPF");
      await deleteRoot(lab, PUB, "CAPF-trust");
      assert.deepEqual(holders(lab, "CAPF-trust"), []);
    }));

  test("stays on the node for the others", () =>
    within(startNodes({}, { nodes: SECOND_CUP }), async (lab) => {
      const root = await makeRoot(ROOT);
      for (const fqdn of [IMP, IMP_SUB]) await trust(lab.node(fqdn), root, "cup");
      await deleteRoot(lab, IMP, "cup-trust");
      assert.deepEqual(holders(lab, "cup-trust"), ["cs-imp-sub"]);
    }));
});

describe("what cannot be replicated", () => {
  test("waits for a node that is down, and arrives in order when it is back", () =>
    within(startNodes(), async (lab) => {
      const back = lab.faults.add({ fault: "node down", node: SUB });
      const [root, other] = [await makeRoot(ROOT), await makeRoot("Another Root")];
      for (const one of [root, other]) await trust(lab.node(PUB), one);
      await lab.cluster("hq").settled();
      await deleteRoot(lab, PUB, "tomcat-trust");
      assert.deepEqual(holders(lab, "tomcat-trust", "Another Root"), ["cs-ccm-pub", "cs-imp"]);
      back();
      await lab.cluster("hq").settled();
      assert.deepEqual(holders(lab, "tomcat-trust", "Another Root"), ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"]);
      assert.deepEqual(holders(lab), [], "stored, then deleted");
    }));

  for (const [side, node] of [
    ["the node that was written to", PUB],
    ["the node that waits for it", IMP],
  ] as const)
    test(`waits while replication of ${side} is broken`, () =>
      within(startNodes(), async (lab) => {
        const repair = lab.faults.add({ fault: "replication broken", node });
        await trust(lab.node(PUB), await makeRoot(ROOT));
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab), node === PUB ? ["cs-ccm-pub"] : ["cs-ccm-pub", "cs-ccm-sub"]);
        repair();
        await lab.cluster("hq").settled();
        assert.deepEqual(holders(lab), ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"]);
      }));

  test("is forgotten when the lab is stopped", async () => {
    const lab = await startNodes();
    lab.faults.add({ fault: "node down", node: SUB });
    await trust(lab.node(PUB), await makeRoot(ROOT));
    await lab.cluster("hq").settled();
    lab.faults.clear();
    await lab.stop();
    await lab.cluster("hq").settled();
    assert.deepEqual(holders(lab), ["cs-ccm-pub", "cs-imp"]);
  });
});
