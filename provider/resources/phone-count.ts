import { R56 } from "../../domain/rules/phones-live";
import { decideAll } from "../../domain/rules/rule";
import { normalPem } from "../../domain/x509/pem";
import type { PhoneCountInputs, PhoneCountOutputs } from "../../sdk/phone-count";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier } from "../difference";
import { RefusedError } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNode, checkPercent, checkWindow } from "./shared/checks";
import { forgetPhones, rememberCount, unseenSince } from "./shared/counted-phones";
import { areInstalled } from "./shared/live-rules";
import { countPhones, registered, TOLERANCE_PERCENT } from "./shared/phones";
import { CLUSTER } from "./shared/sso";
import { closedWindow, usualMinutes } from "./shared/waiting";

type Inputs = PhoneCountInputs;
type CountState = State<Inputs, PhoneCountOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  node: CLUSTER,
  changes: { change: "update", normal: (changes) => changes.map(({ node, purpose, certificatePem }) => [node.fqdn, purpose, normalPem(certificatePem)]) },
  tolerancePercent: "takeOver",
  maintenanceWindow: "takeOver",
};

/** Usual minutes of the upload that comes behind it: counted too early, it would count nothing of use. */
const MINUTES = 2;

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `cluster "${node.cluster.name}": count the registered phones: ${why}`;
}

/** R56: nothing else changes before the phones that an earlier change met are back. @throws RefusedError */
async function requireBack({ node, tolerancePercent = TOLERANCE_PERCENT }: Inputs, context: Context): Promise<void> {
  const before = unseenSince(node, context);
  if (!before) return;
  const { registered: now, missing } = await registered(node, before, context);
  const facts = { cluster: node.cluster.name, before: { value: before.length }, after: { value: now.length }, tolerancePercent, missing };
  const { refusals } = decideAll([R56], facts);
  if (refusals.length > 0) throw new RefusedError(`Nothing was changed: after an earlier change phones of cluster "${node.cluster.name}" are not back:`, refusals.map(({ text }) => text));
  forgetPhones(node, context);
}

async function count(inputs: Inputs, context: Context): Promise<CountState> {
  const { node } = inputs;
  await requireBack(inputs, context);
  const counted = await countPhones(node, context);
  rememberCount(node, counted.registered, context);
  context.say(`${node.cluster.name}: ${counted.registered.length} of ${counted.configured} phones are registered`);
  return { ...inputs, ...counted, countedAt: context.clock.now().toISOString(), status: "counted" };
}

/** The registered phones, just before the upload. */
export const phoneCount: Lifecycle<Inputs, PhoneCountOutputs> = {
  kind: "PhoneCount",

  id: ({ node }) => `${node.cluster.name}/phones before`,

  check: ({ node, tolerancePercent, maintenanceWindow }) => ({ failures: [...checkNode(node), ...checkPercent("tolerancePercent", tolerancePercent), ...checkWindow(maintenanceWindow)] }),

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status !== "due") return difference;
    const why = inputs.maintenanceWindow === UNKNOWN ? undefined : closedWindow(inputs.maintenanceWindow, now, 0);
    return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
  },

  async ensure(inputs, _prior, context) {
    const { node, maintenanceWindow } = inputs;
    return context.undisturbed(node, "count the registered phones", async () => {
      const why = (await areInstalled(inputs.changes, context)) ? undefined : closedWindow(maintenanceWindow, context.clock.now(), usualMinutes(MINUTES, context));
      if (why === undefined) return count(inputs, context);
      context.due(dueLine(inputs, why));
      return { ...inputs, registered: [], configured: 0, countedAt: "", status: "due" };
    });
  },

  observe: async (state) => state,

  async remove({ node }, context) {
    forgetPhones(node, context);
  },

  step({ node, maintenanceWindow }) {
    if (node === UNKNOWN) return undefined;
    return { what: "count the registered phones", where: node.cluster.name, reason: "as many must be registered afterwards", minutes: 1, window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow };
  },
};
