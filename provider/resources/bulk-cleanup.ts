import type { BulkCleanupInputs, BulkCleanupOutputs } from "../../sdk/bulk-cleanup";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkExchange, consolidatedByName, directory, EXCHANGE, filesOf } from "./shared/bulk";

type Inputs = BulkCleanupInputs;
type CleanupState = State<Inputs, BulkCleanupOutputs>;

const TABLE: DifferenceTable<Inputs> = { ...EXCHANGE, node: NODE, sftp: "replace" };

/** Names of what the exchange has written. */
async function left(inputs: Inputs, context: Context): Promise<string[]> {
  const files = await directory(inputs, context);
  return [...inputs.clusters.flatMap((one) => filesOf(one, inputs, files)), ...consolidatedByName(inputs, files)].map(({ name }) => name);
}

async function run(inputs: Inputs, prior: CleanupState | undefined, context: Context): Promise<CleanupState> {
  const names = await left(inputs, context);
  for (const name of names) await context.sftp(inputs.sftp).remove(name);
  if (names.length === 0) return { ...inputs, removedAt: prior?.removedAt ?? "", removed: prior?.removed ?? [], status: "done" };
  context.say(`${inputs.node.cluster.name}: ${names.length} files of the exchange are removed: ${names.join(", ")}`);
  return { ...inputs, removedAt: context.clock.now().toISOString(), removed: names, status: "done" };
}

/** What is left of an exchange in its directory. */
export const bulkCleanup: Lifecycle<Inputs, BulkCleanupOutputs> = {
  kind: "BulkCleanup",

  id: ({ sftp }) => `${sftp}/cleanup`,

  check: (inputs) => ({ failures: checkExchange(inputs) }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    const open = state.status === "due" && inputs.triggers !== UNKNOWN && !inputs.triggers?.includes("due");
    return open ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    // Who imports later needs them.
    if (inputs.triggers?.includes("due")) return { ...inputs, removedAt: prior?.removedAt ?? "", removed: prior?.removed ?? [], status: "due" };
    return context.exclusively(inputs.node, "remove the files of a bulk exchange", () => run(inputs, prior, context));
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, sftp }) {
    if (node === UNKNOWN || sftp === UNKNOWN) return undefined;
    return { what: "remove the exported files", where: sftp, reason: "every cluster has imported", minutes: 1 };
  },
};
