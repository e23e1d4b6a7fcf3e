// Certificate purposes of VOS platforms. Sources: procedures.md 1.3 and R18–R22, R33; platform-interfaces.md 3.2, 7.3, 7.5.
import type { KeyUsage } from "./x509/der";

/** VOS products of a contact centre: each a cluster of its own; a co-resident CUIC, Live Data and IdS is "CUIC". */
export const CONTACT_CENTER_PRODUCTS = ["Finesse", "CUIC", "Live Data", "IdS", "Cloud Connect", "VVB"] as const;
export const PRODUCTS = ["CUCM", "IM and Presence", "Unity Connection", ...CONTACT_CENTER_PRODUCTS] as const;
export type Product = (typeof PRODUCTS)[number];
export const ROLES = ["publisher", "subscriber"] as const;
export type Role = (typeof ROLES)[number];

/** A node of a cluster, as far as a rule asks. */
export interface NodeName {
  /** Fully qualified domain name. */
  fqdn: string;
  product: Product;
  role: Role;
}

export const PURPOSES = [
  "tomcat",
  "tomcat-ECDSA",
  "CallManager",
  "CallManager-ECDSA",
  "CAPF",
  "TVS",
  "ITLRecovery",
  "ipsec",
  "cup",
  "cup-ECDSA",
  "cup-xmpp",
  "cup-xmpp-ECDSA",
  "cup-xmpp-s2s",
  "cup-xmpp-s2s-ECDSA",
] as const;
/** A certificate purpose, as the page *Certificate Management* names it. */
export type Purpose = (typeof PURPOSES)[number];

/** What is true of one purpose. */
export interface PurposeFacts {
  trustStore: TrustStore;
  products: readonly Product[];
  keyType: "RSA" | "EC";
  /** Products whose nodes one multi-server certificate covers; empty: no multi-server certificate can be made (R18). */
  multiServer: readonly Product[];
  /** What the platform's CSR asks for (platform-interfaces.md 7.3). */
  extendedKeyUsages: readonly string[];
  keyUsages: readonly KeyUsage[];
  /** A change resets phones at the upload (platform-interfaces.md 7.10): needs a maintenance window. */
  touchesPhones: boolean;
}

export const TRUST_STORES = ["tomcat-trust", "CallManager-trust", "Phone-SAST-trust", "CAPF-trust", "ipsec-trust", "cup-trust", "cup-xmpp-trust"] as const;
/** A trust store, as the page *Certificate Management* names it. */
export type TrustStore = (typeof TRUST_STORES)[number];

/** Stores that the platform itself copies to the other nodes of a cluster (procedures.md section 2, last row; R35). */
export const REPLICATED_STORES: readonly TrustStore[] = ["tomcat-trust", "CallManager-trust", "Phone-SAST-trust"];

const usual: readonly KeyUsage[] = ["digitalSignature", "keyEncipherment", "dataEncipherment"];
const signing: readonly KeyUsage[] = ["digitalSignature", "keyCertSign"];
const web = { extendedKeyUsages: ["serverAuth", "clientAuth"], keyUsages: usual, touchesPhones: false };
const peer = { extendedKeyUsages: ["serverAuth", "clientAuth", "ipsecEndSystem"], keyUsages: usual, touchesPhones: false };
const tomcat = { trustStore: "tomcat-trust", products: PRODUCTS, multiServer: ["CUCM", "IM and Presence", "Unity Connection"], ...web } as const;
const callManager = { trustStore: "CallManager-trust", products: ["CUCM"], multiServer: ["CUCM"], ...web, touchesPhones: true } as const;
const cup = { trustStore: "cup-trust", products: ["IM and Presence"], multiServer: [], ...peer } as const;
const xmpp = { trustStore: "cup-xmpp-trust", products: ["IM and Presence"], multiServer: ["IM and Presence"], ...peer } as const;
const phones = { products: ["CUCM"], multiServer: [], keyType: "RSA", touchesPhones: true } as const;

