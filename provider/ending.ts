// The end of the provider process. Pulumi sends SIGINT at the normal end of every preview and `up`, and at a second Ctrl-C; a Pulumi that was
// killed sends nothing and leaves this process behind.
import { connect } from "node:net";
import { sentence } from "./errors";
import type { InHand } from "./in-hand";
import type { Runtime } from "./runtime";

/** Pulumi waits five seconds before it kills; whatever is said must be out by then. */
const GRACE_MS = 4_000;

/** Nobody waits for the process any more: what is in hand may reach its next safe point. */
const ORPHAN_GRACE_MS = 5 * 60_000;

const PROBE_MS = 2_000;

/** A busy machine may miss one probe. */
const MISSES = 3;

/** Ends the process on a signal, and when the engine at `engine` (`host:port`) is gone. */
export function endInTime(runtime: Runtime, inHand: InHand, engine: string | undefined): void {
  let ending = false;
  const end = (grace: number) => {
    if (ending) return;
    ending = true;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, grace));
    const orderly = takeLeave(runtime, inHand).catch((error) => console.error(runtime.redact(sentence(error))));
    void Promise.race([orderly, limit]).then(() => process.exit(0));
  };
  // Not `once`: a second signal would end the process at once, before its last lines are out.
  process.on("SIGINT", () => end(GRACE_MS));
  process.on("SIGTERM", () => end(GRACE_MS));
  watch(engine, () => end(ORPHAN_GRACE_MS));
}

/** Prints what the run has to say, lets what is in hand stop at its next safe point, and closes the sessions. */
async function takeLeave(runtime: Runtime, inHand: InHand): Promise<void> {
  runtime.report.farewell();
  if (inHand.lines.length > 0) runtime.report.note(brokenOff(inHand.lines));
  runtime.cancel();
  await inHand.idle();
  await runtime.close();
}

function brokenOff(lines: readonly string[]): string {
  return ['Broken off; the next "pulumi up" looks at what is there and carries on:', ...lines.map((line) => `  - ${line}`)].join("\n");
}

/** Calls `gone` when an address that has answered stops answering. */
function watch(engine: string | undefined, gone: () => void): void {
  const [, host, port] = /^(.+):(\d+)$/.exec(engine ?? "") ?? [];
  if (!host || !port) return;
  let misses = Infinity;
  const look = async () => {
    if (await answers(host, Number(port))) misses = 0;
    else if (++misses === MISSES) gone();
  };
  void look();
  setInterval(() => void look(), PROBE_MS).unref();
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_MS });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
