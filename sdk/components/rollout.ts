import * as pulumi from "@pulumi/pulumi";
import type { Purpose } from "../../domain/purposes";
import { PURPOSE_FACTS } from "../../domain/purposes";
import { concernsSso } from "../../domain/rules/sso";
import { CTL_SERVICES } from "../../domain/restarts";
import { TFTP } from "../../domain/services";
import { type PlannedChange, type PlannedRestart, planRestarts } from "../../domain/rollout";
import type { CtlFileUpdate } from "../ctl-file-update";
import { IdentityCertificate } from "../identity-certificate";
import type { PhoneCount } from "../phone-count";
import type { PhonesRegistered } from "../phones-registered";
import { Preflight } from "../preflight";
import { declaredBefore } from "../once";
import { inProgram, ProgramError } from "../program-error";
import type { Accept, QuestionInputs } from "../question";
import { ServiceRestart } from "../service-restart";
import type { Cluster, VosNode } from "../topology";
import type { SsoSuspension } from "../sso-suspension";
import { Component, slug } from "./component";
import { awaitPhones, countPhones, latest, type PhoneArgs, requirePhonePlan, touchesPhones, updateCtl } from "./phone-plan";
import { resumeSso, suspendSso } from "./sso-guard";

/** A prepared certificate: signed, its chain trusted, not yet installed. MultiServerCertificate offers one as `change`. */
export interface CertificateChange {
  purpose: Purpose;
  /** The node to which it is uploaded. */
  node: VosNode;
  certificatePem: pulumi.Input<string>;
  /** PEM, root first. */
  chain: string[];
  /** The question that its request asked. */
  question: QuestionInputs;
  accept?: Accept;
  /** `"suspend"`: SSO that is on is switched off before the upload, and a person switches it on again afterwards. Default: it is a reason to refuse (R38). */
  sso?: "suspend";
  /** What must be done before it is installed. */
  after: readonly pulumi.Resource[];
}

export interface RolloutArgs {
  cluster: Cluster;
  /** Everything that changes on the cluster in one go: its restarts are united, each service once per node. */
  changes: (CertificateChange | { change?: CertificateChange })[];
  /** `"upload"`: install the certificates and leave all restarts due, to split a change over two nights. Default: everything. */
  stopAfter?: "upload";
  /** Which services restart after a change of CallManager: `"short"` those of the release note alone (Cisco HAProxy, from 14SU1 on; R53). Default `"long"`: all of the matrix, as Cisco 214231 still asks at release 15. */
  restarts?: "long" | "short";
  /** When Cisco Tftp restarts after a change that phones notice: `"first"` (Cisco 118731: it gives out the new CTL and ITL before the phones come back), or `"after TVS"` (Cisco 214231). Default `"first"`. */
  tftp?: "first" | "after TVS";
  /** How phones are looked after where they notice a change. Default: 2 per cent may stay away, and nobody resets them but the platform, or a person. */
  phones?: PhoneArgs;
}

/**
 * Installs prepared certificates on a cluster: a second preflight, the uploads, then the restarts of the matrix, one node at a time, the first
 * node as the canary. Restarts wait for the cluster's maintenance window. Where phones notice a change (CallManager, CallManager-ECDSA, CAPF, TVS, ITLRecovery) the upload waits
 * for it too, the registered phones are counted before and waited for after (R56), and in mixed mode the CTL file is updated between the uploads and the first restart (R57).
 * @throws when a program makes two rollouts of one cluster, when a change is of another cluster, when two changes are of the same certificate (R26), when phones notice a change and
 * the cluster has no maintenance window (R63), or when CallManager, TVS and ITLRecovery are among the changes together (R54, R55).
 */
export class Rollout extends Component {
  readonly identities: readonly IdentityCertificate[];
  readonly restarts: readonly ServiceRestart[];
  /** Done when the phones that were registered before are back: what must not come before depends on it. Undefined where phones notice none of the changes. */
  readonly phones?: PhonesRegistered;

