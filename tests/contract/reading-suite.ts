// Readings of a device through the contract: when all is well, and through every fault that a reading can meet.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName, Interface, Lab } from "../../lab";
import type { PlatformErrorKind } from "../../provider/errors";
import type { VosPlatform } from "../../provider/platforms/vos";
import { Bench, type Changes, fails, PUB, type Run } from "./support";

/** One reading of the contract. */
export interface Reading<Platform = VosPlatform> {
  what: string;
  read: (platform: Platform) => Promise<unknown>;
  /** Where and how it is asked for. */
  at: Interface;
  asked: string;
  /** In the words of an error. */
  action: string;
  /** How often it is tried in all. */
  attempts: number;
  /** The same for a device that says that it is busy, where that differs. */
  whileBusy?: number;
}

/** A device, and how it is read. */
export interface Readable<Platform> {
  node: string;
  start: () => Promise<Lab>;
  /** Once, before the first reading. */
  prepare?: (run: Run) => Promise<void>;
  platform: (run: Run) => Platform;
  changes?: Changes;
}

const always = () => true;
const typed = ({ at }: Pick<Reading, "at">) => at === "cli" || at === "windows ssh";
const overHttps = ({ at }: Pick<Reading, "at">) => !typed({ at }) && at !== "sftp";

/** Faults that pass, and what a reading comes to when they do not. */
const PASSING: readonly { fault: FaultName; kind: PlatformErrorKind; answer: RegExp; strikes: (reading: Pick<Reading, "at">, firstOfItsWay: boolean) => boolean; timing?: Record<string, string> }[] = [
  { fault: "dropped connection", kind: "connection", answer: /./, strikes: always },
  // A file is read in several answers, of which none is the one that is lost.
  { fault: "dropped answer", kind: "connection", answer: /./, strikes: (reading, first) => overHttps(reading) || reading.at === "windows ssh" || (first && reading.at !== "sftp") },
  { fault: "unavailable", kind: "busy", answer: /503/, strikes: overHttps },
  { fault: "no answer", kind: "timeout", answer: /in time|did not come back|not done after/, strikes: (_reading, first) => first, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "slow answer", kind: "timeout", answer: /in time|did not come back|not done after/, strikes: (_reading, first) => first, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "lost prompt", kind: "timeout", answer: /the CLI prompt did not come back within 0\.4 s/, strikes: ({ at }, first) => at === "cli" && first, timing: { cliCommand: "400ms" } },
];

/** Every reading of a VOS node. */
export function readingSuite(title: string, readings: readonly Reading[], start: () => Promise<Lab>, release?: string): void {
  readingsOf(title, readings, { node: PUB, start, platform: (run) => run.vos(PUB), changes: { release } });
}

/** Every reading, calm and through every fault that it can meet. What takes its time is tried with one reading of each way. */
export function readingsOf<Platform>(title: string, readings: readonly Reading<Platform>[], { node, start, prepare, platform, changes }: Readable<Platform>): void {
  describe(title, { timeout: 15 * 60_000 }, () => {
    const bench = new Bench(start, prepare);

    for (const reading of readings) {
      const { what, read, at, asked, action } = reading;
      const first = readings.find((other) => other.at === at) === reading;
      let calm: unknown;

      test(`${what}: asks once when all is well`, async () => {
        const run = bench.run(changes);
        calm = withoutClock(await read(platform(run)));
        assert.equal(run.asked(at, asked).length, 1);
      });

      for (const { fault, kind, answer, timing } of PASSING.filter((one) => one.strikes(reading, first))) {
        test(`${what}: is the same after one "${fault}"`, async () => {
          calm ??= withoutClock(await read(platform(bench.run(changes))));
          const run = bench.run({ ...changes, timing });
          bench.lab.faults.add({ fault, node, interface: at, action: asked, times: 1 });
          assert.deepEqual(withoutClock(await read(platform(run))), calm);
          assert.deepEqual([run.struck(fault), run.asked(at, asked).length], [1, 2]);
        });

        const attempts = (kind === "busy" ? reading.whileBusy : undefined) ?? reading.attempts;
        test(`${what}: is given up after ${attempts} times "${fault}"`, async () => {
          const run = bench.run({ ...changes, timing });
          bench.lab.faults.add({ fault, node, interface: at, action: asked });
          await fails(read(platform(run)), { kind, node, action, answer });
          assert.equal(run.asked(at, asked).length, attempts);
        });
      }
    }
  });
}

/** What a node says, without what differs from second to second. */
function withoutClock(reading: unknown): unknown {
  if (Array.isArray(reading)) return reading.map(withoutClock);
  if (reading instanceof Map) return [...reading].map(withoutClock);
  if (reading === null || typeof reading !== "object" || reading instanceof Date) return reading;
  const { clock, upSeconds, pem, ...others } = reading as Record<string, unknown>;
  void [clock, upSeconds];
  return pem ? pem : Object.fromEntries(Object.entries(others).map(([name, value]) => [name, withoutClock(value)]));
}
