import * as pulumi from "@pulumi/pulumi";
import type { Purpose } from "../../domain/purposes";
import { PURPOSE_FACTS } from "../../domain/purposes";
import { type PlannedRestart, planRestarts } from "../../domain/rollout";
import { IdentityCertificate } from "../identity-certificate";
import { Preflight } from "../preflight";
import { inProgram, ProgramError } from "../program-error";
import type { Accept, QuestionInputs } from "../question";
import { ServiceRestart } from "../service-restart";
import type { Cluster, VosNode } from "../topology";
import { Component, slug } from "./component";

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
 * @throws when a program makes two rollouts of one cluster.
 */
export class Rollout extends Component {
  readonly identities: readonly IdentityCertificate[];
  readonly restarts: readonly ServiceRestart[];

  constructor(name: string, args: RolloutArgs, options?: pulumi.ComponentResourceOptions) {
    super("Rollout", name, options);
    refuseSecond(args.cluster.name, name);
    const changes = args.changes.flatMap((one) => ("certificatePem" in one ? [one] : (one.change ?? [])));
    const preflights = changes.map((change) => this.preflight(name, change));
    this.identities = this.install(name, changes, preflights);
    this.restarts = this.restart(name, args, changes);
    this.registerOutputs({ status: pulumi.all(this.restarts.map(({ status }) => status)).apply((all) => (all.includes("due") ? "due" : "done")) });
  }

  private preflight(name: string, { purpose, node, certificatePem, chain, question, accept, after }: CertificateChange): Preflight {
    return new Preflight(`${name}-${slug(purpose)}-install-preflight`, { ...question, node, chain, certificatePem, accept, phase: "install", triggers: [] }, this.after(...after));
  }

  /** Uploads follow each other: each consumes the pending request of its purpose. */
  private install(name: string, changes: readonly CertificateChange[], preflights: readonly Preflight[]): IdentityCertificate[] {
    const made: IdentityCertificate[] = [];
    for (const { purpose, node, certificatePem, chain, question, accept } of changes) {
      const inputs = { node, purpose, distribution: question.distribution, certificatePem, chain, uses: question.uses, accept };
      made.push(new IdentityCertificate(`${name}-${slug(purpose)}-identity`, inputs, this.after(...preflights, ...made.slice(-1))));
    }
    return made;
  }

  private restart(name: string, { cluster, stopAfter }: RolloutArgs, changes: readonly CertificateChange[]): ServiceRestart[] {
    const wanted = changes.map(({ purpose, question }) => ({ purpose, uses: question.uses }));
    const plan = inProgram(`Rollout "${name}"`, () => planRestarts(cluster.nodes, cluster.release, wanted));
    const made: ServiceRestart[] = [];
    for (const planned of plan) {
      const concerned = this.identities.filter((_, index) => planned.purposes.includes(changes[index]!.purpose));
      const [before] = made.slice(-1);
      const args = {
        ...restartFacts(planned),
        ...this.triggersOf(planned, concerned, changes),
        after: before?.status,
        hold: stopAfter === "upload" ? true : undefined,
        maintenanceWindow: cluster.maintenanceWindow,
      };
      made.push(new ServiceRestart(`${name}-${planned.node.fqdn.split(".")[0]}-${slug(planned.service)}`, args, this.after(...this.identities, ...made.slice(-1))));
    }
    return made;
  }

  private triggersOf(planned: PlannedRestart, concerned: readonly IdentityCertificate[], changes: readonly CertificateChange[]) {
    const changedAt = pulumi.all(concerned.map((identity) => identity.changedAt)).apply((all) => [...all].sort().at(-1) ?? "");
    const expects = concerned.map((identity) => ({ fingerprint: identity.fingerprint, keyType: PURPOSE_FACTS[changes[this.identities.indexOf(identity)]!.purpose].keyType }));
    return { triggers: concerned.map(({ changeId }) => changeId), changedAt, expects: planned.fronts ? expects : undefined };
  }
}

function restartFacts({ node, service, onlyWhereActive, notice, minutes, purposes }: PlannedRestart<VosNode>) {
  return { node, service, onlyWhereActive, notice, minutes, reason: `${purposes.join(" and ")} changed` };
}

/** Clusters that already have a rollout, by run of a program (a stack object lives as long as its run). */
const seen = new WeakMap<object, Map<string, string>>();
const outsideOfARun = {};

function refuseSecond(cluster: string, name: string): void {
  const run: object = pulumi.runtime.getStackResource() ?? outsideOfARun;
  const known = seen.get(run) ?? new Map<string, string>();
  seen.set(run, known);
  const first = known.get(cluster);
  if (first !== undefined) throw new ProgramError(`Rollout "${name}": cluster "${cluster}" already has the rollout "${first}" in this program, and their restarts would run at the same time. Give both certificates to one Rollout: pass rollout: false to each MultiServerCertificate, and new Rollout(…, { changes: [a, b] })`);
  known.set(cluster, name);
}
