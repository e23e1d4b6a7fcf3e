// Estates for tests of the lab's nodes: everything quick, unless a test wants to look while something is on its way.
import { after, before } from "node:test";
import { type EstateDescription, type Lab, type NodeDescription, restore, type Snapshot, snapshot, startLab } from "../../../lab";

export const PUB = "cs-ccm-pub.example.com";
export const SUB = "cs-ccm-sub.example.com";
export const IMP = "cs-imp.example.com";
export const IMP_SUB = "cs-imp-sub.example.com";

/** Longer than any test lasts: what takes this time is under way until the lab is stopped. */
export const NEVER = 3_600_000;

export const NODES: NodeDescription[] = [
  { fqdn: PUB, product: "CUCM", role: "publisher" },
  { fqdn: SUB, product: "CUCM", role: "subscriber" },
  { fqdn: IMP, product: "IM and Presence", role: "publisher" },
];

const QUICK = { tomcatStop: 1, tomcatStart: 1, serviceStop: 1, serviceStart: 1, replication: 1, distribution: 1, pageLag: 0, cliStart: 0 };

export type ClusterOptions = Partial<EstateDescription["clusters"][number]>;

/** One cluster: publisher, subscriber and IM and Presence. */
export function startNodes({ timing, ...more }: Partial<EstateDescription> = {}, cluster: ClusterOptions = {}): Promise<Lab> {
  return startLab({ name: "nodes", clusters: [{ name: "hq", nodes: NODES, ...cluster }], timing: { ...QUICK, ...timing }, ...more });
}

/** Does `work` with a lab of its own and stops it, whatever happens. */
export async function within(starting: Promise<Lab>, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await starting;
  try {
    await work(lab);
  } finally {
    await lab.stop();
  }
}

/** One lab for all tests of a file that use what is returned: each finds it as it was at its start, but for the history. */
export function shared(start: () => Promise<Lab>): (work: (lab: Lab) => Promise<void>) => Promise<void> {
  let lab: Lab | undefined;
  let untouched: Snapshot;
  before(async () => {
    lab = await start();
    untouched = snapshot(lab);
  });
  after(() => lab?.stop());
  return async (work) => {
    for (const cluster of lab!.clusters) await cluster.settled();
    restore(lab!, untouched);
    await work(lab!);
  };
}
