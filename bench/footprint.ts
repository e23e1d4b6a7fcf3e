// What the provider process and the state weigh in the run on the big cluster.
import { clusterRun, type ClusterRun } from "./cluster";
import { below, type Row, told, type Table } from "./report";

const MEGABYTES = 200;

function sizes({ state }: ClusterRun): Row[] {
  const byKind = new Map<string, number[]>();
  for (const resource of state) {
    if (!resource.type.startsWith("pulumi-nodejs:dynamic/uccerts:")) continue;
    const kind = resource.type.split(":").at(-1)!;
    byKind.set(kind, [...(byKind.get(kind) ?? []), JSON.stringify(resource).length]);
  }
  const mean = (all: readonly number[]) => Math.round(all.reduce((sum, one) => sum + one, 0) / all.length);
  const all = [...byKind.values()].flat();
  return [...[...byKind].map(([kind, bytes]) => told(`state bytes of one ${kind} (of ${bytes.length})`, mean(bytes))), told(`state bytes of one resource (of ${all.length})`, mean(all))];
}

export async function footprint(): Promise<Table[]> {
  const run = await clusterRun();
  return [{ title: "Memory and state in that run", rows: [below("provider process, peak of resident memory", MEGABYTES, run.peak), ...sizes(run)] }];
}
