import * as pulumi from "@pulumi/pulumi";
import { asPhonesKnow, noticedByPhones, type Purpose, type Reuse } from "../../domain/purposes";
import { LISTED, PHONE_PROGRAM_RULES, type PhoneStep } from "../../domain/rules/phones";
import { decideAll } from "../../domain/rules/rule";
import { CtlFileUpdate } from "../ctl-file-update";
import type { IdentityCertificate } from "../identity-certificate";
import { PhoneCount } from "../phone-count";
import { PhonesRegistered } from "../phones-registered";
import { ProgramError } from "../program-error";
import type { Accept, Distribution } from "../question";
import type { ServiceRestart } from "../service-restart";
import type { Cluster, VosNode } from "../topology";

/** Options of a child that comes after others. */
type After = (...before: pulumi.Resource[]) => pulumi.CustomResourceOptions;

/** A change as far as phones notice it. */
interface Touching {
  purpose: Purpose;
  question: { reusedFor?: Reuse };
  node: VosNode;
  accept?: Accept;
}

/** Whether phones notice a change. */
export function touchesPhones({ purpose, question }: Pick<Touching, "purpose" | "question">): boolean {
  return noticedByPhones({ purpose, reusedFor: question.reusedFor });
}

/** Every rule on phones that the program alone breaks or keeps. @throws ProgramError with all that is wrong */
export function requirePhonePlan(where: string, cluster: Cluster, changes: readonly Touching[]): void {
  const touching = changes.filter(touchesPhones);
  if (touching.length === 0) return;
  const steps = touching.map(({ purpose, question: { reusedFor }, node }): PhoneStep => ({ kind: "upload", purpose: asPhonesKnow({ purpose, reusedFor }), node }));
  const update = { cluster: cluster.name, release: cluster.release, steps, mixedMode: { unread: "not asked" }, maintenanceWindow: cluster.maintenanceWindow };
  const accept = Object.assign({}, ...touching.map((one) => one.accept ?? {})) as Accept;
  const { refusals } = decideAll(PHONE_PROGRAM_RULES, update, accept);
  if (refusals.length > 0) throw new ProgramError(`${where}: ${refusals.map(({ text }) => text).join("; ")}`);
}

/** What was installed, and where it came from. */
interface Installed {
  purpose: Purpose;
  reusedFor?: Reuse;
  node: VosNode;
  multiServer: boolean;
  identity: IdentityCertificate;
}

/** The CTL file names the nodes that serve phones, and of the others only the publisher; it does not name EC certificates for certain. */
function named({ multiServer, node, ...one }: Installed): boolean {
  return asPhonesKnow(one) !== "CallManager-ECDSA" && (multiServer || node.role === "publisher");
}

/** The latest of some moments; empty ones are none. */
export function latest(moments: readonly pulumi.Output<string>[]): pulumi.Output<string> {
  return pulumi.all([...moments]).apply((all) => [...all].sort().at(-1) ?? "");
}

/** Updates the CTL file once, when everything is uploaded; undefined where nothing of it stands there. */
export function updateCtl(name: string, cluster: Cluster, installed: readonly Installed[], after: After): { update: CtlFileUpdate; serials: pulumi.Output<string[]> } | undefined {
  const listed = installed.filter((one) => LISTED.includes(asPhonesKnow(one)));
  const node = cluster.publisher("CUCM");
  if (listed.length === 0 || !node) return undefined;
  const serials = pulumi.all(listed.filter(named).map(({ identity }) => identity.serialNumber));
  const args = { node, triggers: listed.map(({ identity }) => identity.changeId), changedAt: latest(listed.map(({ identity }) => identity.changedAt)), expects: serials, maintenanceWindow: cluster.maintenanceWindow };
  const update = new CtlFileUpdate(`${name}-ctl`, args, after(...installed.map(({ identity }) => identity)));
  return { update, serials: pulumi.all([update.status, serials]).apply(([status, all]) => (status === "not needed" ? [] : all)) };
}

/** How the phones of a cluster are looked after. */
export interface PhoneArgs {
  /** Per cent of the phones that may stay away after a change, and that may register again and again. Default 2. */
  tolerancePercent?: number;
  /** Reset the phones that were registered, when the restarts are over: for clusters whose enterprise parameter Phone Interaction on Certificate Update is manual. Default: a person resets them. */
  reset?: boolean;
}

interface Counted extends Touching {
  certificatePem: pulumi.Input<string>;
  question: { distribution: Distribution; reusedFor?: Reuse; leaveOut?: string[] };
}

/** Counts the phones once, before the first upload; undefined where they notice none of the changes. */
export function countPhones(name: string, cluster: Cluster, changes: readonly Counted[], phones: PhoneArgs, after: pulumi.CustomResourceOptions): PhoneCount | undefined {
  const touching = changes.filter(touchesPhones);
  const node = cluster.publisher("CUCM");
  if (touching.length === 0 || !node) return undefined;
  const certificates = touching.map((change) => ({ node: change.node, purpose: change.purpose, distribution: change.question.distribution, leaveOut: change.question.leaveOut, certificatePem: change.certificatePem }));
  return new PhoneCount(`${name}-phones-before`, { node, changes: certificates, tolerancePercent: phones.tolerancePercent, maintenanceWindow: cluster.maintenanceWindow }, after);
}

/** What the phones have met. */
interface Met {
  count: PhoneCount;
  identities: readonly IdentityCertificate[];
  ctl?: CtlFileUpdate;
  restarts: readonly ServiceRestart[];
}

/** The gate behind all restarts: the phones are back, or the run ends. */
export function awaitPhones(name: string, { count, identities, ctl, restarts }: Met, { tolerancePercent, reset }: PhoneArgs, after: After): PhonesRegistered {
  const triggers = [...identities, ...(ctl ? [ctl] : [])].map(({ changeId }) => changeId);
  // A restart that was not needed, or was skipped, says why.
  const disturbed = pulumi.all(restarts.map(({ status, remark }) => pulumi.all([status, remark]))).apply((all) => all.some(([status, remark]) => status === "done" && remark === ""));
  const args = { node: count.node, triggers, before: count.registered, after: restarts.at(-1)?.status, disturbed, tolerancePercent, reset };
  return new PhonesRegistered(`${name}-phones-after`, args, after(count, ...restarts.slice(-1), ...identities));
}
