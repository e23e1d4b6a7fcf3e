import type { ClusterReading } from "../../domain/readings";
import { R100, R103, R105, R97 } from "../../domain/rules/bulk-live";
import { R60 } from "../../domain/rules/phones-live";
import { decideAll, type Report, unite } from "../../domain/rules/rule";
import { R37 } from "../../domain/rules/trust";
import type { BulkPreflightInputs, BulkPreflightOutputs } from "../../sdk/bulk-preflight";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, NODE } from "../difference";
import { RefusedError } from "../errors";
import { type Lifecycle, UNKNOWN } from "../lifecycle";
import { bulkClusters, checkExchange, cucmNodes, EXCHANGE, exchangeHolds, typesOf } from "./shared/bulk";
import { checkAccept } from "./shared/checks";
import { isPreparedForRollback } from "./shared/enterprise-parameters";
import { attempt, readCluster } from "./shared/reading";

type Inputs = BulkPreflightInputs;

const TABLE: DifferenceTable<Inputs> = {
  ...EXCHANGE,
  node: NODE,
  sftp: "update",
  emcc: "update",
  accept: "takeOver",
};

/** What the rules say of one cluster. */
async function decideCluster(publisher: Node, { emcc = false, accept }: Inputs, reading: ClusterReading, context: Context): Promise<Report> {
  const nodes = reading.nodes.filter(({ node }) => node.product === "CUCM");
  return unite([
    decideAll([R103], { nodes }, accept),
    decideAll([R37], { reading, question: { distribution: "multi-server" } }, accept),
    decideAll([R60], { cluster: publisher.cluster.name, rollback: await attempt(isPreparedForRollback(publisher, context)) }, accept),
    decideAll([R105], { emcc, publishers: nodes.filter(({ node }) => node.fqdn === publisher.fqdn) }, accept),
  ]);
}

async function decide(inputs: Inputs, context: Context): Promise<Report> {
  const { clusters, sftp, accept } = inputs;
  const readings = await Promise.all(clusters.map(async (publisher) => ({ publisher, reading: await readCluster(publisher, [], context) })));
  const publishers = readings.map(({ publisher, reading }) => ({ cluster: publisher.cluster.name, version: reading.nodes.find(({ node }) => node.fqdn === publisher.fqdn)!.version }));
  const live = await Promise.all(readings.map(({ publisher, reading }) => decideCluster(publisher, inputs, reading, context)));
  if (sftp === undefined) return unite(live);
  const files = { value: await context.sftp(sftp).list() };
  return unite([...live, decideAll([R100], { publishers }, accept), decideAll([R97], { clusters: bulkClusters(clusters), types: typesOf(inputs), files }, accept)]);
}

/** All clusters of an exchange, before anything is written. */
export const bulkPreflight: Lifecycle<Inputs, BulkPreflightOutputs> = {
  kind: "BulkPreflight",

  id: ({ clusters }) => clusters.map(({ cluster }) => cluster.name).join("/"),

  check: (inputs) => ({ failures: [...checkExchange(inputs), ...checkAccept(inputs.accept)] }),

  diff: (state, inputs) => compare(TABLE, state, inputs),

  async ensure(inputs, _prior, context) {
    const { clusters } = inputs;
    const names = clusters.map(({ cluster }) => cluster.name).join(", ");
    context.say(`preflight of a bulk exchange: reading ${clusters.flatMap((one) => cucmNodes(one, context)).length} nodes of ${names}`);
    const report = await decide(inputs, context);
    const holds = report.refusals.length > 0 && (await exchangeHolds(inputs, context));
    // On an estate that is already as declared nothing is written: what would refuse a change is only told.
    if (report.refusals.length > 0 && !holds) throw new RefusedError(`Nothing was changed: the clusters ${names} do not exchange certificates:`, report.refusals.map(({ text }) => text));
    const findings = [...report.refusals, ...report.warnings, ...report.accepted, ...report.undecided].map(({ text }) => text);
    context.say(`preflight of a bulk exchange: ${report.passed.length} rules hold${findings.map((finding) => `\n  note: ${finding}`).join("")}`);
    return { ...inputs, checkedAt: context.clock.now().toISOString(), findings };
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ clusters }) {
    if (clusters === UNKNOWN) return undefined;
    return { what: `preflight of ${clusters.length} clusters`, where: clusters.map(({ cluster }) => cluster.name).join(", "), reason: "before anything is written", minutes: 1 };
  },
};
