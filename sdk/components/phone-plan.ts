import * as pulumi from "@pulumi/pulumi";
import { PURPOSE_FACTS, type Purpose } from "../../domain/purposes";
import { LISTED, PHONE_PROGRAM_RULES, type PhoneStep } from "../../domain/rules/phones";
import { decideAll } from "../../domain/rules/rule";
import { CtlFileUpdate } from "../ctl-file-update";
import type { IdentityCertificate } from "../identity-certificate";
import { ProgramError } from "../program-error";
import type { Accept } from "../question";
import type { Cluster, VosNode } from "../topology";

/** Options of a child that comes after others. */
type After = (...before: pulumi.Resource[]) => pulumi.CustomResourceOptions;

/** A change as far as phones notice it. */
interface Touching {
  purpose: Purpose;
  node: VosNode;
  accept?: Accept;
}

/** Whether phones notice a change. */
export function touchesPhones({ purpose }: Pick<Touching, "purpose">): boolean {
  return PURPOSE_FACTS[purpose].touchesPhones;
}

/** Every rule on phones that the program alone breaks or keeps. @throws ProgramError with all that is wrong */
export function requirePhonePlan(where: string, cluster: Cluster, changes: readonly Touching[]): void {
  const touching = changes.filter(touchesPhones);
  if (touching.length === 0) return;
  const steps = touching.map(({ purpose, node }): PhoneStep => ({ kind: "upload", purpose, node }));
  const update = { cluster: cluster.name, release: cluster.release, steps, mixedMode: { unread: "not asked" }, maintenanceWindow: cluster.maintenanceWindow };
  const accept = Object.assign({}, ...touching.map((one) => one.accept ?? {})) as Accept;
  const { refusals } = decideAll(PHONE_PROGRAM_RULES, update, accept);
  if (refusals.length > 0) throw new ProgramError(`${where}: ${refusals.map(({ text }) => text).join("; ")}`);
}

/** What was installed, and where it came from. */
interface Installed {
  purpose: Purpose;
  node: VosNode;
  multiServer: boolean;
  identity: IdentityCertificate;
}

/** The CTL file names the nodes that serve phones, and of the others only the publisher; it does not name EC certificates for certain. */
function named({ purpose, multiServer, node }: Installed): boolean {
  return purpose !== "CallManager-ECDSA" && (multiServer || node.role === "publisher");
}

/** The latest of some moments; empty ones are none. */
export function latest(moments: readonly pulumi.Output<string>[]): pulumi.Output<string> {
  return pulumi.all([...moments]).apply((all) => [...all].sort().at(-1) ?? "");
}

/** Updates the CTL file once, when everything is uploaded; undefined where nothing of it stands there. */
export function updateCtl(name: string, cluster: Cluster, installed: readonly Installed[], after: After): { update: CtlFileUpdate; serials: pulumi.Output<string[]> } | undefined {
  const listed = installed.filter(({ purpose }) => LISTED.includes(purpose));
  const node = cluster.publisher("CUCM");
  if (listed.length === 0 || !node) return undefined;
  const serials = pulumi.all(listed.filter(named).map(({ identity }) => identity.serialNumber));
  const args = { node, triggers: listed.map(({ identity }) => identity.changeId), changedAt: latest(listed.map(({ identity }) => identity.changedAt)), expects: serials, maintenanceWindow: cluster.maintenanceWindow };
  const update = new CtlFileUpdate(`${name}-ctl`, args, after(...installed.map(({ identity }) => identity)));
  return { update, serials: pulumi.all([update.status, serials]).apply(([status, all]) => (status === "not needed" ? [] : all)) };
}
