import { R56, U11 } from "../../domain/rules/phones-live";
import { decideAll } from "../../domain/rules/rule";
import { firstOf } from "../../domain/some-of";
import type { PhonesRegisteredInputs, PhonesRegisteredOutputs } from "../../sdk/phones-registered";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier } from "../difference";
import { IncompleteError, sentence, unlessPassing } from "../errors";
import { type Difference, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import type { Registration } from "../platforms/phones";
import { checkNode, checkPercent } from "./shared/checks";
import { notePhonesBack } from "./shared/phone-changes";
import { forgetPhones } from "./shared/counted-phones";
import { isManual } from "./shared/enterprise-parameters";
import { CLUSTER } from "./shared/sso";
import { registered, type Registrations, TOLERANCE_PERCENT } from "./shared/phones";
import { resetPhones } from "./shared/phone-resets";
import { pollWithProgress } from "./shared/waiting";

type Inputs = PhonesRegisteredInputs;
type GateState = State<Inputs, PhonesRegisteredOutputs>;

const TABLE: DifferenceTable<Inputs> = { node: CLUSTER, triggers: "update", before: "takeOver", after: "takeOver", disturbed: "takeOver", tolerancePercent: "takeOver", reset: "takeOver" };

/** It comes back, goes back to the first node of its group, and may be reset once more. */
const ON_THE_WAY_BACK = 3;
/** It may go back to the first node of its group. */
const ONCE_BACK = 1;
const BY_HAND = "Phone Interaction on Certificate Update is manual: a person resets the phones now (Cisco Unified CM Administration > Device > Phone > Reset Selected); whether they come back from that is not verified (R136)";

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `cluster "${node.cluster.name}": look whether the phones are back: ${why}`;
}

/** Why there is nothing to look at yet; undefined when there is. */
function waitsFor({ triggers, after }: Pick<Inputs, "triggers" | "after">): string | undefined {
  if (triggers.includes("due")) return "what it is for is due";
  return after === "due" ? "the restart before it is due" : undefined;
}

function stateOf(inputs: Inputs, rest: Partial<PhonesRegisteredOutputs>): GateState {
  return { ...inputs, registered: 0, missing: [], checkedAt: "", resetAt: "", status: "done", remark: "", ...rest };
}

/** One look at the phones that were there before. */
type Look = Registrations;

function look({ node, before }: Inputs, context: Context): Promise<Look> {
  return registered(node, before, context);
}

/** R56 on a look: what is wrong, none when enough phones are back. */
function lost({ node, before, tolerancePercent = TOLERANCE_PERCENT }: Inputs, { registered: now, missing }: Look): string[] {
  const facts = { cluster: node.cluster.name, before: { value: before.length }, after: { value: now.length }, tolerancePercent, missing };
  return decideAll([R56], facts).refusals.map(({ text }) => text);
}

/** How often each phone has registered anew between the looks. */
class Restless {
  readonly again = new Map<string, number>();
  private readonly last = new Map<string, Registration>();

  constructor(
    private readonly inputs: Inputs,
    /** Times that a phone may. */
    private readonly allowed: number,
  ) {}

  see({ words }: Look): void {
    for (const one of words) {
      const before = this.last.get(one.name);
      // Gone is not come anew; gone at another time than before is.
      const left = before?.status === "Registered" && one.status !== "Registered";
      if (before && before.at.getTime() !== one.at.getTime() && !left) this.again.set(one.name, (this.again.get(one.name) ?? 0) + 1);
      this.last.set(one.name, one);
    }
  }

  /** U11; none when the phones stay where they are. */
  get wrong(): string[] {
    const { node, before, tolerancePercent = TOLERANCE_PERCENT } = this.inputs;
    return decideAll([U11], { cluster: node.cluster.name, watched: before.length, tolerancePercent, again: this.again, allowed: this.allowed }).refusals.map(({ text }) => text);
  }
}

/** The run ends here: what depends on this resource is not begun. */
function stop(state: GateState, { registered: now, missing }: Look, wrong: readonly string[]): never {
  const kept = { ...state, registered: now.length, missing: firstOf(missing), status: "waiting" };
  throw new IncompleteError(kept, [...wrong.map((text) => `${text}.`), `The certificate is installed and its services were restarted; nothing that depends on the phones was begun. The next "pulumi up" looks again.`]);
}

interface Looking {
  limit: number;
  restless: Restless;
  /** What is waited for, with what was seen last. */
  what: (seen: Look | undefined) => string;
  enough: (seen: Look) => boolean;
}

