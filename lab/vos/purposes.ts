// The lab's own table of certificate purposes (deliberately not the provider's).
import { CONTACT_CENTER_PRODUCTS, type Product } from "../estate";
import type { KeyShape } from "../keys";
import { dataEncipherment, digitalSignature, EKU, keyCertSign, keyEncipherment } from "../pki/make";
import type { ReleaseFacts } from "./releases";

export interface PurposeFacts {
  store: string;
  key: KeyShape;
  extendedKeyUsage: string[];
  keyUsage: number;
  /** Which products' nodes a multi-server certificate covers; undefined: none can be made. */
  multiServer?: Product[];
  products: Product[];
  /** The node's own stores into which the own certificate is copied. */
  copies: string[];
  /** A store of the other nodes that gets it at the installation; from the CUCM publisher only, where so marked. */
  sentTo?: { store: string; publisherOnly?: boolean };
  publisherOnly?: boolean;
}

const { serverAuth, clientAuth, ipsecEndSystem } = EKU;
const usual = digitalSignature | keyEncipherment | dataEncipherment;
const web = { extendedKeyUsage: [serverAuth, clientAuth], keyUsage: usual };
const peer = { extendedKeyUsage: [serverAuth, clientAuth, ipsecEndSystem], keyUsage: usual };
const both: Product[] = ["CUCM", "IM and Presence"];
const every: Product[] = [...both, ...CONTACT_CENTER_PRODUCTS];
const cucm: Product[] = ["CUCM"];
const imp: Product[] = ["IM and Presence"];
const xmpp = { store: "cup-xmpp-trust", copies: ["cup-xmpp-trust"], ...peer, multiServer: imp, products: imp };

/** In the order in which the platform lists them. Copies: platform-interfaces.md 7.5; TVS has none, that of ITLRecovery is made by bulk. */
export const PURPOSES: Record<string, PurposeFacts> = {
  tomcat: { store: "tomcat-trust", copies: ["tomcat-trust"], key: "rsa-2048", ...web, multiServer: every, products: every },
  "tomcat-ECDSA": { store: "tomcat-trust", copies: ["tomcat-trust"], key: "ec-384", ...web, multiServer: every, products: every },
  ipsec: { store: "ipsec-trust", copies: ["ipsec-trust"], sentTo: { store: "ipsec-trust", publisherOnly: true }, key: "rsa-2048", ...peer, products: every },
  ITLRecovery: { store: "CallManager-trust", copies: [], key: "rsa-2048", extendedKeyUsage: [], keyUsage: digitalSignature | keyCertSign, products: cucm, publisherOnly: true },
  "CallManager-ECDSA": { store: "CallManager-trust", copies: ["CallManager-trust"], key: "ec-384", ...web, multiServer: cucm, products: cucm },
  CallManager: { store: "CallManager-trust", copies: ["CallManager-trust"], key: "rsa-2048", ...web, multiServer: cucm, products: cucm },
  CAPF: {
    store: "CAPF-trust",
    copies: ["CAPF-trust", "CallManager-trust"],
    key: "rsa-2048",
    extendedKeyUsage: [serverAuth],
    keyUsage: digitalSignature | keyCertSign,
    products: cucm,
    publisherOnly: true,
  },
  TVS: { store: "TVS-trust", copies: [], key: "rsa-2048", ...web, products: cucm },
  cup: { store: "cup-trust", copies: ["cup-trust"], sentTo: { store: "CallManager-trust" }, key: "rsa-2048", ...peer, products: imp },
  "cup-ECDSA": { store: "cup-trust", copies: ["cup-trust"], key: "ec-384", ...peer, products: imp },
  "cup-xmpp": { ...xmpp, key: "rsa-2048" },
  "cup-xmpp-ECDSA": { ...xmpp, key: "ec-384" },
  "cup-xmpp-s2s": { ...xmpp, key: "rsa-2048" },
  "cup-xmpp-s2s-ECDSA": { ...xmpp, key: "ec-384" },
};

/** The purpose for which a tomcat certificate can be reused. */
export function callManagerOf(tomcat: string): string {
  return tomcat.replace("tomcat", "CallManager");
}

/** Whom phones believe beside their own cluster, a store that belongs to no purpose; and its name for REST and the command line. */
export const PHONE_SAST = "Phone-SAST-trust";
export const PHONE_SAST_UNIT = "Phone-SAST";

/** Stores whose entries travel to the other nodes of a cluster. */
export const REPLICATED_STORES = ["tomcat-trust", "CallManager-trust", PHONE_SAST];

/** Stores from which a deletion travels to the other nodes (platform-interfaces.md 7.4). */
export const DELETED_EVERYWHERE = [...REPLICATED_STORES, "CAPF-trust"];

/** Which purposes there are, and which of them only the publisher has. */
type Placement = Pick<ReleaseFacts, "ecdsa" | "capfOnPublisherOnly" | "itlRecoveryOnPublisherOnly">;
const NEWEST: Placement = { ecdsa: "all", capfOnPublisherOnly: true, itlRecoveryOnPublisherOnly: true };

/** The trust stores of a product's nodes: also those of purposes that only its publisher has. */
export function storesOf(product: Product): string[] {
  const own = purposesOf(product, true, NEWEST).flatMap((purpose) => [PURPOSES[purpose]!.store, ...PURPOSES[purpose]!.copies]);
  return [...new Set(product === "CUCM" ? [...own, PHONE_SAST] : own)];
}

/** The purposes of a node; in old releases CAPF and ITLRecovery are on every node of CUCM, and there are fewer with an elliptic curve. */
export function purposesOf(product: Product, publisher: boolean, { ecdsa, capfOnPublisherOnly, itlRecoveryOnPublisherOnly }: Placement): string[] {
  const spread = [...(capfOnPublisherOnly ? [] : ["CAPF"]), ...(itlRecoveryOnPublisherOnly ? [] : ["ITLRecovery"])];
  return Object.keys(PURPOSES).filter((purpose) => {
    const facts = PURPOSES[purpose]!;
    const everywhere = !facts.publisherOnly || spread.includes(purpose);
    const known = !purpose.endsWith("-ECDSA") || ecdsa === "all" || purpose.startsWith(ecdsa);
    return known && facts.products.includes(product) && (everywhere || publisher);
  });
}
