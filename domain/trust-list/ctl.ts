// What a CTL file, as `show ctl` prints it, says of its cluster: who signs it, and whether a certificate is in it.
import type { Reading } from "../readings";
import type { ShownTrustList } from "./text";

/** How the CTL file of a cluster is signed. */
export type CtlMethod = "tokenless" | "eToken";

/** The certificates of security tokens are named so (Cisco 118893). */
const TOKEN = /\bCN=SAST-/i;

/** How a CTL file is signed: every file, tokenless ones too, marks the record of its signer. */
export function ctlMethodOf(shown: ShownTrustList | undefined): Reading<CtlMethod> {
  if (!shown) return { unread: "the cluster is in mixed mode, and show ctl shows no CTL file" };
  const signer = shown.records.find(({ signed }) => signed);
  if (!signer) return { unread: "show ctl does not say which of its certificates signed the CTL file" };
  return { value: TOKEN.test(signer.subject) ? "eToken" : "tokenless" };
}

/** Of these serial numbers, those that the file does not hold. */
export function notInList(records: readonly { readonly serialNumber: string }[], serialNumbers: readonly string[]): string[] {
  const held = new Set(records.map(({ serialNumber }) => plain(serialNumber)));
  return serialNumbers.filter((one) => !held.has(plain(one)));
}

/** Whoever prints a serial number has an opinion on its leading zeros. */
function plain(serialNumber: string): string {
  return serialNumber.replace(/[^0-9a-f]/gi, "").replace(/^0+/, "").toUpperCase();
}