  constructor(name: string, args: RolloutArgs, options?: pulumi.ComponentResourceOptions) {
    super("Rollout", name, options);
    refuseSecond(args.cluster.name, name);
    const changes = args.changes.flatMap((one) => ("certificatePem" in one ? [one] : (one.change ?? [])));
    inProgram(`Rollout "${name}"`, () => requirePlannable(args, changes));
    requirePhonePlan(`Rollout "${name}"`, args.cluster, changes);
    const preflights = changes.map((change) => this.preflight(name, change));
    const after = (...before: pulumi.Resource[]) => this.after(...before);
    const suspension = suspendSso(name, args.cluster, changes, preflights, after);
    const count = countPhones(name, args.cluster, changes, args.phones ?? {}, after(...preflights, ...(suspension ? [suspension] : [])));
    this.identities = this.install(name, args.cluster, changes, { preflights, suspension, count });
    const { restarts, ctl } = this.restart(name, args, changes);
    if (count) this.phones = awaitPhones(name, { count, ctl, restarts, identities: this.identities.filter((_, index) => touchesPhones(changes[index]!)) }, args.phones ?? {}, after);
    this.restarts = suspension ? [...restarts, ...resumeSso(name, args.cluster, suspension, restarts, after)] : restarts;
    const steps = [...this.restarts, ...(this.phones ? [this.phones] : [])];
    this.registerOutputs({ status: pulumi.all(steps.map(({ status }) => status)).apply((all) => (all.includes("due") ? "due" : "done")) });
  }

  private preflight(name: string, change: CertificateChange): Preflight {
    const { node, certificatePem, chain, question, accept, sso, after } = change;
    return new Preflight(`${name}-${what(change)}-install-preflight`, { ...question, node, chain, certificatePem, accept, sso, phase: "install", triggers: [] }, this.after(...after));
  }

  /** Uploads follow each other: each consumes the pending request of its purpose. */
  private install(name: string, cluster: Cluster, changes: readonly CertificateChange[], { preflights, suspension, count }: Before): IdentityCertificate[] {
    const made: IdentityCertificate[] = [];
    for (const change of changes) {
      const { purpose, node, certificatePem, chain, question, accept, sso } = change;
      const suspended = concernsSso(purpose) && sso === "suspend" ? suspension?.suspensionId : undefined;
      const phones = touchesPhones(change) ? { after: count?.status, maintenanceWindow: cluster.maintenanceWindow } : {};
      const inputs = { node, purpose, distribution: question.distribution, certificatePem, chain, uses: question.uses, reusedFor: question.reusedFor, leaveOut: question.leaveOut, accept, suspension: suspended, ...phones };
      made.push(new IdentityCertificate(`${name}-${what(change)}-identity`, inputs, this.after(...preflights, ...(suspension ? [suspension] : []), ...(count ? [count] : []), ...made.slice(-1))));
    }
    return made;
  }

  private restart(name: string, { cluster, stopAfter, restarts, tftp }: RolloutArgs, changes: readonly CertificateChange[]): { restarts: ServiceRestart[]; ctl?: CtlFileUpdate } {
    const wanted = changes.map(({ purpose, node, question }, index) => ({ purpose, reusedFor: question.reusedFor, node, uses: question.uses, multiServer: question.distribution === "multi-server", only: question.distribution === "this-server" ? node : undefined, identity: this.identities[index]! }));
    const plan = inProgram(`Rollout "${name}"`, () => planRestarts(cluster.nodes, cluster.release, wanted, { list: restarts, tftp }));
    const ctl = updateCtl(name, cluster, wanted, (...before) => this.after(...before));
    const made: ServiceRestart[] = [];
    for (const planned of plan) {
      const [before] = made.slice(-1);
      const args = {
        ...restartFacts(planned),
        ...triggersOf(planned, ctl),
        after: before?.status,
        hold: stopAfter === "upload" ? true : undefined,
        maintenanceWindow: cluster.maintenanceWindow,
      };
      made.push(new ServiceRestart(`${name}-${planned.node.fqdn.split(".")[0]}-${slug(planned.service)}`, args, this.after(...this.identities, ...(ctl ? [ctl.update] : []), ...made.slice(-1))));
    }
    return { restarts: made, ctl: ctl?.update };
  }
}

