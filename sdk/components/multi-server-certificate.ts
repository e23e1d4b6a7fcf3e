import type * as pulumi from "@pulumi/pulumi";
import { coveredNodes, leaveOutFailures, PURPOSE_FACTS, reuseFailure, requestingNode, without } from "../../domain/purposes";
import { planRestarts } from "../../domain/rollout";
import { concernsSso } from "../../domain/rules/sso";
import { readChain } from "../../domain/rules/encoding";
import type { CertificateSource } from "../../domain/x509/bundle";
import { AdcsCertificate } from "../adcs-certificate";
import { MultiSanCsr } from "../multi-san-csr";
import type { PhonesRegistered } from "../phones-registered";
import { Preflight } from "../preflight";
import { inProgram } from "../program-error";
import type { Accept, QuestionInputs } from "../question";
import { Renewal } from "../renewal";
import type { Cluster, VosNode } from "../topology";
import { Component } from "./component";
import { type CertificateChange, Rollout, type RolloutArgs } from "./rollout";
import { requirePhonePlan } from "./phone-plan";
import { TrustChain } from "./trust-chain";

export interface MultiServerCertificateArgs extends Omit<QuestionInputs, "distribution"> {
  cluster: Cluster;
  /** The authorities as they were given: PEM, DER or PKCS#7, in any order. `getAuthorityChain` fetches them. */
  chain: CertificateSource;
  /** The AD CS that signs: name of its connection, machine name of the template. */
  authority?: { connection: string; template: string };
  /** The signed certificate, PEM, where no authority is automated. Without both, the run ends calmly after the request. */
  certificate?: string;
  /** File to which the request is written. */
  csrFile?: string;
  /** When it is renewed: a Renewal (one for several certificates), or an age such as `"300d"`. Default: never by itself. */
  renewal?: Renewal | { after: string };
  /** Public key fingerprint of a pending request that may be discarded (R23). */
  discardPending?: string;
  accept?: Accept;
  /** What is done where SSO is on: `"suspend"` switches it off before the upload; only a person can switch it on again, and runs stay pending until then. Default: the change is refused (R38). */
  sso?: "suspend";
  /** How it is installed; `false` when a Rollout of several certificates does that. */
  rollout?: false | Omit<RolloutArgs, "cluster" | "changes">;
}

/**
 * One CA-signed certificate for all nodes of a cluster (Cisco 118731): preflight, request, signature, trust, second preflight, upload, restarts,
 * verification. What is already as declared is adopted: nothing is written and nothing restarted. CallManager and CallManager-ECDSA reset phones: the cluster needs a
 * maintenance window (R63), and in mixed mode the CTL file is updated before the first restart. See docs/callmanager.md.
 *
 * ```ts
 * new MultiServerCertificate("tomcat", {
 *   cluster: hq,
 *   purpose: "tomcat",
 *   chain: readFileSync("certchain.p7b"),
 *   authority: { connection: "ca", template: "WebServerClient" },
 *   renewal: { after: "300d" },
 * });
 * ```
 */
export class MultiServerCertificate extends Component {
  /** The request. */
  readonly request: MultiSanCsr;
  /** What a Rollout installs; undefined while there is neither an authority nor a certificate. */
  readonly change?: CertificateChange;
  /** What installs it, unless `rollout: false`. */
  readonly rollout?: Rollout;

  constructor(name: string, args: MultiServerCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    super("MultiServerCertificate", name, options);
    const where = `MultiServerCertificate "${name}"`;
    const node = inProgram(where, () => publisherFor(args));
    requirePhonePlan(where, args.cluster, [{ ...args, question: args, node }]);
    const chain = inProgram(where, () => readChain(args.chain)).authorities.map(({ pem }) => pem);
    const { csrFile, rollout, accept, discardPending, sso } = args;
    const question = questionOf(args);
    const renewal = this.renewalOf(name, args);
    const times = renewal ? { outlives: renewal.dueAt, issuedAfter: renewal.issuedAfter } : {};
    const preflight = new Preflight(`${name}-preflight`, { ...question, ...times, node, chain, discardPending, accept, sso, phase: "prepare", triggers: renewal ? [renewal.generation] : [] }, this.after());
    this.request = new MultiSanCsr(`${name}-csr`, { ...question, ...times, node, chain, generation: renewal?.generation, discardPending, accept, sso, file: csrFile }, this.after(preflight));
    const certificatePem = this.signature(name, args, chain, renewal);
    if (certificatePem !== undefined) this.change = this.prepared(name, args, { node, chain, certificatePem, question });
    if (this.change && rollout !== false) this.rollout = new Rollout(name, { cluster: args.cluster, changes: [this.change], ...rollout }, this.after());
    this.registerOutputs(this.rollout ? { fingerprint: this.fingerprint, notAfter: this.notAfter, nodes: this.nodes } : {});
  }

