// The Trust Verification Service of one node: what it knows, which is what it read when it was started. platform-interfaces.md 5.4.
import { ROLE, type ListRole, namesOf } from "../trust-list/write";
import type { Described } from "../pki/read";
import type { Found, Question } from "../tvs/messages";
import type { Identity } from "./certificate-store";
import type { VosNode } from "./node";
import { callManagers } from "./trust-file";

export const TVS = "Cisco Trust Verification Service";

interface Trusted {
  certificate: Described;
  role: ListRole;
}

/** What it read. */
export interface TvsState {
  /** With which it serves its port. */
  readonly identity?: Identity;
  readonly trusted: readonly Trusted[];
}

/** What the certificates of the cluster itself are good for. Those of tomcat are known by their copies in tomcat-trust. */
const OWN: Record<string, ListRole[]> = { ITLRecovery: ["SAST"], CallManager: ["SAST", "TFTP"], "CallManager-ECDSA": ["TFTP"], CAPF: ["CAPF"], TVS: ["TVS"] };

/** What an entry of a trust store is good for: a CallManager of another cluster, which is in the first two, has the roles 0 and 3. */
const STORES: Record<string, ListRole> = { "Phone-SAST-trust": "SAST", "CallManager-trust": "TFTP", "CAPF-trust": "CAPF", "tomcat-trust": "APP-SERVER", "TVS-trust": "TVS" };

export class TrustVerification {
  private known: TvsState = { trusted: [] };
  private index?: Map<string, Found>;

  constructor(private readonly node: VosNode) {}

  /** The service has come up: it reads its certificate, those of the cluster and the node's trust stores. */
  load(): void {
    this.restore({ identity: this.node.store.identities.get("TVS"), trusted: this.trusted() });
  }

  get identity(): Identity | undefined {
    return this.known.identity;
  }

  /** Looks up by issuer and serial number alone. */
  find({ issuer, serial }: Pick<Question, "issuer" | "serial">): Found | undefined {
    if (this.node.switches.tvsReads === "at every question") this.restore({ ...this.known, trusted: this.trusted() });
    this.index ??= indexOf(this.known.trusted);
    return this.index.get(keyOf(issuer, serial));
  }

  get state(): TvsState {
    return this.known;
  }

  restore(state: TvsState): void {
    this.known = state;
    this.index = undefined;
  }

  private trusted(): Trusted[] {
    const { cluster, store } = this.node;
    const own = callManagers(cluster).flatMap((node) =>
      Object.entries(OWN).flatMap(([purpose, roles]) => {
        const certificate = node.store.identities.get(purpose)?.certificate;
        return certificate ? roles.map((role) => ({ certificate, role })) : [];
      }),
    );
    const stored = Object.entries(STORES).flatMap(([name, role]) => store.entries(name).map(({ certificate }) => ({ certificate, role })));
    return [...own, ...stored];
  }
}

function keyOf(issuer: string, serial: string): string {
  return `${serial.toUpperCase().replace(/^0+(?=.)/, "")} ${issuer}`;
}

/** An issuer is known as ITL and CTL files write it, and as RFC 4514 does. */
function indexOf(trusted: readonly Trusted[]): Map<string, Found> {
  const index = new Map<string, Found>();
  for (const { certificate, role } of trusted) {
    const { parsed, pem, issuer } = certificate;
    const keys = [keyOf(issuer, parsed.serialNumber), keyOf(namesOf(pem).issuer, parsed.serialNumber)];
    const { roles = [] } = index.get(keys[0]!) ?? {};
    const found = { certificate: parsed.raw, roles: [...new Set([...roles, ROLE[role]])].sort((a, b) => a - b) };
    for (const key of keys) index.set(key, found);
  }
  return index;
}
