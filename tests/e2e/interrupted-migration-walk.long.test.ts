// A17 cut at every step: option 150 and each phone, done on the devices and not written down by the engine. Then one more `up`. The steps of its exchange are cut in interrupted-bulk-walk.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exchanged, migrationEstate, migrationText, namesOf, option150, orders, registeredAt, resets, TFTP } from "../support/migration";
import type { Run } from "../support/running";
import { type Cut, type Effects, Lane, record, walk } from "../support/walk";

const ESTATE = migrationEstate({ source: { phones: { count: 3, alsoIn: ["dc2"] } } });
const TIMING = { poll: "20ms", phonePoll: "20ms", retryFirst: "10ms", phoneRegistration: "5s" };

/** A phone that has arrived, or option 150 that has moved. */
const EFFECTS: Effects = ({ interface: at, action, detail }) => {
  if (at === "phone" && action.startsWith("register ")) return `${action} with ${String(detail.cluster)}`;
  return at === "platform" && action === "change DHCP subnet" ? `option 150 to ${String(detail.option150)}` : undefined;
};

/** One phone after the other. */
const program = (phones: readonly string[]) => migrationText(phones, "", { exchange: "" }).replace("batchSize: 5", "batchSize: 1");

interface Resumed {
  cut: Cut;
  run: Run;
  /** Where the phones were when the run was taken up again. */
  arrived: string[];
  reset: string[];
  ordered: number;
  at: string[];
  tftp: string[];
}

async function resume(cut: Cut, { lab, stack }: Lane): Promise<Resumed> {
  const [mark, arrived] = [lab.history.mark(), registeredAt(lab, "dc2")];
  const run = await stack.up();
  return { cut, run, arrived, reset: resets(lab, mark), ordered: orders(lab, mark), at: registeredAt(lab, "dc2"), tftp: option150(lab) };
}

describe("A17, cut at every step", { timeout: 14 * 60_000 }, () => {
  let lanes: Lane[], cuts: Cut[], phones: string[];
  before(async () => {
    lanes = await Promise.all([1, 2].map(() => Lane.open(ESTATE, "", TIMING)));
    const [{ lab, stack }] = lanes as [Lane];
    phones = namesOf(lab);
    for (const lane of lanes) lane.stack.write(program(phones));
    await exchanged(lab);
    const whole = await record(lab, stack, EFFECTS, () => stack.up());
    assert.equal(whole.run.code, 0, whole.run.output);
    cuts = whole.cuts;
  });
  after(() => Promise.all((lanes ?? []).map((lane) => lane.close())));

  test("its steps are option 150 and each phone, in their order", () => {
    assert.deepEqual(cuts.map(({ effect }) => effect), [`option 150 to ${TFTP.join(",")}`, ...phones.map((name) => `register ${name} with dc2`)]);
  });

  for (const moment of ["after", "before"] as const)
    test(`a migration that was killed ${moment} any step is completed by the next up, and no phone that has arrived is reset again`, async (context) => {
      const all: Resumed[] = [];
      await walk(cuts, lanes, async (cut, lane) => {
        lane.restore(cut, moment);
        all.push(await resume(cut, lane));
      });
      for (const { cut, run, arrived, reset, ordered, at, tftp } of all)
        await context.test(`${moment}: ${cut.effect}`, () => {
          assert.equal(run.code, 0, run.output);
          const steps = cuts.indexOf(cut) - (moment === "before" ? 1 : 0);
          assert.deepEqual(arrived, phones.slice(0, Math.max(0, steps)));
          const left = phones.filter((name) => !arrived.includes(name));
          assert.deepEqual([reset.sort(), ordered, at, tftp], [left, left.length, phones, [...TFTP]], run.output);
        });
    });
});
