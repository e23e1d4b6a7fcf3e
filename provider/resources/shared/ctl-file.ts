// What a cluster says of its CTL file, as several resources ask for it.
import type { Reading } from "../../../domain/readings";
import { CTL_SERVICES } from "../../../domain/restarts";
import { type PhoneStep, R57, R59, type PhoneUpdate } from "../../../domain/rules/phones";
import { decideAll } from "../../../domain/rules/rule";
import { type CtlMethod, ctlMethodOf, notInList } from "../../../domain/trust-list/ctl";
import type { ShownTrustList } from "../../../domain/trust-list/text";
import type { Context, Node } from "../../context";
import { RefusedError } from "../../errors";
import { isMixedMode } from "./enterprise-parameters";
import { attempt, publisherOf } from "./reading";

/** What a cluster says of its mode and its CTL file. */
export interface CtlReading {
  mixedMode: Reading<boolean>;
  /** Asked only in mixed mode. */
  shown?: Reading<ShownTrustList | undefined>;
  ctlMethod?: Reading<CtlMethod>;
}

/** Reads mode and, in mixed mode, the CTL file of the publisher. */
export async function readCtl(node: Node, context: Context): Promise<CtlReading> {
  const mixedMode = await attempt(isMixedMode(node, context));
  if (!("value" in mixedMode) || !mixedMode.value) return { mixedMode };
  const shown = await attempt(context.vos(publisherOf(node, context)).trustFiles.shown("CTL"));
  return { mixedMode, shown, ctlMethod: "value" in shown ? ctlMethodOf(shown.value) : shown };
}

/** The steps of an update of the CTL file on a node, as rules look at them. */
export function ctlUpdateOf(node: Node, reading: Pick<CtlReading, "mixedMode" | "ctlMethod">, steps?: readonly PhoneStep[]): PhoneUpdate {
  return { cluster: node.cluster.name, release: node.release, steps: steps ?? [{ kind: "CTL update", node }], ...reading };
}

/** R59 on what a cluster says; one sentence each. */
export function notUpdatable(node: Node, reading: CtlReading): string[] {
  return decideAll([R59], ctlUpdateOf(node, reading)).refusals.map(({ text }) => text);
}

/** Of these serial numbers, those that `show ctl` does not show; all, where there is no verified file. */
export function notInCtl(shown: ShownTrustList | undefined, serialNumbers: readonly string[]): string[] {
  return shown?.verified ? notInList(shown.records, serialNumbers) : [...serialNumbers];
}

/** What the node's CallManager certificate is, and the CTL file does not say; undefined where it does, or where there is none to say it. */
async function stale(node: Node, context: Context): Promise<string | { unread: string } | undefined> {
  const { mixedMode, shown } = await readCtl(node, context);
  if ("unread" in mixedMode) return mixedMode;
  if (!mixedMode.value || !shown) return undefined;
  if ("unread" in shown) return shown;
  const own = await context.vos(node).identity("CallManager");
  return own && notInCtl(shown.value, [own.certificate.serialNumber]).length > 0 ? own.certificate.serialNumber : undefined;
}

/** R57, live: what shows phones the new certificate is not restarted before they can know it. @throws RefusedError */
export async function requireCtl({ node }: { node: Node }, service: string, context: Context): Promise<void> {
  if (node.product !== "CUCM" || !CTL_SERVICES.includes(service)) return;
  const found = await stale(node, context);
  if (found === undefined) return;
  if (typeof found !== "string") return context.say(`${node.fqdn}: whether the CTL file knows its CallManager certificate is not verified (R136): ${found.unread}`);
  const steps: PhoneStep[] = [{ kind: "upload", purpose: "CallManager", node }, { kind: "restart", node }];
  const { refusals } = decideAll([R57], ctlUpdateOf(node, { mixedMode: { value: true } }, steps));
  throw new RefusedError(`${node.fqdn}: ${service} was not restarted, because show ctl of the publisher does not show the CallManager certificate of this node (serial number ${found}):`, refusals.map(({ text }) => text));
}
