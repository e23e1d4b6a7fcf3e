// The state of one restart of one service, wherever the service runs.
import type { ServiceRestartInputs, ServiceRestartOutputs } from "../../../sdk/service-restart";
import type { Context } from "../../context";
import type { State } from "../../lifecycle";
import { waitsFor } from "./due";

type Inputs = ServiceRestartInputs;
export type RestartState = State<Inputs, ServiceRestartOutputs>;

export function dueLine({ node, service }: Pick<Inputs, "node" | "service">, why: string): string {
  return `${node.fqdn}: restart ${service}: ${why}`;
}

export function done(inputs: Inputs, rest: Partial<ServiceRestartOutputs>, prior: RestartState | undefined): RestartState {
  return { ...inputs, restartedAt: prior?.restartedAt ?? "", servedFingerprint: prior?.servedFingerprint ?? "", status: "done", remark: "", ranBefore: [], ...rest };
}

export function due(inputs: Inputs, prior: RestartState | undefined, why: string, context: Context): RestartState {
  context.due(dueLine(inputs, why));
  return done(inputs, { status: "due", remark: why }, prior);
}

/** Whether it is active is asked when its turn comes: passed over now, it would hide from what comes behind it that something is due. */
export function behindDue({ after, changedAt }: Inputs): boolean {
  return after === "due" && changedAt !== undefined && changedAt !== "";
}

/** The name under which this machine notes that it restarts the service: a run that is killed cannot write its state. */
export function note({ node, service }: Pick<Inputs, "node" | "service">): string {
  return `restart ${service} on ${node.fqdn}`;
}

/** Whether a restart of ours is known to have been cut, by the state or by this machine. */
export function isBroken(inputs: Pick<Inputs, "node" | "service">, prior: RestartState | undefined, context: Context): boolean {
  return prior?.status === "restarting" || context.journal.begun(note(inputs)) !== undefined;
}

/** Without asking the node: what it is for has not happened yet. A restart that has begun is finished first. */
export function dueWithout(inputs: Inputs, prior: RestartState | undefined, context: Context): RestartState | undefined {
  if (!inputs.triggers.includes("due") || isBroken(inputs, prior, context)) return undefined;
  return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
}
