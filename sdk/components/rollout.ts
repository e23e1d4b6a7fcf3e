import * as pulumi from "@pulumi/pulumi";
import type { Purpose } from "../../domain/purposes";
import { PURPOSE_FACTS } from "../../domain/purposes";
import { concernsSso } from "../../domain/rules/sso";
import { type PlannedChange, type PlannedRestart, planRestarts } from "../../domain/rollout";
import { IdentityCertificate } from "../identity-certificate";
import { Preflight } from "../preflight";
import { declaredBefore } from "../once";
import { inProgram, ProgramError } from "../program-error";
import type { Accept, QuestionInputs } from "../question";
import { ServiceRestart } from "../service-restart";
import type { Cluster, VosNode } from "../topology";
import type { SsoSuspension } from "../sso-suspension";
import { Component, slug } from "./component";
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
}

/**
 * Installs prepared certificates on a cluster: a second preflight, the uploads, then the restarts of the matrix, one node at a time, the first
 * node as the canary. Restarts wait for the cluster's maintenance window.
 * @throws when a program makes two rollouts of one cluster, when a change is of another cluster, or when two changes are of the same certificate (R26).
 */
export class Rollout extends Component {
  readonly identities: readonly IdentityCertificate[];
  readonly restarts: readonly ServiceRestart[];

  constructor(name: string, args: RolloutArgs, options?: pulumi.ComponentResourceOptions) {
    super("Rollout", name, options);
    refuseSecond(args.cluster.name, name);
    const changes = args.changes.flatMap((one) => ("certificatePem" in one ? [one] : (one.change ?? [])));
    inProgram(`Rollout "${name}"`, () => requireOwnNodes(args.cluster, changes));
    const preflights = changes.map((change) => this.preflight(name, change));
    const after = (...before: pulumi.Resource[]) => this.after(...before);
    const suspension = suspendSso(name, args.cluster, changes, preflights, after);
    this.identities = this.install(name, changes, preflights, suspension);
    const restarts = this.restart(name, args, changes);
    this.restarts = suspension ? [...restarts, ...resumeSso(name, args.cluster, suspension, restarts, after)] : restarts;
    this.registerOutputs({ status: pulumi.all(this.restarts.map(({ status }) => status)).apply((all) => (all.includes("due") ? "due" : "done")) });
  }

  private preflight(name: string, change: CertificateChange): Preflight {
    const { node, certificatePem, chain, question, accept, sso, after } = change;
    return new Preflight(`${name}-${what(change)}-install-preflight`, { ...question, node, chain, certificatePem, accept, sso, phase: "install", triggers: [] }, this.after(...after));
  }

  /** Uploads follow each other: each consumes the pending request of its purpose. */
  private install(name: string, changes: readonly CertificateChange[], preflights: readonly Preflight[], suspension?: SsoSuspension): IdentityCertificate[] {
    const made: IdentityCertificate[] = [];
    for (const change of changes) {
      const { purpose, node, certificatePem, chain, question, accept, sso } = change;
      const suspended = concernsSso(purpose) && sso === "suspend" ? suspension?.suspensionId : undefined;
      const inputs = { node, purpose, distribution: question.distribution, certificatePem, chain, uses: question.uses, accept, suspension: suspended };
      made.push(new IdentityCertificate(`${name}-${what(change)}-identity`, inputs, this.after(...preflights, ...(suspension ? [suspension] : []), ...made.slice(-1))));
    }
    return made;
  }

  private restart(name: string, { cluster, stopAfter }: RolloutArgs, changes: readonly CertificateChange[]): ServiceRestart[] {
    const wanted = changes.map(({ purpose, node, question }, index) => ({ purpose, uses: question.uses, only: question.distribution === "this-server" ? node : undefined, identity: this.identities[index]! }));
    const plan = inProgram(`Rollout "${name}"`, () => planRestarts(cluster.nodes, cluster.release, wanted));
    const made: ServiceRestart[] = [];
    for (const planned of plan) {
      const [before] = made.slice(-1);
      const args = {
        ...restartFacts(planned),
        ...triggersOf(planned),
        after: before?.status,
        hold: stopAfter === "upload" ? true : undefined,
        maintenanceWindow: cluster.maintenanceWindow,
      };
      made.push(new ServiceRestart(`${name}-${planned.node.fqdn.split(".")[0]}-${slug(planned.service)}`, args, this.after(...this.identities, ...made.slice(-1))));
    }
    return made;
  }
}

type Planned = PlannedRestart<VosNode, PlannedChange & { identity: IdentityCertificate }>;

function triggersOf({ changes, fronts }: Planned) {
  const identities = changes.map(({ identity }) => identity);
  const changedAt = pulumi.all(identities.map((identity) => identity.changedAt)).apply((all) => [...all].sort().at(-1) ?? "");
  const expects = changes.map(({ purpose, identity }) => ({ fingerprint: identity.fingerprint, keyType: PURPOSE_FACTS[purpose].keyType, status: identity.status }));
  return { triggers: identities.map(({ changeId }) => changeId), changedAt, expects: fronts ? expects : undefined };
}

function restartFacts({ node, service, onlyWhereActive, notice, minutes, changes }: Planned) {
  const purposes = [...new Set(changes.map(({ purpose }) => purpose))];
  return { node, service, onlyWhereActive, notice, minutes, reason: `${purposes.join(" and ")} changed` };
}

/** Names a change among those of its rollout: by its purpose, and by its node where it is of one server. */
function what({ purpose, node, question }: CertificateChange): string {
  return question.distribution === "this-server" ? `${node.fqdn.split(".")[0]}-${slug(purpose)}` : slug(purpose);
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
