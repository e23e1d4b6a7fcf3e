import type { PhoneMigrationPreflightInputs, PhoneMigrationPreflightOutputs } from "../../sdk/phone-migration-preflight";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkAccept } from "./shared/checks";
import { waitsFor } from "./shared/due";
import { decideMigration, migrationRefusal, noteMigration } from "./shared/migration-rules";
import { checkClusters, checkPhones, checkPublisher, checkTftp } from "./shared/migration-checks";

type Inputs = PhoneMigrationPreflightInputs;
type GateState = State<Inputs, PhoneMigrationPreflightOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  source: NODE,
  destination: NODE,
  phones: { change: "update", normal: (phones) => [...phones].sort() },
  tftp: "update",
  triggers: "update",
  after: "takeOver",
  accept: "takeOver",
};

const OPEN = "ready for option 150";

function dueLine({ source, destination }: Pick<Inputs, "source" | "destination">, why: string): string {
  return `clusters "${source.cluster.name}" and "${destination.cluster.name}": look whether phones can move: ${why}`;
}

/** Why it is not looked at yet; undefined when it is. */
function waits({ triggers, after }: Pick<Inputs, "triggers" | "after">, now: Date): string | undefined {
  return after === "due" ? "the exchange of certificates is due" : waitsFor({ triggers }, now, 0);
}

async function look(inputs: Inputs, context: Context): Promise<GateState> {
  const { source, destination, phones } = inputs;
  const [from, to] = [source.cluster, destination.cluster];
  context.say(`${from.name} to ${to.name}: preflight of ${phones.length} phones: reading ${from.nodes.length + to.nodes.length} nodes`);
  const report = await context.undisturbed(source, "preflight of a phone migration", () => decideMigration(inputs, context));
  if (report.refusals.length > 0) throw migrationRefusal(report, inputs);
  noteMigration(inputs, context);
  const findings = [...report.warnings, ...report.accepted, ...report.undecided].map(({ text }) => text);
  const { atSource, atDestination, nowhere } = report;
  context.say(`${from.name} to ${to.name}: ${OPEN}: ${report.passed.length} rules hold; ${atSource} phones are registered with ${from.name}, ${atDestination} with ${to.name}${findings.map((finding) => `\n  note: ${finding}`).join("")}`);
  return { ...inputs, checkedAt: context.clock.now().toISOString(), findings, gate: OPEN, atSource, atDestination, nowhere };
}

/** Reads both clusters before anything is written, and refuses with the whole list. */
export const phoneMigrationPreflight: Lifecycle<Inputs, PhoneMigrationPreflightOutputs> = {
  kind: "PhoneMigrationPreflight",

  id: ({ source, destination }) => `${source.cluster.name}/${destination.cluster.name}`,

  check: ({ source, destination, phones, tftp, accept }) => ({
    failures: [...checkPublisher("source", source), ...checkPublisher("destination", destination), ...checkClusters(source, destination), ...checkPhones(phones), ...checkTftp(tftp), ...checkAccept(accept)],
  }),

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.gate !== "due") return difference;
    const why = inputs.after === UNKNOWN || inputs.triggers === UNKNOWN ? undefined : waits(inputs as Inputs, now);
    return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
  },

  async ensure(inputs, _prior, context) {
    const why = waits(inputs, context.clock.now());
    if (!why) return look(inputs, context);
    context.due(dueLine(inputs, why));
    return { ...inputs, checkedAt: "", findings: [], gate: "due", atSource: 0, atDestination: 0, nowhere: [] };
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ source, destination, phones }) {
    if (source === UNKNOWN || destination === UNKNOWN) return undefined;
    const count = phones === UNKNOWN ? "" : ` of ${phones.length} phones`;
    return { what: `preflight${count} and ${source.cluster.nodes.length + destination.cluster.nodes.length} nodes`, where: `${source.cluster.name}, ${destination.cluster.name}`, reason: "before option 150 moves", minutes: 2 };
  },
};
