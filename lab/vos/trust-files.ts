// The CTL of a cluster, which its publisher writes, and the security mode that wants it.
import { selfSigned } from "../pki/make";
import { describe } from "../pki/read";
import type { ListSigner } from "../trust-list/write";
import type { VosCluster } from "./cluster";
import type { VosNode } from "./node";
import { callManagers, ctlContent, tokenContent, TrustFile } from "./trust-file";

export type SecurityMode = "non-secure" | "mixed";

const PARAMETER = "Cluster Security Mode";
const TOKEN = "CN=SAST-ADN008580ef, OU=IPCBU, O=Cisco Systems";

export class TrustFiles {
  /** As the publisher has written it; a TFTP node reads it when its Cisco Tftp starts. */
  ctl?: TrustFile;
  /** Until the cluster has been set up its files are not looked at. */
  private begun = false;
  /** The key of a person, who keeps it in a drawer. */
  private token?: ListSigner;

  constructor(private readonly cluster: VosCluster) {}

  get mode(): SecurityMode {
    return this.cluster.parameters.get(PARAMETER) === "1" ? "mixed" : "non-secure";
  }

  /** All nodes have their certificates: the services that have to do with phones know them. */
  async begin(at: Date): Promise<void> {
    this.begun = true;
    const nodes = callManagers(this.cluster);
    if (this.mode === "mixed" && nodes.length > 0) await this.first(at);
    for (const node of nodes) this.load(node, at);
  }

  /** Whether the CTL is signed by a token: only a person with a CTL client can change it. */
  get signedByToken(): boolean {
    return this.ctl !== undefined && this.ctl.content.signer === this.token;
  }

  /** A node has joined or was set up again. */
  introduce(node: VosNode): void {
    if (!this.begun) return;
    this.load(node, node.now());
    this.changed();
  }

  /** A certificate of a node has changed. */
  changed(): void {
    if (this.begun) for (const node of callManagers(this.cluster)) node.tftp.follow();
  }

  /** What `utils ctl update CTLFile` does. */
  update(): void {
    const { publisher } = this.cluster;
    this.write(publisher.now());
    publisher.record("update CTL", { records: this.ctl!.content.records.length });
  }

  /** What `utils ctl set-cluster` does: mixed mode writes the CTL, non-secure mode has none. */
  setMode(mode: SecurityMode): void {
    const { publisher, parameters } = this.cluster;
    parameters.set(PARAMETER, mode === "mixed" ? "1" : "0");
    publisher.record(`set cluster ${mode}`);
    if (mode === "mixed") this.update();
    else this.ctl = undefined;
  }

  private load(node: VosNode, at: Date): void {
    if (node.tftp.running) node.tftp.started(at);
    node.tvs.load();
  }

  private async first(at: Date): Promise<void> {
    if (this.cluster.description.securityMode !== "mixed with tokens") return this.write(at);
    const key = await this.cluster.lab.keys.next("rsa-2048");
    this.token = { key, certificate: describe(await selfSigned(key, { subject: TOKEN }, { notBefore: at, days: 3650 })).pem };
    this.ctl = new TrustFile("CTL", tokenContent(this.cluster, this.token, at));
  }

  private write(at: Date): void {
    this.ctl = new TrustFile("CTL", ctlContent(this.cluster, at));
  }
}
