// Readings of a VOS node through the contract: when all is well, and through every fault that a reading can meet.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName, Interface, Lab } from "../../lab";
import type { PlatformErrorKind } from "../../provider/errors";
import type { VosPlatform } from "../../provider/platforms/vos";
import { Bench, fails, PUB } from "./support";

/** One reading of the contract. */
export interface Reading {
  what: string;
  read: (vos: VosPlatform) => Promise<unknown>;
  /** Where and how it is asked for. */
  at: Interface;
  asked: string;
  /** In the words of an error. */
  action: string;
  /** How often it is tried in all. */
  attempts: number;
}

const always = () => true;
const overHttps = ({ at }: Reading) => at !== "cli";

/** Faults that pass, and what a reading comes to when they do not. */
const PASSING: readonly { fault: FaultName; kind: PlatformErrorKind; answer: RegExp; strikes: (reading: Reading, firstOfItsWay: boolean) => boolean; timing?: Record<string, string> }[] = [
  { fault: "dropped connection", kind: "connection", answer: /./, strikes: always },
  { fault: "dropped answer", kind: "connection", answer: /./, strikes: (reading, first) => overHttps(reading) || first },
  { fault: "unavailable", kind: "busy", answer: /503/, strikes: overHttps },
  { fault: "no answer", kind: "timeout", answer: /in time|did not come back/, strikes: (_reading, first) => first, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "slow answer", kind: "timeout", answer: /in time|did not come back/, strikes: (_reading, first) => first, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "lost prompt", kind: "timeout", answer: /the CLI prompt did not come back within 0\.4 s/, strikes: (reading, first) => !overHttps(reading) && first, timing: { cliCommand: "400ms" } },
];

/** Every reading, calm and through every fault that it can meet. What takes its time is tried with one reading of each way. */
export function readingSuite(title: string, readings: readonly Reading[], start: () => Promise<Lab>, release?: string): void {
  describe(title, () => {
    const bench = new Bench(start);

    for (const reading of readings) {
      const { what, read, at, asked, action, attempts } = reading;
      let calm: unknown;

      test(`${what}: asks once when all is well`, async () => {
        const run = bench.run({ release });
        calm = withoutClock(await read(run.vos(PUB)));
        assert.equal(run.asked(at, asked).length, 1);
      });

      for (const { fault, kind, answer, timing } of PASSING.filter((one) => one.strikes(reading, readings.find((other) => other.at === at) === reading))) {
        test(`${what}: is the same after one "${fault}"`, async () => {
          calm ??= withoutClock(await read(bench.run({ release }).vos(PUB)));
          const run = bench.run({ release, timing });
          bench.lab.faults.add({ fault, node: PUB, interface: at, action: asked, times: 1 });
          assert.deepEqual(withoutClock(await read(run.vos(PUB))), calm);
          assert.deepEqual([run.struck(fault), run.asked(at, asked).length], [1, 2]);
        });

        test(`${what}: is given up after ${attempts} times "${fault}"`, async () => {
          const run = bench.run({ release, timing });
          bench.lab.faults.add({ fault, node: PUB, interface: at, action: asked });
          await fails(read(run.vos(PUB)), { kind, node: PUB, action, answer });
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
