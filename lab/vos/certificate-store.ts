import { refill } from "../collections";
import type { Described } from "../pki/read";

export type Distribution = "this-server" | "multi-server";

/** A certificate with its private key. */
export interface Identity {
  certificate: Described;
  key: string;
  distribution: Distribution;
}

/** A certificate signing request that waits for its certificate, with the key pair that it is bound to. */
export interface PendingRequest {
  pem: string;
  key: string;
  /** SPKI, DER. */
  publicKey: Buffer;
  names: string[];
  distribution: Distribution;
  /** The nodes that hold it. */
  nodes: string[];
}

export interface TrustEntry {
  fileName: string;
  certificate: Described;
  description: string;
}

export type Stored = "stored" | "already there" | "displaced another" | "older than what is there";

/** What one node has in its certificate folders. */
export class CertificateStore {
  readonly identities = new Map<string, Identity>();
  readonly requests = new Map<string, PendingRequest>();
  private readonly trusts = new Map<string, TrustEntry[]>();

  stores(): string[] {
    return [...this.trusts.keys()];
  }

  entries(store: string): readonly TrustEntry[] {
    return this.trusts.get(store) ?? [];
  }

  find(store: string, fileName: string): TrustEntry | undefined {
    return this.entries(store).find((entry) => entry.fileName === fileName);
  }

  /** One entry per common name: the later notBefore wins, whatever the key or the serial number. A certificate that a node itself has now (`own`) always wins. */
  trust(store: string, certificate: Described, description: string, own = false): Stored {
    const list = this.trusts.get(store) ?? [];
    const present = list.find((entry) => keyName(entry.certificate) === keyName(certificate));
    if (present?.certificate.parsed.fingerprint256 === certificate.parsed.fingerprint256) return "already there";
    if (present && !own && present.certificate.notBefore >= certificate.notBefore) return "older than what is there";
    const entry = { fileName: trustFileName(store, certificate, own), certificate, description };
    this.trusts.set(store, [...list.filter((other) => other !== present), entry]);
    return present ? "displaced another" : "stored";
  }

  /** False when there is no such file. */
  remove(store: string, fileName: string): boolean {
    const list = this.trusts.get(store) ?? [];
    this.trusts.set(store, list.filter((entry) => entry.fileName !== fileName));
    return list.length !== this.entries(store).length;
  }

  /** The issuers of a certificate as far as the store knows them, the nearest first. */
  issuers(store: string, certificate: Described): Described[] {
    const found: Described[] = [];
    let last = certificate;
    while (!isRoot(last)) {
      const issuer = this.entries(store).find((entry) => issued(entry.certificate, last) && !found.includes(entry.certificate));
      if (!issuer) break;
      found.push((last = issuer.certificate));
    }
    return found;
  }

  /** What it holds now; what comes later is not seen in it. */
  copy(): CertificateStore {
    const copy = new CertificateStore();
    copy.restore(this);
    return copy;
  }

  /** Holds what another one holds. */
  restore(other: CertificateStore): void {
    refill(this.identities, other.identities);
    refill(this.requests, other.requests);
    // The lists are never changed, only replaced.
    refill(this.trusts, other.trusts);
  }

  clear(): void {
    this.identities.clear();
    this.requests.clear();
    this.trusts.clear();
  }
}

export function isRoot({ subject, issuer }: Described): boolean {
  return subject === issuer;
}

function issued({ parsed: issuer }: Described, { parsed }: Described): boolean {
  return parsed.checkIssued(issuer) && parsed.verify(issuer.publicKey);
}

/** By what two entries of a store are told apart: the common name, or the whole subject where there is none. */
function keyName({ commonName, subject }: Described): string {
  return commonName || subject;
}

/** `<CN with spaces as _>_<serial>.pem`; a node's own in ipsec-trust is `<host>.pem`, CAPF's has no serial. */
function trustFileName(store: string, { commonName, serial }: Described, own: boolean): string {
  const name = commonName.replace(/[ /]/g, "_");
  if (name.startsWith("CAPF-")) return `${name}.pem`;
  if (own && store === "ipsec-trust") return `${name.split(".")[0]}.pem`;
  return `${name}_${serial}.pem`;
}
