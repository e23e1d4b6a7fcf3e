import type { Described } from "../pki/read";
import { REPLICATED_STORES } from "./purposes";

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

  /** One entry per common name: the later notBefore wins, whatever the key or the serial number. */
  trust(store: string, certificate: Described, description: string): Stored {
    const list = this.trusts.get(store) ?? [];
    const present = list.find((entry) => entry.certificate.commonName === certificate.commonName);
    if (present?.certificate.parsed.fingerprint256 === certificate.parsed.fingerprint256) return "already there";
    if (present && present.certificate.notBefore >= certificate.notBefore) return "older than what is there";
    const entry = { fileName: trustFileName(store, certificate), certificate, description };
    this.trusts.set(store, [...list.filter((other) => other !== present), entry]);
    return present ? "displaced another" : "stored";
  }

  /** False when there is no such file. */
  remove(store: string, fileName: string): boolean {
    const list = this.trusts.get(store) ?? [];
    this.trusts.set(store, list.filter((entry) => entry.fileName !== fileName));
    return list.length !== this.entries(store).length;
  }

  clear(): void {
    this.identities.clear();
    this.requests.clear();
    this.trusts.clear();
  }
}

/** `<CN with spaces as _>_<serial>.pem`; ipsec's own is `<host>.pem`, CAPF's has no serial. */
function trustFileName(store: string, { commonName, serial }: Described): string {
  const name = commonName.replace(/ /g, "_");
  if (name.startsWith("CAPF-")) return `${name}.pem`;
  if (store === "ipsec-trust") return `${name.split(".")[0]}.pem`;
  return `${name}_${serial}.pem`;
}

/** Whether what is put into a store on one node travels to the others. */
export function replicates(store: string): boolean {
  return REPLICATED_STORES.includes(store);
}
