// A wrong password with 27 nodes and eight operations at once locks nothing: one failed log-in per OS account and node, one per application
// user and cluster (platform-interfaces.md 3.1: three lock an OS account).
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type ClusterConnection, type Connections, connectionsOf, ESTATE_A1, type HistoryEntry, type Lab, type NodeDescription, startLab } from "../../lab";
import { Cluster } from "../../sdk/topology";
import { chainOf } from "../support/a1";
import { TestProvider } from "../support/provider";

const NODES: (NodeDescription & { product: "CUCM" | "IM and Presence" })[] = Array.from({ length: 27 }, (_, index) => ({
  fqdn: `node-${index + 1}.example.com`,
  product: index < 20 ? "CUCM" : "IM and Presence",
  role: index === 0 || index === 20 ? "publisher" : "subscriber",
}));

const HQ = new Cluster("hq", { release: "15", nodes: NODES.map(({ fqdn, product, role }) => ({ fqdn, product, role })) });

type Logins = Pick<ClusterConnection, "osAdministrator" | "applicationUser">;

describe("a cluster of 27 nodes and eight operations at once", { timeout: 240_000 }, () => {
  let lab: Lab, mark: number;
  before(async () => (lab = await startLab({ ...ESTATE_A1, clusters: [{ name: "hq", nodes: NODES }] })));
  beforeEach(() => (mark = lab.history.mark()));
  after(() => lab.stop());

  /** The lab's connections with one wrong password. */
  function wrong(which: keyof Logins): Connections {
    const connections = connectionsOf(lab);
    const hq = connections.hq as ClusterConnection;
    return { ...connections, hq: { ...hq, [which]: { ...hq[which], password: "mistyped-password" } } };
  }

  async function using<T>(connections: Connections, work: (provider: TestProvider) => Promise<T>): Promise<T> {
    const provider = new TestProvider(lab, { connections });
    try {
      return await work(provider);
    } finally {
      await provider.dispose();
    }
  }

  const failed = (): HistoryEntry[] => lab.history.since(mark).filter(({ action }) => action === "log-in failed");
  const locked = () => failed().filter(({ outcome }) => outcome === "locked");
  /** How often each place refused a log-in. */
  const counts = () => Object.fromEntries([...new Set(failed().map(({ node }) => node))].map((place) => [place, failed().filter(({ node }) => node === place).length]));
  const once = (places: readonly string[]) => Object.fromEntries(places.map((place) => [place, 1]));

  /** Eight at a time, as Pulumi does with --parallel 8, until all are through. @returns what they failed with */
  async function eight(works: readonly (() => Promise<unknown>)[]): Promise<string[]> {
    const waiting = [...works];
    const sentences: string[] = [];
    const worker = async () => {
      for (let work = waiting.shift(); work; work = waiting.shift()) await work().catch((error: Error) => sentences.push(error.message));
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return sentences;
  }

  const trust = (node: (typeof HQ.nodes)[number]) => ({ node, store: "CallManager-trust", certificatePem: chainOf(lab)[0]!, verify: "cluster" });

  it("fail once per OS account and node, however many operations try it", async () => {
    await using(wrong("osAdministrator"), async (provider) => {
      // Each certificate three times, so that the same account is wanted by several operations: over REST and by SSH.
      const works = HQ.nodes.flatMap((node) => [
        () => provider.create("TrustCertificate", trust(node)),
        () => provider.runtime.vos(node).system(),
        () => provider.create("TrustCertificate", trust(node)),
      ]);
      const sentences = await eight(works);
      assert.equal(sentences.length, works.length, "nothing succeeded");
      assert.ok(sentences.every((text) => text.includes("refused")), sentences.find((text) => !text.includes("refused")));
      assert.deepEqual(counts(), once(NODES.map(({ fqdn }) => fqdn)));
      assert.deepEqual(locked(), []);
    });
  });

  it("and the accounts are open for the next run, with the right password", async () => {
    await using(connectionsOf(lab), async (provider) => {
      assert.deepEqual(await eight(HQ.nodes.map((node) => () => provider.runtime.vos(node).system())), []);
      assert.deepEqual(failed(), []);
    });
  });

  it("fail once per application user and cluster", async () => {
    await using(wrong("applicationUser"), async (provider) => {
      const works = HQ.nodes.flatMap((node) => [() => provider.runtime.vos(node).services(), () => provider.runtime.vos(node).members()]);
      const sentences = await eight(works);
      assert.equal(sentences.length, works.length);
      assert.deepEqual(counts(), { hq: 1 });
    });
  });

  it("log in alone first: one log-in stands before the others begin", async () => {
    await using(connectionsOf(lab), async (provider) => {
      const pub = provider.runtime.vos(HQ.nodes[0]!);
      await eight(Array.from({ length: 8 }, () => () => pub.identity("tomcat")));
      const [first, ...others] = lab.history.since(mark).filter(({ interface: at }) => at === "rest");
      assert.equal(others.length, 7);
      for (const other of others) assert.ok(other.at >= (first!.until ?? first!.at), "the others came after the first was answered");
    });
  });

});
