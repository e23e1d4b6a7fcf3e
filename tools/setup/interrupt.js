// Ctrl-C and other signals: what was begun is ended in order, so that nothing is left running and no folder is left behind.
"use strict";

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
const cleanups = new Set();
let listening = false;
let ending = false;

async function end(signal) {
  let code = 128 + SIGNALS[signal];
  if (ending) process.exit(code);
  ending = true;
  for (const cleanup of [...cleanups].reverse()) {
    try {
      code = (await cleanup(signal)) ?? code;
    } catch {
      // the others still have to be done
    }
  }
  process.exit(code);
}

/**
 * Calls `cleanup` with the name of the signal when one arrives; the latest first. What it resolves with becomes the exit code. A second signal ends at once.
 * @returns {() => void} forgets it again
 */
function atInterrupt(cleanup) {
  if (!listening) for (const signal of Object.keys(SIGNALS)) process.on(signal, () => void end(signal));
  listening = true;
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** Whether the end has begun: what fails now fails because of it. */
const interrupted = () => ending;

module.exports = { atInterrupt, interrupted };
