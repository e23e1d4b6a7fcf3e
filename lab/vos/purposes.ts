// The lab's own table of certificate purposes (deliberately not the provider's).
import type { Product } from "../estate";
import type { KeyShape } from "../keys";
import { dataEncipherment, digitalSignature, EKU, keyCertSign, keyEncipherment } from "../pki/make";

export interface PurposeFacts {
  store: string;
  key: KeyShape;
  extendedKeyUsage: string[];
  keyUsage: number;
  /** Which products' nodes a multi-server certificate covers; undefined: none can be made. */
  multiServer?: Product[];
  products: Product[];
  /** Further stores into which the own certificate is copied. */
  copies?: string[];
  publisherOnly?: boolean;
}

const { serverAuth, clientAuth, ipsecEndSystem } = EKU;
const usual = digitalSignature | keyEncipherment | dataEncipherment;
const web = { extendedKeyUsage: [serverAuth, clientAuth], keyUsage: usual };
const peer = { extendedKeyUsage: [serverAuth, clientAuth, ipsecEndSystem], keyUsage: usual };
const both: Product[] = ["CUCM", "IM and Presence"];
const cucm: Product[] = ["CUCM"];
const imp: Product[] = ["IM and Presence"];

/** In the order in which the platform lists them. */
export const PURPOSES: Record<string, PurposeFacts> = {
  tomcat: { store: "tomcat-trust", key: "rsa-2048", ...web, multiServer: both, products: both },
  "tomcat-ECDSA": { store: "tomcat-trust", key: "ec-384", ...web, multiServer: both, products: both },
  ipsec: { store: "ipsec-trust", key: "rsa-2048", ...peer, products: both },
  ITLRecovery: { store: "CallManager-trust", key: "rsa-2048", extendedKeyUsage: [], keyUsage: digitalSignature | keyCertSign, products: cucm, publisherOnly: true },
  "CallManager-ECDSA": { store: "CallManager-trust", key: "ec-384", ...web, multiServer: cucm, products: cucm },
  CallManager: { store: "CallManager-trust", key: "rsa-2048", ...web, multiServer: cucm, products: cucm },
  CAPF: {
    store: "CAPF-trust",
    key: "rsa-2048",
    extendedKeyUsage: [serverAuth],
    keyUsage: digitalSignature | keyCertSign,
    products: cucm,
    copies: ["CallManager-trust"],
    publisherOnly: true,
  },
  TVS: { store: "TVS-trust", key: "rsa-2048", ...web, products: cucm },
  cup: { store: "cup-trust", key: "rsa-2048", ...peer, products: imp },
  "cup-ECDSA": { store: "cup-trust", key: "ec-384", ...peer, products: imp },
  "cup-xmpp": { store: "cup-xmpp-trust", key: "rsa-2048", ...peer, multiServer: imp, products: imp },
  "cup-xmpp-ECDSA": { store: "cup-xmpp-trust", key: "ec-384", ...peer, multiServer: imp, products: imp },
  "cup-xmpp-s2s": { store: "cup-xmpp-trust", key: "rsa-2048", ...peer, multiServer: imp, products: imp },
  "cup-xmpp-s2s-ECDSA": { store: "cup-xmpp-trust", key: "ec-384", ...peer, multiServer: imp, products: imp },
};

/** Stores whose entries travel to the other nodes of a cluster. */
export const REPLICATED_STORES = ["tomcat-trust", "CallManager-trust", "Phone-SAST-trust"];

/** The purposes of a node. */
export function purposesOf(product: Product, publisher: boolean): string[] {
  return Object.keys(PURPOSES).filter((purpose) => {
    const facts = PURPOSES[purpose]!;
    return facts.products.includes(product) && (!facts.publisherOnly || publisher);
  });
}
