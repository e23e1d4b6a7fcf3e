// Keeps the provider process small while it reads a big cluster: measured in bench/footprint.ts.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY_MS = 200;
/** Bytes of new objects after which garbage is collected. V8 by itself waits for much more, and gives nothing back. */
const GROWTH = 12_000_000;

let watching = false;

/** From now on answers that are done with do not pile up. Never keeps a process alive; calling it again does nothing. */
export function keepSmall(): void {
  if (watching) return;
  watching = true;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let last = used();
  setInterval(() => {
    if (used() < last + GROWTH) return;
    collect();
    last = used();
  }, EVERY_MS).unref();
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
