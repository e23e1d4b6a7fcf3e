import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { covered } from "../../../bench/spans";
import { batchesOf, javaStarts, storeWork } from "../../../bench/store-work";
import type { HistoryEntry } from "../../../lab";

const FOLDER = "C:\\icm\\ssl\\uccerts-cacerts-20261123T162840812Z-00c0ffee";
const LATER = "C:\\icm\\ssl\\uccerts-cacerts-20261123T162841000Z-00c0ffef";
const THIRD = "C:\\icm\\ssl\\uccerts-cacerts-20261123T162845000Z-00c0fff0";

/** What was said to a host, from a second to another one. */
function said(action: string, at: number, until?: number, node = "awa"): HistoryEntry {
  return { sequence: 0, node, interface: "windows ssh", action, at: at * 1000, until: until === undefined ? undefined : until * 1000, detail: {}, outcome: "ok" };
}

const keytool = (folder: string, at: number, until: number, node?: string) => said(`"C:\\jre\\bin\\keytool.exe" -list -keystore "${folder}\\copy"`, at, until, node);
/** A change of a store from second 1 to second 6. */
const CHANGE = [said("dir /B /AD \"C:\\icm\\ssl\\uccerts-cacerts-*\"", 1, 1), keytool(FOLDER, 1, 2), keytool(LATER, 3, 4), keytool(LATER, 4, 5), said(`if exist "${LATER}" rmdir /S /Q "${LATER}"`, 5, 6)];

describe("the work on keystores in a history", () => {
  test("is from the look for leftovers to the removal of the folder, with what was waited for in between", () => {
    assert.deepEqual(batchesOf(CHANGE), [{ node: "awa", at: 1000, until: 6000, starts: 3 }]);
    assert.equal(covered(storeWork(CHANGE)), 5000);
  });

  test("counts the start of a JVM to its own change: a later look at a store of the host belongs to none", () => {
    const history = [...CHANGE, keytool(THIRD, 8, 9)];
    assert.deepEqual([batchesOf(history).map(({ starts }) => starts), javaStarts(history)], [[3], 4]);
    assert.equal(covered(storeWork(history)), 6000);
  });

  test("counts time in which two hosts are worked on once", () => {
    const other = CHANGE.map((entry) => ({ ...entry, node: "roggera", at: entry.at + 2000, until: entry.until! + 2000 }));
    assert.equal(covered(storeWork([...CHANGE, ...other])), 7000);
  });

  test("leaves restarts out", () => {
    assert.equal(covered(storeWork([...CHANGE, said("sc stop \"Tomcat9\"", 10, 20), said("wmic os get LocalDateTime /value", 20, 30), said("shutdown /r /t 0", 30, 31)])), 5000);
  });
});
