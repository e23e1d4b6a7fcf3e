// A keystore of a Windows host that is changed on a bad network: whatever request is struck, the store is whole, and as before or as wanted.
import assert from "node:assert/strict";
import { before, describe, test } from "../support/hosts-test";
import type { Fault, FaultName, HistoryEntry } from "../../lab";
import type { StoreContent } from "../../provider/platforms/windows";
import { entriesOf } from "../support/exchange";
import { Bench, failure, fails, type Run } from "./support";
import { AW, beside, linesOf, locationOf, own, roggerEntries, ROGGER, startHosts, storeOf } from "./windows-support";

/** What can strike a request of a change; the last one leaves most behind. */
function faultsAt({ at, name }: Request): FaultName[] {
  if (at === "windows ssh") return ["dropped connection", "dropped answer"];
  return name.startsWith("write ") ? ["dropped connection", "dropped answer", "upload cut"] : ["dropped connection"];
}

/** What stays the same of a request from run to run: not the names of its folder and its backup. */
const plain = (action: string) => action.replace(/(uccerts-)[^\\/"]*/g, "$1").replace(/^"[^"]*keytool\.exe"/, "keytool").replace(/ "?[A-Z]:\\[^"]*\\/g, ' "');

interface Request {
  name: string;
  at: HistoryEntry["interface"];
  /** How many requests of its interface came before it. */
  index: number;
}

describe("a keystore that is changed", { timeout: 15 * 60_000 }, () => {
  let seen: StoreContent, original: Buffer, was: string[], wanted: string[], content: ReadonlyMap<string, string>;
  let requests: Request[] = [];
  const bench = new Bench(() => startHosts(AW));
  const location = () => locationOf(bench.lab, AW);
  const lines = () => linesOf(bench.run().windows(AW), location());
  const change = (run: Run) => run.windows(AW).changeKeystore(location(), seen, roggerEntries(bench.lab));
  const asked = (run: Run) => [...run.asked("windows ssh"), ...run.asked("sftp")].filter(({ action }) => action !== "log in" && action !== "connect").sort((one, other) => one.sequence - other.sequence);

  before(async () => {
    original = storeOf(bench.lab, AW);
    seen = await bench.run().windows(AW).keystore(location());
    was = await lines();
    const run = bench.run();
    await change(run);
    const counts = new Map<string, number>();
    requests = asked(run).map(({ action, interface: at }) => {
      const index = counts.get(at) ?? 0;
      counts.set(at, index + 1);
      return { name: plain(action), at, index };
    });
    wanted = await lines();
    content = entriesOf(bench.lab, "awa");
  });

  /** The store as it was in the beginning, and nothing beside it. */
  function reset(): void {
    const { drive, layout } = bench.lab.host(AW);
    const folder = layout.store.path.slice(0, layout.store.path.lastIndexOf("\\"));
    for (const name of beside(bench.lab, AW)) {
      if (drive.isFolder(`${folder}\\${name}`)) drive.removeFolder(`${folder}\\${name}`, true);
      else drive.removeFile(`${folder}\\${name}`);
    }
    drive.write(layout.store.path, original);
  }

  const folders = () => beside(bench.lab, AW).filter((name) => name.startsWith("uccerts-"));
  const backups = () => beside(bench.lab, AW).filter((name) => name.startsWith("cacerts.uccerts-"));

  /** Lets a fault strike the request of that number, once. */
  function strike({ at, index }: Request, fault: Fault): void {
    let count = 0;
    const unwatch = bench.lab.history.watch(({ interface: where, action, node }, moment) => {
      if (moment !== "begun" || where !== at || node !== AW || action === "log in" || action === "connect" || action.startsWith("fault: ") || count++ !== index) return;
      unwatch();
      bench.lab.faults.add({ ...fault, node: AW, interface: at, action, times: 1 });
    });
  }

  test("is backed up, imported into a copy, checked and replaced, in this order", () => {
    const WORDS = [/mkdir/, /write .*\/password/, /^copy .* && move/, /^read .*cacerts\.uccerts-/, /^copy .*"copy"/, /write .*staging-password/, /write .*staging$/, /-importkeystore/, /^read .*\/copy/, /^icacls/, /write .*replacing/, /^copy .*"copy" "cacerts"/, /^read .*cacerts$/, /^icacls/, /^dir /, /rmdir/];
    assert.equal(requests.length, WORDS.length, requests.map(({ name }) => name).join("\n"));
    WORDS.forEach((word, index) => assert.match(requests[index]!.name, word));
  });

  test("holds what was to come and everything else as it was, with one backup of what it was and no folder", async () => {
    reset();
    const backup = await change(bench.run());
    assert.deepEqual(await lines(), wanted);
    assert.deepEqual(wanted.filter((line) => !was.includes(line)).length, 2);
    assert.deepEqual(was.filter((line) => !wanted.includes(line)), []);
    assert.deepEqual([storeOf(bench.lab, AW, backup), backups().length, folders()], [original, 1, []]);
  });

  test("loses what is removed and nothing else", async () => {
    const { alias } = seen.entries.find(({ kind }) => kind === "trusted certificate")!;
    reset();
    await bench.run().windows(AW).changeKeystore(location(), seen, { put: {}, remove: [alias] });
    assert.deepEqual(await lines(), was.filter((line) => !line.startsWith(`${alias}: `)));
  });

  test("is not touched when it is not any more what was looked at", async () => {
    reset();
    const windows = bench.run().windows(AW);
    await windows.changeKeystore(location(), seen, { put: { somebody: own(bench.lab, ROGGER, "IIS") }, remove: [] });
    const theirs = storeOf(bench.lab, AW);
    await fails(change(bench.run()), { kind: "conflict", node: AW, action: "change", answer: "somebody else changed the store meanwhile" });
    assert.deepEqual([storeOf(bench.lab, AW), folders()], [theirs, []]);
  });

  test("is as wanted after any one request met any one fault: imported at most twice into a copy, backed up once, no folder left", async (context) => {
    for (const request of requests)
      for (const fault of faultsAt(request))
        await context.test(`${fault} at: ${request.name}`, async () => {
          reset();
          const run = bench.run();
          strike(request, { fault });
          await change(run);
          assert.equal(run.struck(fault), 1);
          assert.deepEqual(entriesOf(bench.lab, "awa"), content);
          assert.deepEqual([backups().length, folders()], [1, []]);
          assert.ok(run.asked("windows ssh", "-importkeystore").length <= 2);
          bench.lab.faults.clear();
        });
  });

  test("is as before or as wanted when the host is lost for good at any request; the next run finds out which, and leaves no folder", async (context) => {
    for (const request of requests) {
      const fault = faultsAt(request).at(-1)!;
      await context.test(`${fault}, and no connection from then on, at: ${request.name}`, async () => {
        reset();
        const unwatch = bench.lab.history.watch(({ action, node }) => {
          if (node === AW && action === `fault: ${fault}`) bench.lab.faults.add({ fault: "node down", node: AW });
        });
        strike(request, { fault });
        const run = bench.run();
        const outcome = await change(run).then(() => "done", ({ kind }: { kind: string }) => kind);
        unwatch();
        assert.equal(run.struck(fault), 1);
        bench.lab.faults.clear();
        await bench.lab.host(AW).idle();
        assert.equal(await bench.run().windows(AW).repairKeystore(location()), undefined, "the copy over the store is whole, or was not begun");
        const now = await lines();
        assert.ok([was, wanted].some((one) => JSON.stringify(one) === JSON.stringify(now)), now.join("\n"));
        if (outcome === "done") assert.deepEqual(now, wanted);
        else assert.equal(outcome, "connection");
        assert.deepEqual(folders(), []);
        assert.ok(backups().length <= 1);
      });
    }
  });
});

describe("a keystore that a run has left half written", { timeout: 10 * 60_000 }, () => {
  const bench = new Bench(() => startHosts(AW));
  const location = () => locationOf(bench.lab, AW);
  const windows = () => bench.run().windows(AW);

  /** A change that is cut in the middle of the copy over the store, with the host lost from then on. */
  async function cut(): Promise<{ before: Buffer }> {
    const before = storeOf(bench.lab, AW);
    const seen = await windows().keystore(location());
    bench.lab.faults.add({ fault: "disk full", node: AW, action: `write ${location().path}`, times: 1 });
    const unwatch = bench.lab.history.watch(({ action, node }) => {
      if (node !== AW || action !== "fault: disk full") return;
      bench.lab.faults.add({ fault: "dropped answer", node: AW, interface: "windows ssh", times: 1 });
      bench.lab.faults.add({ fault: "node down", node: AW });
    });
    await failure(windows().changeKeystore(location(), seen, roggerEntries(bench.lab)));
    unwatch();
    bench.lab.faults.clear();
    assert.notDeepEqual(storeOf(bench.lab, AW), before);
    return { before };
  }

  test("is put back from its backup, byte for byte, and the folder of that run is removed", async () => {
    const { before } = await cut();
    assert.match((await windows().repairKeystore(location()))!, /cacerts\.uccerts-\w+$/);
    assert.deepEqual([storeOf(bench.lab, AW), beside(bench.lab, AW).filter((name) => name.startsWith("uccerts-"))], [before, []]);
    assert.equal(await windows().repairKeystore(location()), undefined);
  });

  for (const fault of ["dropped connection", "dropped answer"] as const)
    test(`is put back when the putting back meets "${fault}"`, async () => {
      const { before } = await cut();
      bench.lab.faults.add({ fault, node: AW, interface: "windows ssh", action: "copy /B", times: 1 });
      await windows().repairKeystore(location());
      assert.deepEqual(storeOf(bench.lab, AW), before);
    });

  test("is left as it is where somebody has made a whole store of it since: their work is not undone", async () => {
    await cut();
    const { drive } = bench.lab.host(AW);
    const theirs = drive.read(bench.lab.host(AW).layout.store.path.replace(/cacerts$/, beside(bench.lab, AW).find((name) => name.startsWith("cacerts.uccerts-"))!));
    drive.write(location().path, theirs);
    const seen = await windows().keystore(location());
    await windows().changeKeystore(location(), seen, { put: { theirs: own(bench.lab, ROGGER, "DFP") }, remove: [] });
    const now = storeOf(bench.lab, AW);
    assert.equal(await windows().repairKeystore(location()), undefined);
    assert.deepEqual([storeOf(bench.lab, AW), beside(bench.lab, AW).filter((name) => name.startsWith("uccerts-"))], [now, []]);
  });
});
