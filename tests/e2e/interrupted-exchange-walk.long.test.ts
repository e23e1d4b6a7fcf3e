// A21 and A25 on small estates, cut at every step: done on the host, not written down by the engine. Then one more `up`.
import assert from "node:assert/strict";
import { distrusted, domain } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { Run } from "../support/running";
import { programFor, SMALL_A21, SMALL_A25, type SmallExchange } from "../support/small-exchanges";
import { type Cut, effectsSince, Lane, record, walk } from "../support/walk";
import { leftovers, listed, WINDOWS_EFFECTS, withoutBoot } from "../support/windows-effects";

const TIMING = { poll: "20ms", retryFirst: "10ms", serverRestart: "60s" };
/** One step after the other, so that the estate is still when one begins. */
const ALONE = ["--parallel", "1"];

const SCENARIOS: readonly (SmallExchange & { cuts: number })[] = [
  { ...SMALL_A21, cuts: 10 },
  { ...SMALL_A25, cuts: 8 },
];

/** What the next run may do: what is left, and of the step that was cut only what does not hurt when it is done twice. */
function allowed(effect: string, done: readonly string[], left: readonly string[]): string[][] {
  const host = effect.split(" of ").at(-1)!;
  const ofHost = (some: readonly string[]) => some.filter((one) => one.endsWith(` of ${host}`));
  if (/^(back up|import)/.test(effect)) return [[...ofHost(done), ...left]];
  if (effect.startsWith("start ")) return [[...left], [effect.replace("start", "stop"), effect, ...left]];
  if (effect.startsWith("restart server")) return [[...left], [effect, ...left]];
  return [[...left]];
}

for (const { name, estate, entries, trusted, cuts: expected } of SCENARIOS)
  describe(`${name}, cut at every step`, { timeout: 14 * 60_000 }, () => {
    let lanes: Lane[] = [], cuts: Cut[];
    before(async () => {
      const program = await programFor(estate);
      lanes = await Promise.all([1, 2].map(() => Lane.open(estate, program, TIMING)));
      const [{ lab, stack }] = lanes as [Lane];
      for (const { fqdn } of lab.contactCenters[0]!.hosts) await lab.host(fqdn).ready();
      const whole = await record(lab, stack, WINDOWS_EFFECTS, () => stack.up(...ALONE));
      assert.equal(whole.run.code, 0, whole.run.output);
      const names = withoutBoot(whole.cuts.map(({ effect }) => effect));
      cuts = whole.cuts.filter(({ effect }) => names.includes(effect));
    });
    after(() => Promise.all(lanes.map((lane) => lane.close())));

    /** Asserts what an `up` after the cut has done, and how the estate is then. */
    async function visit(cut: Cut, { lab, stack }: Lane): Promise<() => void> {
      const mark = lab.history.mark();
      const run: Run = await stack.up(...ALONE);
      const effects = withoutBoot(effectsSince(lab, mark, WINDOWS_EFFECTS)).sort();
      const index = cuts.indexOf(cut);
      const may = allowed(cut.effect, cuts.slice(0, index + 1).map(({ effect }) => effect), cuts.slice(index + 1).map(({ effect }) => effect)).map((one) => one.sort());
      const stores = await Promise.all(Object.keys(entries).map(async (host) => [host, (await listed(lab, domain(host))).filter((alias) => alias.includes("example.com_")).sort()]));
      const failing = run.code === 0 ? await distrusted(lab, trusted) : [];
      const left = leftovers(lab);
      return () => {
        assert.equal(run.code, 0, run.output);
        assert.ok(may.some((one) => JSON.stringify(one) === JSON.stringify(effects)), `did ${effects.join(", ")}; may do ${may.map((one) => one.join(", ")).join(" or ")}\n${run.output}`);
        assert.deepEqual([Object.fromEntries(stores), failing, left], [entries, [], []]);
      };
    }

    test(`it has ${expected} steps at which it can be cut`, () => {
      assert.equal(cuts.length, expected, cuts.map(({ effect }) => effect).join("\n"));
    });

    test("a run that was killed after any step is completed by the next up: every store opens, nothing is imported twice, nothing restarts again but the step that was cut", async (context) => {
      const verdicts: [string, () => void][] = [];
      await walk(cuts, lanes, async (cut, lane) => {
        lane.restore(cut, "after");
        verdicts.push([cut.effect, await visit(cut, lane)]);
      });
      assert.equal(verdicts.length, expected);
      for (const [effect, verdict] of verdicts) await context.test(`after: ${effect}`, verdict);
    });
  });
