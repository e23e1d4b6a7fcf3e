import type { ServiceRestartInputs, ServiceRestartOutputs } from "../../sdk/service-restart";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { type Lifecycle, UNKNOWN } from "../lifecycle";
import { checkNodeOrHost, checkWindow } from "./shared/checks";
import { diffDue } from "./shared/due";
import { observeDueOnHost, restartOnHost } from "./shared/host-service";
import { observeDueOnNode, restartOnNode } from "./shared/node-service";
import { isNode } from "./shared/restarting";
import { dueLine, dueWithout, type RestartState } from "./shared/service-state";

type Inputs = ServiceRestartInputs;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  service: "replace",
  triggers: "update",
  changedAt: "takeOver",
  expects: "takeOver",
  expectsInCtl: "takeOver",
  after: "takeOver",
  hold: "takeOver",
  maintenanceWindow: "takeOver",
  onlyWhereActive: "takeOver",
  reason: "takeOver",
  notice: "takeOver",
  minutes: "takeOver",
};

/** One restart of one service on one node, when its triggers ask for it and its window is open. */
export const serviceRestart: Lifecycle<Inputs, ServiceRestartOutputs> = {
  kind: "ServiceRestart",

  id: ({ node, service }) => `${node.fqdn}/${service}`,

  check({ node, service, maintenanceWindow }) {
    const failures = [...checkNodeOrHost(node), ...checkWindow(maintenanceWindow)];
    if (service !== UNKNOWN && !/^[A-Za-z][\w .()-]+$/.test(service)) failures.push({ property: "service", reason: `"${service}" is no service name: write it as on the platform's page, such as "Cisco Tomcat"` });
    return { failures };
  },

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(state, why));
    return state.status === "restarting" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    const waiting = dueWithout(inputs, prior, context);
    if (waiting) return waiting;
    const { node, service } = inputs;
    const what = `restart ${service}`;
    const alone = (work: () => Promise<RestartState>) => (isNode(node) ? context.exclusively(node, what, work) : context.onHost(node, what, work));
    return alone(() => context.restarting.during(node.fqdn, () => (isNode(node) ? restartOnNode({ ...inputs, node }, prior, context) : restartOnHost({ ...inputs, node }, prior, context))));
  },

  async observe(state, context) {
    if (state.status !== "due") return state;
    const { node } = state;
    return isNode(node) ? observeDueOnNode({ ...state, node }, context) : observeDueOnHost({ ...state, node }, context);
  },

  remove: async () => {},

  step(inputs, state) {
    const { node, service, triggers, notice, minutes, maintenanceWindow } = inputs;
    if (node === UNKNOWN || service === UNKNOWN) return undefined;
    const why = text(inputs.reason) || "its certificate changed";
    // Only of a certificate a service may have loaded already.
    const sure = (state !== undefined && triggers !== UNKNOWN) || !why.endsWith("changed");
    return {
      what: `restart ${service}`,
      where: node.fqdn,
      reason: sure ? why : "if the service has not yet loaded it",
      notice: text(notice),
      minutes: typeof minutes === "number" ? minutes : 1,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};

function text(value: string | typeof UNKNOWN | undefined): string {
  return typeof value === "string" ? value : "";
}
