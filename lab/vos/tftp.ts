// The files by which phones know a cluster, on one node: what lies there, and what Cisco Tftp gives to phones.
import type { VosNode } from "./node";
import { itlContent, TFTP, TrustFile } from "./trust-file";

/** What lies on the node. */
export interface TftpState {
  readonly itl?: TrustFile;
  /** The CTL that Cisco Tftp read at its last start. */
  readonly ctl?: TrustFile;
}

/** What phones ask for; each phone by its own name too. */
const FILE = /^([CI]TL)(?:File|SEP[0-9A-F]{12})\.tlv$/;

export class Tftp {
  private files: TftpState = {};

  constructor(private readonly node: VosNode) {}

  /** Cisco Tftp has come up: it writes its ITL and reads the CTL. */
  started(at = this.node.now()): void {
    this.rebuild(at);
    this.files = { ...this.files, ctl: this.node.cluster.trustFiles.ctl };
  }

  /** A certificate or a parameter has changed, or somebody wants to know: the ITL follows while Cisco Tftp runs. */
  follow(): void {
    const wanted = this.node.switches.itlFollows === "certificates" || !this.files.itl;
    if (wanted && this.running) this.rebuild(this.node.now());
  }

  /** What `show itl` shows. */
  get itl(): TrustFile | undefined {
    this.follow();
    return this.files.itl;
  }

  /** What `show ctl` shows: on the publisher what was written last, elsewhere what its Cisco Tftp has read. */
  get ctl(): TrustFile | undefined {
    const { node } = this;
    return node === node.cluster.publisher ? node.cluster.trustFiles.ctl : this.files.ctl;
  }

  /** The file that a phone gets under this name; undefined when there is none. */
  served(name: string): TrustFile | undefined {
    const [, kind] = FILE.exec(name) ?? [];
    if (kind === undefined) return undefined;
    return kind === "ITL" ? this.itl : this.files.ctl;
  }

  get running(): boolean {
    return this.node.services.started(TFTP);
  }

  get state(): TftpState {
    return this.files;
  }

  restore(state: TftpState): void {
    this.files = state;
  }

  private rebuild(at: Date): void {
    const content = itlContent(this.node, at);
    const { itl } = this.files;
    if (itl?.says(content)) return;
    this.files = { ...this.files, itl: new TrustFile("ITL", content) };
    if (itl) this.node.record("rebuild ITL", { records: content.records.length });
  }
}
