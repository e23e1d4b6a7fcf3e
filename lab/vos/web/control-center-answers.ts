// The words of Control Center: reason codes, and how a service and an answer are written.
import type { VosNode } from "../node";
import type { Service, ServiceState } from "../services";
import { CONTROL_CENTER_NAMESPACE } from "./control-center-wsdl";
import { branch, leaf } from "./xml";

/** The reason codes that the lab gives, with their texts. */
export const REASONS: Record<number, string> = {
  [-1]: "Successful",
  [-1007]: "Unsuccessful completion",
  [-1010]: "No such service",
  [-1011]: "Component is reserved for platform",
  [-1012]: "Bad arguments",
  [-1019]: "Component is not running",
  [-1029]: "Operation is pending",
  [-1039]: "Component already started",
  [-1040]: "Component already stopped",
  [-1045]: "Operation not supported",
  [-1057]: "Component already in specified state",
  [-1068]: "Service Not Activated",
  [-1069]: "Commanded Out of Service",
};

const SUCCESSFUL = -1;

const STATES: Record<ServiceState, string> = { STARTED: "Started", STOPPED: "Stopped", STARTING: "Starting", STOPPING: "Stopping" };

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An element of the answer; every one is qualified. */
export function field(name: string, text: string): string {
  return leaf(`ns1:${name}`, text);
}

/** An element of the answer that holds elements. */
export function group(name: string, children: string[]): string {
  return branch(`ns1:${name}`, children);
}

/** The outermost element of the answer to an operation. */
export function answerOf(operation: string, children: string[]): string {
  return branch(`ns1:${operation}Response`, [group(`${operation}Return`, children)], { "xmlns:ns1": CONTROL_CENTER_NAMESPACE });
}

/** `Mon Feb  3 10:00:00 2025`, in UTC, which every node of the lab uses. */
function startTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`;
}

function reasonOf({ state, reason }: Service): number {
  if (state === "STARTED") return SUCCESSFUL;
  if (state !== "STOPPED") return -1029;
  return Number(Object.keys(REASONS).find((code) => REASONS[Number(code)] === reason) ?? -1019);
}

/** A service as it is, or with the reason why it was refused. One that the node does not know is `Stopped`. */
export function serviceItem(node: VosNode, name: string, refusal?: number): string {
  const service = node.services.get(name);
  const reason = refusal ?? (service ? reasonOf(service) : -1019);
  const started = service?.state === "STARTED" ? service.startedAt : undefined;
  return group("item", [
    field("ServiceName", name),
    field("ServiceStatus", service ? STATES[service.state] : "Stopped"),
    field("ReasonCode", String(reason)),
    field("ReasonCodeString", reason === SUCCESSFUL ? " " : REASONS[reason]!),
    field("StartTime", started ? startTime(started) : ""),
    field("UpTime", String(started ? Math.max(0, Math.floor((node.now().getTime() - started.getTime()) / 1000)) : -1)),
  ]);
}

/** What every operation on services returns; `failure` is the first reason why something was not done. */
export function serviceAnswer(operation: string, items: string[], failure?: number): string {
  return answerOf(operation, [
    field("ReturnCode", failure === undefined ? "0" : "1"),
    field("ReasonCode", String(failure ?? SUCCESSFUL)),
    field("ReasonString", failure === undefined ? "" : REASONS[failure]!),
    group("ServiceInfoList", items),
  ]);
}
