// A1 on 1 + 20 CUCM and 6 IM and Presence nodes, once; calls, restarts, reading, memory and state are all looked up in this one run.
import { type HistoryEntry, type Lab, startLab } from "../lab";
import type { StateResource, TestStack } from "../tests/support/stack";
import { bigEstate, clusterText } from "./estate";
import { ours } from "./programs";
import { withPeak } from "./process";
import { good, stackOf } from "./stack";
import { type ExpectedRestarts, minimumOf } from "./matrix";

/** What the run left behind. */
export interface ClusterRun {
  history: readonly HistoryEntry[];
  nodes: readonly string[];
  minimum: ExpectedRestarts;
  /** MB; undefined where the system does not tell. */
  peak: number | undefined;
  state: readonly StateResource[];
  seconds: number;
}

async function run(lab: Lab, stack: TestStack): Promise<ClusterRun> {
  const minimum = minimumOf(lab);
  const begin = Date.now();
  const { megabytes } = await withPeak(stack, () => good(stack.up()));
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes.map(({ fqdn }) => fqdn));
  return { history: lab.history.entries, nodes, minimum, peak: megabytes, state: stack.resources(), seconds: (Date.now() - begin) / 1000 };
}

async function measure(): Promise<ClusterRun> {
  const estate = bigEstate();
  const lab = await startLab(estate);
  let stack: TestStack | undefined;
  try {
    stack = await stackOf(lab, ours(clusterText(estate), 0));
    return await run(lab, stack);
  } finally {
    stack?.dispose();
    await lab.stop();
  }
}

let once: Promise<ClusterRun> | undefined;

/** The run, made when it is first asked for. */
export function clusterRun(): Promise<ClusterRun> {
  return (once ??= measure());
}
