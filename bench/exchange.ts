// The exchange of a contact centre's certificates against the same entries by hand, on the same hosts.
import { batchesOf, javaStarts, storeWork } from "./store-work";
import { exchangeRun, type ExchangeRun } from "./exchange-run";
import { atLeast, exactly, type Row, told, type Table } from "./report";
import { covered } from "./spans";

/** The least that we must be faster. */
const TIMES = 10;
/** The import; looks and check start none (tests/provider/keystore-entries.test.ts). */
const STARTS = 1;

const inSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

function timeRows(run: ExchangeRun): Row[] {
  const ours = covered(storeWork(run.history));
  return [
    told("entries, stores", `${run.entries.length}, ${run.stores}`),
    told("up, wall time, with the looks at all certificates and all restarts", `${run.seconds.toFixed(1)} s`),
    told("of it: at least one host is worked on for its keystores", inSeconds(ours)),
    told("the same entries by hand, one keytool -importcert after the other", inSeconds(run.byHand)),
    atLeast("ratio of by hand to ours", TIMES, run.byHand / ours),
    told("ratio of by hand, without looks and restarts, to the whole up with them", (run.byHand / 1000 / run.seconds).toFixed(2)),
    told("the same by hand, each JVM started with the options that we give, and its ratio", `${inSeconds(run.byHandQuick)}, ${(run.byHandQuick / ours).toFixed(2)}`),
    told("the same by hand, all hosts at the same time, and its ratio", `${inSeconds(run.byHandSideBySide)}, ${(run.byHandSideBySide / ours).toFixed(2)}`),
  ];
}

function callRows({ history, second, secondSeconds, entries }: ExchangeRun): Row[] {
  const batches = batchesOf(history);
  const starts = batches.map((batch) => batch.starts);
  return [
    told("changes of a store", batches.length),
    exactly("JVM starts of one change of a store, the most", STARTS, Math.max(...starts)),
    told("JVM starts of the first up; by hand", `${javaStarts(history)}; ${entries.length}`),
    told("second up, wall time", `${secondSeconds.toFixed(1)} s`),
    exactly("JVM starts of the second up", 0, javaStarts(second)),
    exactly("calls to hosts and nodes in the second up", 0, second.length),
  ];
}

export async function exchange(): Promise<Table[]> {
  const run = await exchangeRun();
  return [
    { title: "Exchange: A21, A24 and A25, RSA and EC, with endpoints of VXML applications", rows: timeRows(run) },
    { title: "Calls in that exchange", rows: callRows(run) },
  ];
}
