// One certificate, uploaded to a trust store of a node.
import type { TrustEntry } from "../../../domain/readings";
import { type Certificate, label } from "../../../domain/x509/certificate";
import type { TrustCertificateInputs } from "../../../sdk/trust-certificate";
import type { Context, Node } from "../../context";
import { PlatformError } from "../../errors";
import { written } from "./writing";

type Store = TrustCertificateInputs["store"];
export type Entries = readonly TrustEntry[];

/** The entries of the store on a node, read now. */
export function entriesNow(node: Node, name: Store, context: Context): Promise<Entries> {
  return context.vos(node).trustEntries(name);
}

export function find(list: Entries, fingerprint: string): TrustEntry | undefined {
  return list.find((entry) => entry.certificate.fingerprint === fingerprint);
}

/** Uploads once; a lost answer and "already there" are settled by reading. */
export async function uploadTrustOnce(node: Node, { store, description }: { store: Store; description?: string }, certificate: Certificate, context: Context): Promise<void> {
  const what = `${node.fqdn}: upload ${label(certificate)} to ${store}`;
  const held = async () => find(await entriesNow(node, store, context), certificate.fingerprint) !== undefined;
  context.say(what);
  const send = async () => {
    try {
      await context.vos(node).uploadTrust(store, certificate.pem, description ?? certificate.commonName);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== "conflict" || !(await held())) throw error;
    }
  };
  await written<void>({ what, send, look: async () => ((await held()) ? { done: undefined } : "nothing") }, context);
}
