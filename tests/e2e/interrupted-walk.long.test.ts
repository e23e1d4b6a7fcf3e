// A1 cut at every step, for the first issue and for a renewal: done on the device, not written down by the engine. Then one more `up`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ESTATE_A1, type Lab } from "../../lab";
import { program, PUB, served } from "../support/a1";
import type { Run } from "../support/running";
import { type Cut, effectsSince, FAST, grownOld, Lane, record, RENEWED_AFTER_300_DAYS, walk, withUploadsTo } from "../support/walk";

const ESTATE = { ...ESTATE_A1, timing: FAST };
const PROGRAM = program(RENEWED_AFTER_300_DAYS);
const TIMING = { poll: "20ms", retryFirst: "10ms" };
const EFFECTS = withUploadsTo(PUB);

/** What an `up` after a cut did. */
interface Resumed {
  cut: Cut;
  run: Run;
  /** On the devices, in order. */
  effects: string[];
  /** Effects of the whole run that come after the cut. */
  left: string[];
  /** Certificates that are served anywhere, and in how many containers another one is loaded than is installed. */
  served: number;
  stale: string[];
  /** Public keys of all requests that the authority has. */
  asked: string[];
}

/** Containers that have not loaded what is installed on their node. */
function stale(lab: Lab): string[] {
  return lab.cluster("hq").nodes.flatMap((node) => {
    const installed = node.store.identities.get("tomcat")!.certificate.parsed.fingerprint256;
    return [...node.loaded].filter(([, [first]]) => first!.certificate.parsed.fingerprint256 !== installed).map(([container]) => `${container} of ${node.fqdn}`);
  });
}

async function resume(cut: Cut, { lab, stack }: Lane, left: string[]): Promise<Resumed> {
  const mark = lab.history.mark();
  const run = await stack.up();
  const asked = lab.authority("ca").requests.map(({ request }) => request!.publicKey.toString("base64"));
  return { cut, run, effects: effectsSince(lab, mark, EFFECTS), left, served: served(lab).size, stale: stale(lab), asked };
}

async function walked(cuts: readonly Cut[], lanes: readonly Lane[]): Promise<Resumed[]> {
  const all: Resumed[] = [];
  await walk(cuts, lanes, async (cut, lane) => {
    lane.restore(cut, "after");
    all.push(await resume(cut, lane, cuts.slice(cuts.indexOf(cut) + 1).map(({ effect }) => effect)));
  });
  return all.sort((one, other) => other.left.length - one.left.length);
}

/** A restart that was cut may be repeated once; a signature is asked for once more; nothing else is done twice. */
function assertCarriesOn({ cut: { effect }, run, effects, left, served, stale, asked }: Resumed, before: number): void {
  assert.equal(run.code, 0, run.output);
  if (effect.startsWith("signature")) {
    assert.match(run.output, /an earlier run submitted this CSR on \S+ and did not learn its request id\. The same CSR is submitted once more/);
    assert.equal(asked.at(-1), asked.at(-2));
  } else assert.equal(asked.length, before + 1);
  const repeated = effects.length > left.length ? effects[0] : undefined;
  if (repeated !== undefined) assert.match(repeated, /^(restart|signature) /, run.output);
  assert.deepEqual(effects, repeated === undefined ? left : [effect, ...left]);
  assert.equal(served, 1, "every node serves the same certificate");
  assert.deepEqual(stale, []);
}

describe("A1, cut at every step", { timeout: 14 * 60_000 }, () => {
  let lanes: Lane[], first: Cut[], renewal: Cut[];
  before(async () => {
    lanes = await Promise.all([1, 2].map(() => Lane.open(ESTATE, PROGRAM, TIMING)));
    const [{ lab, stack }] = lanes as [Lane];
    const issue = await record(lab, stack, EFFECTS, () => stack.up());
    assert.equal(issue.run.code, 0, issue.run.output);
    first = issue.cuts;
    stack.checkpoint = grownOld(stack.checkpoint);
    const again = await record(lab, stack, EFFECTS, () => stack.up());
    assert.equal(again.run.code, 0, again.run.output);
    renewal = again.cuts;
  });
  after(() => Promise.all(lanes.map((lane) => lane.close())));

  test("the first issue has nineteen steps at which it can be cut, its renewal seventeen", () => {
    assert.deepEqual([first.length, renewal.length], [19, 17], [...first, ...renewal].map(({ effect }) => effect).join("\n"));
  });

  for (const [name, cutsOf, requestsBefore] of [["first issue", () => first, 0], ["renewal", () => renewal, 1]] as const)
    test(`a ${name} that was killed after any step is completed by the next up`, async (context) => {
      for (const resumed of await walked(cutsOf(), lanes)) await context.test(`after: ${resumed.cut.effect}`, () => assertCarriesOn(resumed, requestsBefore));
    });
});
