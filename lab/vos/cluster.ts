import { type ClusterDescription, isContactCenter, DEFAULT_ORGANIZATION, DEFAULT_RELEASE, type NodeDescription } from "../estate";
import type { Lab } from "../lab";
import { ClusterPhones } from "../phones/cluster-phones";
import { Account, inventCredential } from "./accounts";
import type { SftpSettings } from "./bulk/sftp-client";
import { VosNode } from "./node";
import { callManagerOf, PURPOSES } from "./purposes";
import { printed, type ReleaseFacts, releaseFacts } from "./releases";
import { Replication } from "./replication";
import { TrustFiles } from "./trust-files";

/** One run of the Disaster Recovery System. */
export interface Backup {
  at: Date;
  succeeded: boolean;
}

/** How a person enables SSO. */
export interface EnableSso {
  /** What comes of the SSO test. Default `passed`. */
  test?: "passed" | "failed";
  /** `old`: the SP metadata is not exported again. Default `new`. */
  metadata?: "new" | "old";
  /** Default: every node of the cluster. */
  nodes?: readonly VosNode[];
}

/** A cluster of CUCM with its IM and Presence nodes: what its nodes share. */
export class VosCluster {
  readonly nodes: VosNode[] = [];
  readonly applicationUser: Account;
  /** Enterprise parameters by their label on the page. */
  readonly parameters: Map<string, string>;
  readonly backups: Backup[];
  readonly organization;
  private readonly osCredential = inventCredential("administrator");
  readonly replication = new Replication(this);
  /** The CTL, and the security mode. */
  readonly trustFiles = new TrustFiles(this);
  /** Phones, and what the database says of them. */
  readonly phones = new ClusterPhones(this);
  /** CallManager purposes that have the tomcat certificate instead of one of their own. */
  readonly reused = new Set<string>();

  /** Where Bulk Certificate Management exports to and imports from; undefined until somebody says it. */
  bulkSftp?: SftpSettings;

  constructor(
    readonly lab: Lab,
    readonly description: ClusterDescription,
  ) {
    this.applicationUser = new Account(inventCredential("uccerts"), lab.history, () => description.name, false);
    this.parameters = new Map([["HTTPS Ciphers", description.httpsCiphers ?? "RSA Only"], ["Cluster Security Mode", (description.securityMode ?? "non-secure") === "non-secure" ? "0" : "1"], ["Prepare Cluster for Rollback to pre 8.0", description.preparedForRollback ? "T" : "F"]]);
    if (releaseFacts(this.release).certificateRest) this.parameters.set("Phone Interaction on Certificate Update", description.phoneInteraction === "manual" ? "1" : "0");
    this.organization = description.organization ?? DEFAULT_ORGANIZATION;
    const age = description.backupAgeDays === undefined ? 1 : description.backupAgeDays;
    this.backups = age === null ? [] : [{ at: new Date(Date.now() - age * 86_400_000), succeeded: true }];
  }

  get name(): string {
    return this.description.name;
  }

  /** As the platform prints it, e.g. `15.0.1.11900-40`. */
  get release(): string {
    return printed(this.description.release ?? DEFAULT_RELEASE);
  }

  /** What the release has and has not. */
  get facts(): ReleaseFacts {
    const facts = releaseFacts(this.release);
    return this.description.nodes.some(({ product }) => isContactCenter(product)) ? { ...facts, haProxy: false, tomcatContainers: false } : facts;
  }

  get osAdministrator() {
    return this.osCredential;
  }

  get domain(): string {
    return this.publisher.fqdn.split(".").slice(1).join(".");
  }

  /** The CUCM publisher; of a contact centre's product, its own. */
  get publisher(): VosNode {
    const publishers = this.nodes.filter((node) => node.publisher);
    return publishers.find(({ product }) => product === "CUCM") ?? publishers[0]!;
  }

  node(fqdn: string): VosNode | undefined {
    return this.nodes.find((node) => node.fqdn === fqdn);
  }

  /** A node joins; its certificates are made and its servers are started by the lab. */
  add(description: NodeDescription): VosNode {
    const account = new Account(this.osCredential, this.lab.history, () => node.fqdn, true);
    const node: VosNode = new VosNode(this, description, account, this.nodes.length);
    this.nodes.push(node);
    return node;
  }

  /** The nodes whose names a multi-server certificate of `purpose` holds. */
  nodesFor(purpose: string): VosNode[] {
    const products = PURPOSES[purpose]?.multiServer ?? [];
    return this.nodes.filter((node) => products.includes(node.product));
  }

  /** Certificate reuse (14+): CallManager takes the multi-server tomcat certificate, and its own is not listed any more. */
  reuse(tomcat: "tomcat" | "tomcat-ECDSA"): void {
    const callManager = callManagerOf(tomcat);
    for (const node of this.nodesFor(callManager)) node.certificates.reuse(tomcat, callManager);
    this.reused.add(callManager);
    this.trustFiles.changed();
    this.phones.certificateChanged(callManager);
  }

  /**
   * What a person does in the administration pages: exports the SP metadata, imports it in the IdP, runs the SSO test, enables.
   * Tomcat restarts by itself, one node after the other.
   */
  async enableSso({ test = "passed", metadata = "new", nodes = this.nodes }: EnableSso = {}): Promise<void> {
    for (const node of nodes) {
      const now = node.now();
      node.health.saml = { ...(metadata === "new" ? { exported: now, imported: now } : node.health.saml), tested: now, test };
      Object.assign(node.health, { sso: true, ssoInDatabase: undefined });
      node.record("enable SSO");
      await node.services.restart("Cisco Tomcat");
    }
  }

  /** Of those, the nodes that can be reached by the distribution now. */
  receivers(purpose: string): VosNode[] {
    return this.nodesFor(purpose).filter((node) => node.receives);
  }

  /** Resolves when everything that is on its way has arrived, and every phone somewhere; what waits for a node that is down is not waited for. */
  async settled(): Promise<void> {
    await this.replication.settled();
    await this.phones.settled();
  }
}