/** What is done before the uploads. */
interface Before {
  preflights: readonly Preflight[];
  suspension?: SsoSuspension;
  count?: PhoneCount;
}

type Planned = PlannedRestart<VosNode, PlannedChange & { identity: IdentityCertificate }>;

/** What serves phones is also restarted for a CTL file that was written anew. */
function triggersOf({ changes, fronts, service }: Planned, ctl: ReturnType<typeof updateCtl>) {
  const identities = changes.map(({ identity }) => identity);
  const written = ctl && CTL_SERVICES.includes(service) ? [ctl.update] : [];
  const changedAt = latest([...identities.map((identity) => identity.changedAt), ...written.map(({ updatedAt }) => updatedAt)]);
  const expects = changes.map(({ purpose, identity }) => ({ fingerprint: identity.fingerprint, keyType: PURPOSE_FACTS[purpose].keyType, status: identity.status }));
  const triggers = [...identities, ...written].map(({ changeId }) => changeId);
  return { triggers, changedAt, expects: fronts ? expects : undefined, expectsInCtl: service === TFTP ? ctl?.serials : undefined };
}

function restartFacts({ node, service, onlyWhereActive, notice, minutes, changes }: Planned) {
  const purposes = [...new Set(changes.flatMap(({ purpose, reusedFor }) => [purpose, ...(reusedFor ? [reusedFor] : [])]))];
  return { node, service, onlyWhereActive, notice, minutes, reason: `${purposes.join(" and ")} changed` };
}

/** Names a change among those of its rollout: by its purpose, and by its node where it is of one server. */
function what({ purpose, node, question }: CertificateChange): string {
  return question.distribution === "this-server" ? `${node.fqdn.split(".")[0]}-${slug(purpose)}` : slug(purpose);
}

/** Before anything is declared: all changes are of this cluster, and the matrix knows them. @throws */
function requirePlannable({ cluster, restarts, tftp }: RolloutArgs, changes: readonly CertificateChange[]): void {
  requireOwnNodes(cluster, changes);
  planRestarts(cluster.nodes, cluster.release, changes.map(({ purpose, question: { reusedFor } }) => ({ purpose, reusedFor })), { list: restarts, tftp });
}

/** R26: a certificate has one owner. @throws */
function requireOwnNodes(cluster: Cluster, changes: readonly CertificateChange[]): void {
  for (const [index, change] of changes.entries()) {
    const { purpose, node } = change;
    if (node.cluster.name !== cluster.name) throw new Error(`the change of ${purpose} is of cluster "${node.cluster.name}", not of "${cluster.name}": a rollout is of one cluster`);
    if (changes.slice(0, index).some((other) => sameCertificate(other, change))) throw new Error(`R26 two changes are of the ${purpose} certificate of ${node.fqdn}, and the second would undo the first: declare it once`);
  }
}

function sameCertificate(one: CertificateChange, other: CertificateChange): boolean {
  if (one.purpose !== other.purpose) return false;
  return one.node.fqdn === other.node.fqdn || one.question.distribution === "multi-server" || other.question.distribution === "multi-server";
}

function refuseSecond(cluster: string, name: string): void {
  const first = declaredBefore(`the rollout of ${cluster}`, name);
  if (first !== undefined) throw new ProgramError(`Rollout "${name}": cluster "${cluster}" already has the rollout "${first}" in this program, and their restarts would run at the same time. Give both certificates to one Rollout: pass rollout: false to each MultiServerCertificate, and new Rollout(…, { changes: [a, b] })`);
}
