// The end of the provider process. Pulumi sends SIGINT at the normal end of every preview and `up`, and at a second Ctrl-C; a Pulumi that was
// killed sends nothing and leaves this process behind.
import { connect } from "node:net";
import { sentence } from "./errors";
import type { InHand } from "./in-hand";
import type { Runtime } from "./runtime";
import { sleep } from "./waiting";

/** Pulumi waits five seconds before it kills; whatever is said must be out by then. */
const GRACE_MS = 4_000;

/** Nobody waits for the process any more: what is in hand may reach its next safe point. Longer than the longest restart takes (provider/timing.ts). */
const ORPHAN_GRACE_MS = 30 * 60_000;

const PROBE_MS = 1_000;

const RESTART_POLL_MS = 100;

const LAST_WORDS_MS = 1_000;

/** A busy machine may miss one probe. */
const MISSES = 3;

/** Ends the process on a signal, and when the engine at `engine` (`host:port`) is gone. */
export function endInTime(runtime: Runtime, inHand: InHand, engine: string | undefined): void {
  let ending = false;
  const end = (grace: number) => {
    if (ending) return;
    ending = true;
    const orderly = takeLeave(runtime, inHand).catch((error) => console.error(runtime.redact(sentence(error))));
    void Promise.race([orderly, patience(runtime, grace)]).then(() => process.exit(0));
  };
  // A killed engine reads no more. Without listeners every line would be an uncaught error, which Pulumi's own handler prints, which is the next one, for ever.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  // Not `once`: a second signal would end the process at once, before its last lines are out.
  process.on("SIGINT", () => end(GRACE_MS));
  process.on("SIGTERM", () => end(GRACE_MS));
  watch(engine, () => end(ORPHAN_GRACE_MS));
}

/** Ends after `grace`, but not while a service restarts in one of our sessions: it could stay down, and Pulumi has its own patience. */
async function patience(runtime: Runtime, grace: number): Promise<void> {
  await sleep(grace);
  if (!runtime.holdsRestart) return;
  const deadline = Date.now() + ORPHAN_GRACE_MS - grace;
  while (runtime.holdsRestart && Date.now() < deadline) await sleep(RESTART_POLL_MS);
  // The lock has to be given back, and the session to be closed.
  await sleep(LAST_WORDS_MS);
}

/** Prints what the run has to say, lets what is in hand stop at its next safe point, and closes the sessions. */
async function takeLeave(runtime: Runtime, inHand: InHand): Promise<void> {
  runtime.report.farewell();
  if (inHand.lines.length > 0) runtime.report.note(brokenOff(inHand.lines, runtime.holdsRestart));
  runtime.cancel();
  await inHand.idle();
  await runtime.close();
}

function brokenOff(lines: readonly string[], restarting: boolean): string {
  const left = lines.map((line) => `  - ${line}`);
  const risk = restarting ? ["A service restarts now. If this session ends before it is up, it may stay down: run \"pulumi up\" again at once, which starts it."] : [];
  return ['Broken off; the next "pulumi up" looks at what is there and carries on:', ...left, ...risk].join("\n");
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
