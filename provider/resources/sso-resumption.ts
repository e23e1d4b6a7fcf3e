import { randomUUID } from "node:crypto";
import type { Finding } from "../../domain/rules/rule";
import { R40 } from "../../domain/rules/sso";
import type { SsoResumptionInputs, SsoResumptionOutputs } from "../../sdk/sso-resumption";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier } from "../difference";
import { IncompleteError } from "../errors";
import { type Difference, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNode } from "./shared/checks";
import { CLUSTER, clockOf, offLine, readSso, steps, tellOfRemoval } from "./shared/sso";

type Inputs = SsoResumptionInputs;
type ResumptionState = State<Inputs, SsoResumptionOutputs>;

const TABLE: DifferenceTable<Inputs> = { node: CLUSTER, suspensionId: "update", nodes: "takeOver", suspendedAt: "takeOver", after: "takeOver" };

/** Why it is not looked at yet; undefined when it is. */
function waitsFor({ suspensionId, after }: Pick<Inputs, "suspensionId" | "after">): string | undefined {
  if (suspensionId === "due") return "it is not switched off yet";
  return after === "due" ? "a restart before it is due" : undefined;
}

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `cluster "${node.cluster.name}": SSO, to be switched on again by a person: ${why}`;
}

/** Without asking a node: nothing was suspended, or it is too early. */
function still(inputs: Inputs): ResumptionState | undefined {
  const rest = { resumedAt: "", findings: [] };
  if (inputs.suspensionId === "") return { ...inputs, ...rest, resumptionId: "", status: "none" };
  return waitsFor(inputs) ? { ...inputs, ...rest, resumptionId: "due", status: "due" } : undefined;
}

function offNote({ node, nodes, suspensionId, suspendedAt }: Inputs): { key: string; line: string } {
  const how = ["Only a person can switch it on:", ...steps(), 'Then run "pulumi up": it looks at every node, and restarts Cisco Tomcat and Cisco UDS Tomcat once more.'];
  return { key: suspensionId, line: [`${offLine(node.cluster.name, nodes, suspendedAt)}.`, ...how].join("\n    ") };
}

function text({ where, found }: Finding): string {
  return `${where}: ${found}`;
}

/** Looks once; only a person can change what it sees. @throws IncompleteError with what is missing, and the steps */
async function look(inputs: Inputs, context: Context): Promise<ResumptionState> {
  const { node, nodes, suspendedAt, suspensionId } = inputs;
  const names = node.cluster.nodes.filter(({ fqdn }) => nodes.includes(fqdn));
  const verdict = R40.decide({ nodes: await readSso(node, names, context), suspendedAt: new Date(suspendedAt) });
  const findings = verdict.outcome === "violated" ? verdict.findings : [];
  const missing = findings.filter(({ severity }) => severity === "mandatory");
  if (missing.length > 0) throw pending(inputs, missing, context);
  findings.forEach((finding) => context.say(`note: R40 ${text(finding)}. ${R40.comply}`));
  context.back(suspensionId);
  context.say(`${node.cluster.name}: SSO is on again on ${nodes.join(", ")}, by CLI and database`);
  return { ...inputs, resumptionId: randomUUID(), resumedAt: (await clockOf(node, context)).toISOString(), status: "resumed", findings: findings.map(text) };
}

function pending(inputs: Inputs, missing: readonly Finding[], context: Context): IncompleteError {
  const { key, line } = offNote(inputs);
  context.off(key, line);
  const state: ResumptionState = { ...inputs, resumptionId: "", resumedAt: "", status: "pending", findings: missing.map(text) };
  return new IncompleteError(state, [
    [`The certificates are installed and served. SSO of cluster "${inputs.node.cluster.name}" was switched off for that, and is not on again:`, ...missing.map((finding) => `  - R40 ${text(finding)}`)].join("\n"),
    ["Only a person can switch it on:", ...steps().map((step) => `  ${step}`)].join("\n"),
    `Then run "pulumi up" again: it looks at every node, and restarts Cisco Tomcat and Cisco UDS Tomcat once more. If SSO is to stay off, take sso: "suspend" out of the program.`,
  ]);
}

/** What was seen of SSO, for the end of the run. */
function notes(state: ResumptionState): Pick<Difference, "off" | "back"> {
  if (state.status === "pending") return { off: offNote(state) };
  return state.status === "resumed" ? { back: state.suspensionId } : {};
}

/** That SSO is on again, by a person's hand, after every restart. */
export const ssoResumption: Lifecycle<Inputs, SsoResumptionOutputs> = {
  kind: "SsoResumption",

  id: ({ node }) => `${node.cluster.name}/sso`,

  check: ({ node }) => ({ failures: checkNode(node) }),

  diff(state, inputs) {
    const difference = { ...compare(TABLE, state, inputs), ...notes(state) };
    if (state.status !== "due") return difference;
    const why = inputs.suspensionId === UNKNOWN || inputs.after === UNKNOWN ? undefined : waitsFor(inputs as Inputs);
    return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
  },

  async ensure(inputs, prior, context) {
    if (prior?.status === "resumed" && prior.suspensionId === inputs.suspensionId) return { ...prior, ...inputs };
    const early = still(inputs);
    if (!early) return context.undisturbed(inputs.node, "look at SSO", () => look(inputs, context));
    if (early.status === "due") context.due(dueLine(inputs, waitsFor(inputs)!));
    return early;
  },

  async observe(state, context) {
    const { off, back } = notes(state);
    if (off) context.off(off.key, off.line);
    if (back) context.back(back);
    return state;
  },

  remove: (state, context) => tellOfRemoval(state, context),

  step({ node }, state) {
    if (node === UNKNOWN) return undefined;
    return { what: "SSO: a person switches it on again", where: node.cluster.name, reason: state ? "it was suspended" : "if it was suspended" };
  },
};