export const PURPOSE_FACTS: Readonly<Record<Purpose, PurposeFacts>> = {
  tomcat: { ...tomcat, keyType: "RSA" },
  "tomcat-ECDSA": { ...tomcat, keyType: "EC" },
  CallManager: { ...callManager, keyType: "RSA" },
  "CallManager-ECDSA": { ...callManager, keyType: "EC" },
  CAPF: { ...phones, trustStore: "CAPF-trust", extendedKeyUsages: ["serverAuth"], keyUsages: signing },
  TVS: { ...phones, trustStore: "CallManager-trust", extendedKeyUsages: ["serverAuth", "clientAuth"], keyUsages: usual },
  ITLRecovery: { ...phones, trustStore: "CallManager-trust", extendedKeyUsages: [], keyUsages: signing },
  ipsec: { ...peer, trustStore: "ipsec-trust", products: ["CUCM", "IM and Presence", "Unity Connection"], multiServer: [], keyType: "RSA" },
  cup: { ...cup, keyType: "RSA" },
  "cup-ECDSA": { ...cup, keyType: "EC" },
  "cup-xmpp": { ...xmpp, keyType: "RSA" },
  "cup-xmpp-ECDSA": { ...xmpp, keyType: "EC" },
  "cup-xmpp-s2s": { ...xmpp, keyType: "RSA" },
  "cup-xmpp-s2s-ECDSA": { ...xmpp, keyType: "EC" },
};

export function isPurpose(text: unknown): text is Purpose {
  return (PURPOSES as readonly unknown[]).includes(text);
}

export function isTrustStore(text: unknown): text is TrustStore {
  return (TRUST_STORES as readonly unknown[]).includes(text);
}

/** The nodes whose names a multi-server certificate must hold (R19–R21), in the order given. */
export function coveredNodes<N extends NodeName>(purpose: Purpose, nodes: readonly N[]): N[] {
  return nodes.filter(({ product }) => PURPOSE_FACTS[purpose].multiServer.includes(product));
}

/** The node on which the CSR is made (R22): the publisher of the family that the purpose belongs to. */
export function requestingNode<N extends NodeName>(purpose: Purpose, nodes: readonly N[]): N | undefined {
  const family = PURPOSE_FACTS[purpose].products;
  return nodes.find(({ product, role }) => role === "publisher" && product === family.find((one) => nodes.some((node) => node.product === one)));
}

/** The nodes but these, by FQDN. */
export function without<N extends Pick<NodeName, "fqdn">>(nodes: readonly N[], leaveOut: readonly string[] = []): N[] {
  const names = leaveOut.map((fqdn) => fqdn.toLowerCase());
  return nodes.filter(({ fqdn }) => !names.includes(fqdn.toLowerCase()));
}

/** Why a certificate cannot leave these nodes out, one sentence each (R20). */
export function leaveOutFailures(purpose: Purpose, nodes: readonly NodeName[], leaveOut: readonly string[] = []): string[] {
  if (leaveOut.length === 0) return [];
  if (!purpose.startsWith("CallManager")) return [`R20 only a CallManager certificate may leave nodes out, a ${purpose} certificate names every node`];
  const covered = coveredNodes(purpose, nodes);
  return leaveOut.flatMap((name) => {
    const node = covered.find(({ fqdn }) => fqdn.toLowerCase() === name.toLowerCase());
    if (!node) return [`R20 ${name} is no CUCM node of the cluster, so there is nothing to leave out`];
    return node.role === "publisher" ? [`R20 ${name} is the publisher, to which the certificate is uploaded: it cannot be left out`] : [];
  });
}

/** For what a tomcat certificate can be used a second time (certificate reuse, from 14 on). */
export const REUSES = ["CallManager", "CallManager-ECDSA"] as const;
export type Reuse = (typeof REUSES)[number];

/** A certificate's purpose, and what it is beside it. */
export interface Reusable {
  purpose: Purpose;
  reusedFor?: Reuse;
}

/** As what phones know it: with certificate reuse a tomcat certificate is that of CallManager. */
export function asPhonesKnow({ purpose, reusedFor }: Reusable): Purpose {
  return reusedFor ?? purpose;
}

/** Whether phones notice a change of it. */
export function noticedByPhones(one: Reusable): boolean {
  return PURPOSE_FACTS[asPhonesKnow(one)].touchesPhones;
}

/** Why it cannot be reused so; undefined where it can, or is not. */
export function reuseFailure({ purpose, reusedFor }: Reusable): string | undefined {
  if (reusedFor === undefined) return undefined;
  if (!purpose.startsWith("tomcat")) return `only a tomcat or tomcat-ECDSA certificate is reused, and this one is of ${purpose}`;
  const right = purpose.replace("tomcat", "CallManager");
  return reusedFor === right ? undefined : `a ${purpose} certificate is reused for ${right} alone, not for ${String(reusedFor)}`;
}