  /** SHA-256 of what is installed; undefined until a rollout of its own installs it. */
  get fingerprint(): pulumi.Output<string> | undefined {
    return this.rollout?.identities[0]?.fingerprint;
  }

  /** ISO 8601, UTC. */
  get notAfter(): pulumi.Output<string> | undefined {
    return this.rollout?.identities[0]?.notAfter;
  }

  get nodes(): pulumi.Output<string[]> | undefined {
    return this.rollout?.identities[0]?.nodes;
  }

  /** Done when the phones that were registered before are back; undefined until a rollout of its own installs what phones notice. */
  get phones(): PhonesRegistered | undefined {
    return this.rollout?.phones;
  }

  private renewalOf(name: string, { renewal }: MultiServerCertificateArgs): Renewal | undefined {
    if (renewal === undefined || renewal instanceof Renewal) return renewal;
    return new Renewal(`${name}-renewal`, renewal, this.after());
  }

  private signature(name: string, { authority, certificate, cluster, purpose, uses, leaveOut }: MultiServerCertificateArgs, chain: string[], renewal: Renewal | undefined): pulumi.Input<string> | undefined {
    if (!authority) return certificate;
    const { csrPem, satisfiedBy } = this.request;
    const covers = without(coveredNodes(purpose, cluster.nodes), leaveOut).map(({ fqdn }) => fqdn);
    const signed = new AdcsCertificate(
      `${name}-signature`,
      { authority: authority.connection, template: authority.template, csrPem, satisfiedBy, chain, covers, purpose, release: cluster.release, uses, outlives: renewal?.dueAt },
      this.after(this.request),
    );
    this.signed = signed;
    return signed.certificatePem;
  }

  private signed?: AdcsCertificate;

  private prepared(name: string, { cluster, purpose, accept, sso }: MultiServerCertificateArgs, rest: Pick<CertificateChange, "node" | "chain" | "certificatePem" | "question">): CertificateChange {
    const trust = new TrustChain(name, { cluster, store: PURPOSE_FACTS[purpose].trustStore, chain: rest.chain, accept, after: [this.signed ?? this.request] }, { parent: this });
    return { ...rest, purpose, accept, sso, after: trust.certificates };
  }
}

function questionOf({ purpose, commonName, parentDomain, otherDomains, keyType, keyLength, hashAlgorithm, leaveOut, reusedFor, uses }: MultiServerCertificateArgs): QuestionInputs {
  return { purpose, distribution: "multi-server", commonName, parentDomain, otherDomains, keyType, keyLength, hashAlgorithm, leaveOut, reusedFor, uses };
}

function publisherFor({ cluster, purpose, authority, certificate, sso, rollout, leaveOut, reusedFor }: MultiServerCertificateArgs): VosNode {
  if (sso !== undefined && !concernsSso(purpose)) throw new Error(`sso: "suspend" is for tomcat certificates; a change of ${purpose} leaves SSO as it is`);
  if (authority && certificate !== undefined) throw new Error(`give either "authority" or "certificate", not both`);
  if (!(purpose in PURPOSE_FACTS)) throw new Error(`"${String(purpose)}" is no certificate purpose (known: ${Object.keys(PURPOSE_FACTS).join(", ")})`);
  if (PURPOSE_FACTS[purpose].multiServer.length === 0) throw new Error(`R18 ${purpose} cannot have a multi-server certificate; declare a MultiSanCsr with distribution "this-server" for each node`);
  const node = requestingNode(purpose, cluster.nodes);
  if (node && rollout) planRestarts(cluster.nodes, cluster.release, [{ purpose, reusedFor }], { list: rollout.restarts, tftp: rollout.tftp });
  if (!node) throw new Error(`cluster "${cluster.name}" has no node for ${purpose}`);
  const misused = reuseFailure({ purpose, reusedFor });
  if (misused) throw new Error(`reusedFor: ${misused}`);
  const failures = leaveOutFailures(purpose, cluster.nodes, leaveOut);
  if (failures.length > 0) throw new Error(`leaveOut: ${failures.join("; ")}`);
  return node;
}
