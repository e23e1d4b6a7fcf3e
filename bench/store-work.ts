// What the history of the lab tells of the work on Java keystores.
import type { HistoryEntry } from "../lab";
import type { Span } from "./spans";

/** All that one change of a store was: from the look for what an earlier run has left to the removal of the working folder. */
export interface Batch extends Span {
  node: string;
  /** Starts of `keytool`. */
  starts: number;
}

/** How every work on a store begins, and the folder in which it is done. */
const BEGIN = /^dir \/B \/AD .*uccerts-/;
const FOLDER = /uccerts-[^\\"]+-\d{8}T\d+Z-[0-9a-f]{8}/;
/** A batch has at most two: one for the change, and one for the look where keytool must list the store. */
const FOLDERS = 2;

const isHost = ({ interface: at }: HistoryEntry) => at === "windows ssh" || at === "sftp";
const isJava = ({ action }: HistoryEntry) => /^"[^"]*keytool\.exe" /.test(action);
/** Orders to services and servers, and the looks that belong to them. */
const isRestart = ({ action }: HistoryEntry) => /^(sc|shutdown|wmic) /.test(action);

function batchesOn(node: string, history: readonly HistoryEntry[]): Batch[] {
  const batches: { at: number; until: number; starts: number; folders: Set<string> }[] = [];
  for (const entry of history) {
    const { at, until = at, action } = entry;
    if (BEGIN.test(action)) batches.push({ at, until, starts: 0, folders: new Set() });
    const batch = batches.at(-1);
    const folder = FOLDER.exec(action)?.[0];
    if (!batch || folder === undefined || (batch.folders.size === FOLDERS && !batch.folders.has(folder))) continue;
    batch.folders.add(folder);
    batch.until = Math.max(batch.until, until);
    if (isJava(entry)) batch.starts++;
  }
  return batches.map(({ at, until, starts }) => ({ node, at, until, starts }));
}

/** Every change of a store in a run. */
export function batchesOf(history: readonly HistoryEntry[]): Batch[] {
  const own = history.filter(isHost);
  return [...new Set(own.map(({ node }) => node))].flatMap((node) => batchesOn(node, own.filter((entry) => entry.node === node)));
}

/** All that a run did on hosts for their keystores: the batches, and whatever else was said to a host but restarts. */
export function storeWork(history: readonly HistoryEntry[]): Span[] {
  return [...batchesOf(history), ...history.filter((entry) => isHost(entry) && !isRestart(entry))];
}

/** Starts of `keytool` in a run. */
export function javaStarts(history: readonly HistoryEntry[]): number {
  return history.filter((entry) => isHost(entry) && isJava(entry)).length;
}