/** Looks until it is enough, or phones turn out to be restless, or the limit has passed. @returns the last look; undefined when none succeeded */
async function lookUntil(inputs: Inputs, { limit, restless, what, enough }: Looking, context: Context): Promise<Look | undefined> {
  let seen: Look | undefined;
  let trouble = "";
  await pollWithProgress<true>(context, {
    what: () => `${inputs.node.cluster.name}: ${what(seen)}${trouble}`,
    limit,
    every: context.timing.phonePoll,
    look: async () => {
      const found = await look(inputs, context).catch((error: unknown) => ((trouble = ` (${sentence(error)})`), unlessPassing(error)));
      if (!found) return undefined;
      if (found.registered.length !== seen?.registered.length) context.say(`${inputs.node.cluster.name}: ${found.registered.length} of ${inputs.before.length} phones are registered`);
      [seen, trouble] = [found, ""];
      restless.see(found);
      return enough(found) || restless.wrong.length > 0 ? true : undefined;
    },
  });
  return seen;
}

/** Looks until enough phones are back. */
async function awaitBack(inputs: Inputs, state: GateState, context: Context): Promise<Look> {
  const restless = new Restless(inputs, ON_THE_WAY_BACK);
  const what = (seen: Look | undefined) => `waiting for phones: ${seen ? `${seen.registered.length} of ${inputs.before.length} are registered` : "not counted yet"}`;
  const seen = await lookUntil(inputs, { limit: context.timing.phonesBack, restless, what, enough: (found) => lost(inputs, found).length === 0 }, context);
  if (!seen) throw new IncompleteError({ ...state, status: "waiting" }, [`cluster "${inputs.node.cluster.name}": whether the phones are back could not be read. The next "pulumi up" looks again.`]);
  const missing = lost(inputs, seen);
  return missing.length > 0 ? stop(state, seen, [...restless.wrong, ...missing]) : seen;
}

/** Phones that are back are watched: who registers again and again has not come to rest (CSCup28852). */
async function watch(inputs: Inputs, first: Look, state: GateState, context: Context): Promise<Look> {
  const restless = new Restless(inputs, ONCE_BACK);
  restless.see(first);
  context.say(`${inputs.node.cluster.name}: ${first.registered.length} of ${inputs.before.length} phones are back; watching whether they stay`);
  const what = (seen: Look | undefined) => `watching whether ${(seen ?? first).registered.length} phones stay registered; ${restless.again.size} have registered anew`;
  const seen = (await lookUntil(inputs, { limit: context.timing.phonesWatch, restless, what, enough: () => false }, context)) ?? first;
  const wrong = [...restless.wrong, ...lost(inputs, seen)];
  return wrong.length > 0 ? stop(state, seen, wrong) : seen;
}

async function gate(inputs: Inputs, prior: GateState | undefined, context: Context): Promise<GateState> {
  const { node, before, disturbed = true, reset } = inputs;
  const manual = disturbed && (await isManual(node, context));
  const resetAt = disturbed && reset ? await resetPhones(node, inputs, prior, context) : "";
  const state = stateOf(inputs, { resetAt, remark: manual && !reset ? BY_HAND : "" });
  const back = await awaitBack(inputs, state, context);
  const seen = disturbed && before.length > 0 ? await watch(inputs, back, state, context) : back;
  context.say(`${node.cluster.name}: ${seen.registered.length} of ${before.length} phones that were registered before are registered${state.remark ? `. ${state.remark}` : ""}`);
  forgetPhones(node, context);
  notePhonesBack(node, context);
  return { ...state, registered: seen.registered.length, missing: firstOf(seen.missing), checkedAt: context.clock.now().toISOString() };
}

function diffDue(state: GateState, inputs: Given<Inputs>, difference: Difference): Difference {
  const unknown = inputs.triggers === UNKNOWN || inputs.after === UNKNOWN;
  const why = unknown ? undefined : waitsFor(inputs as Inputs);
  return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
}

/** The gate behind a change that phones notice. */
export const phonesRegistered: Lifecycle<Inputs, PhonesRegisteredOutputs> = {
  kind: "PhonesRegistered",

  id: ({ node }) => `${node.cluster.name}/phones after`,

  check: ({ node, tolerancePercent }) => ({ failures: [...checkNode(node), ...checkPercent("tolerancePercent", tolerancePercent)] }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue(state, inputs, difference);
    return state.status === "waiting" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    const why = waitsFor(inputs);
    if (why === undefined) return gate(inputs, prior, context);
    context.due(dueLine(inputs, why));
    return stateOf(inputs, { status: "due", remark: why });
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, tolerancePercent }) {
    if (node === UNKNOWN) return undefined;
    const tolerance = typeof tolerancePercent === "number" ? tolerancePercent : TOLERANCE_PERCENT;
    return { what: "wait until the phones are back", where: node.cluster.name, reason: `as many as before, less ${tolerance} % at most; nothing follows before`, minutes: 20 };
  },
};
