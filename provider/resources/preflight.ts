import type { PreflightInputs, PreflightOutputs } from "../../sdk/preflight";
import { compare, type DifferenceTable, NODE } from "../difference";
import { type Lifecycle, UNKNOWN } from "../lifecycle";
import { checkAccept, checkChain, checkNode, checkPurpose, checkReuse } from "./shared/checks";
import { decideLive, noteFit, refusal } from "./shared/live-rules";
import { notePlanned } from "./shared/phone-changes";

const TABLE: DifferenceTable<PreflightInputs> = {
  node: NODE,
  phase: "replace",
  purpose: "update",
  distribution: "update",
  commonName: "update",
  parentDomain: "update",
  otherDomains: "update",
  leaveOut: "update",
  keyType: "update",
  keyLength: "update",
  hashAlgorithm: "update",
  reusedFor: "update",
  uses: "update",
  chain: "update",
  certificatePem: "update",
  triggers: "update",
  sso: "update",
  outlives: "takeOver",
  issuedAfter: "takeOver",
  discardPending: "takeOver",
  accept: "takeOver",
};

/** Reads everything before anything is written, and refuses with the whole list. */
export const preflight: Lifecycle<PreflightInputs, PreflightOutputs> = {
  kind: "Preflight",

  id: ({ node, purpose, phase }) => `${node.cluster.name}/${purpose}/${phase}`,

  check: ({ node, purpose, reusedFor, chain, accept }) => ({ failures: [...checkNode(node), ...checkPurpose(purpose), ...checkReuse(purpose, reusedFor), ...checkChain(chain), ...checkAccept(accept)] }),

  diff: (state, inputs) => compare(TABLE, state, inputs),

  async ensure(inputs, _prior, context) {
    const { node, purpose, phase } = inputs;
    context.say(`${node.cluster.name}: preflight (${phase}): reading ${node.cluster.nodes.length} nodes`);
    const report = await context.undisturbed(node, `preflight (${phase}) of ${purpose}`, async () => {
      const decided = await decideLive(phase, inputs, context);
      if (decided.refusals.length > 0) throw refusal(decided, purpose, node.cluster.name);
      noteFit(phase, inputs, context);
      if (decided.changes && phase === "install") notePlanned(node, inputs, context);
      return decided;
    });
    const findings = [...report.notes, ...[...report.warnings, ...report.accepted, ...report.undecided].map(({ text }) => text)];
    const verdict = report.changes ? "fit for the change" : "already as declared, nothing will be written";
    context.say(`${node.cluster.name}: preflight (${phase}): ${report.passed.length} rules hold, ${verdict}${findings.map((finding) => `\n  note: ${finding}`).join("")}`);
    return { ...inputs, checkedAt: context.clock.now().toISOString(), findings, ssoOn: report.ssoOn };
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, phase }) {
    if (node === UNKNOWN) return undefined;
    const reason = phase === "prepare" ? "before anything is written" : "again, now that the certificate is there";
    return { what: `preflight of ${node.cluster.nodes.length} nodes`, where: node.cluster.name, reason, minutes: 1 };
  },
};
