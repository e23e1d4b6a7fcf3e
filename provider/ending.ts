// The end of the provider process: Pulumi sends SIGINT at the normal end of every preview and `up`, and at a second Ctrl-C.
import type { Runtime } from "./runtime";

/** Pulumi waits five seconds before it kills; whatever is said must be out by then. */
const GRACE_MS = 4_000;

/** Prints what the run has to say, closes sessions and ends the process. */
export function endOnSignal(runtime: Runtime): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    runtime.report.farewell();
    runtime.cancel();
    const limit = new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
    void Promise.race([runtime.close(), limit]).finally(() => process.exit(0));
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}
