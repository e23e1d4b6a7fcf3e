// A16 cut at every step: done by the publishers, not written down by the engine. Then one more `up`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { A16, DESTINATION_PUB, estateOf, exchangeText, orders, SOURCE_PUB } from "../support/bulk-exchange";
import type { Run } from "../support/running";
import { type Cut, type Effects, Lane, record, walk } from "../support/walk";
import { holds, own } from "../lab/support/bulk";

const MAPPING = [["tomcat", "tomcat-trust"], ["CallManager", "Phone-SAST-trust"], ["CallManager", "CallManager-trust"], ["CAPF", "CallManager-trust"]] as const;
const TIMING = { poll: "20ms", retryFirst: "10ms" };
/** One step after the other: clusters are not told apart by a snapshot. */
const ONE_BY_ONE = ["--parallel", "1"];

/** Each type of each operation, when it is done: an operation can be cut between two types. */
const EFFECTS: Effects = ({ interface: at, action, node, until }) => (at === "platform" && action.startsWith("bulk ") && until !== undefined ? `${action} on ${node.split(".")[0]}` : undefined);

/** `export on CUCM1052PUB` of `bulk export tomcat on CUCM1052PUB`. */
const operation = (effect: string) => effect.replace(/^bulk (\w+) \w+ on /, "$1 on ");

interface Resumed {
  cut: Cut;
  run: Run;
  /** `export on CUCM1052PUB`, as they were ordered. */
  ordered: string[];
  /** Operations of the whole run that had not been begun at the cut. */
  left: string[];
  lacking: string[];
}

function lackingIn({ lab }: Lane): string[] {
  return ([[SOURCE_PUB, DESTINATION_PUB], [DESTINATION_PUB, SOURCE_PUB]] as const).flatMap(([local, remote]) => MAPPING.filter(([purpose, store]) => !holds(lab, local, store, own(lab, remote, purpose))).map(([purpose, store]) => `${purpose} of ${remote} in ${store} of ${local}`));
}

async function resume(cut: Cut, lane: Lane, left: string[]): Promise<Resumed> {
  const mark = lane.lab.history.mark();
  const run = await lane.stack.up(...ONE_BY_ONE);
  const ordered = orders(lane.lab, mark).map((line) => line.replace(/^(\S+): (\w+) all$/, "$2 on $1"));
  return { cut, run, ordered, left, lacking: lackingIn(lane) };
}

describe("A16, cut at every step", { timeout: 14 * 60_000 }, () => {
  let lanes: Lane[], cuts: Cut[];
  before(async () => {
    lanes = await Promise.all([1, 2].map(() => Lane.open(estateOf(A16), exchangeText(A16), TIMING)));
    const [{ lab, stack }] = lanes as [Lane];
    const whole = await record(lab, stack, EFFECTS, () => stack.up(...ONE_BY_ONE));
    assert.equal(whole.run.code, 0, whole.run.output);
    cuts = whole.cuts;
  });
  after(() => Promise.all((lanes ?? []).map((lane) => lane.close())));

  test("it has fifteen steps at which it can be cut: five operations of three types", () => {
    assert.equal(cuts.length, 15, cuts.map(({ effect }) => effect).join("\n"));
  });

  for (const moment of ["after", "before"] as const)
    test(`an exchange that was killed ${moment} any step is completed by the next up, which repeats at most the operation that was cut`, async (context) => {
      const all: Resumed[] = [];
      await walk(cuts, lanes, async (cut, lane) => {
        lane.restore(cut, moment);
        const later = cuts.slice(cuts.indexOf(cut) + 1).map(({ effect }) => operation(effect));
        all.push(await resume(cut, lane, [...new Set(later)].filter((one) => one !== operation(cut.effect))));
      });
      for (const { cut, run, ordered, left, lacking } of all)
        await context.test(`${moment}: ${cut.effect}`, () => {
          assert.equal(run.code, 0, run.output);
          assert.deepEqual(lacking, []);
          // Imports of different clusters come in any order.
          const again = ordered.filter((one, index) => one !== operation(cut.effect) || ordered.indexOf(one) !== index);
          assert.deepEqual(again.sort(), [...left].sort(), run.output);
        });
    });
});
