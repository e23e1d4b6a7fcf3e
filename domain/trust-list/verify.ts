// Who signed an ITL or CTL file, and whether a phone that holds certain records would take it.
import { createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { TrustList, TrustRecord } from "./read";

/** The record of the signer among those that are trusted, or why there is none. */
export type Verification = { readonly verified: true; readonly signer: TrustRecord } | { readonly verified: false; readonly reason: string };

/** The signer's record: a SAST of the serial number in the header. Of two with the same number, the one of the same issuer. */
export function signerRecord(list: Pick<TrustList, "signer">, held: readonly TrustRecord[]): TrustRecord | undefined {
  const { serialNumber, issuer } = list.signer;
  const same = held.filter((record) => record.role === "SAST" && record.serialNumber === serialNumber);
  return same.find((record) => record.issuer === issuer) ?? same[0];
}

/**
 * Checks the signature by a SAST record: of the file itself, as `show ctl` does, or of what a phone holds already.
 */
export function verifyTrustList(list: TrustList, held: readonly TrustRecord[] = list.records): Verification {
  const { serialNumber, name, hash, signature } = list.signer;
  if (held.length === 0) return { verified: false, reason: "there are no records" };
  const signer = signerRecord(list, held);
  if (!signer) return { verified: false, reason: `no SAST record has the serial number ${serialNumber} of the signer ${name}` };
  if (!hash) return { verified: false, reason: "the hash of the signature is unknown" };
  const key = keyOf(signer);
  if (typeof key === "string") return { verified: false, reason: `the key of the signer ${name} cannot be read: ${key}` };
  return verify(hash, list.signed, key, signature) ? { verified: true, signer } : { verified: false, reason: `the signature is not that of ${name}, serial number ${serialNumber}` };
}

/** The key by which a record's signatures are checked; a sentence where there is none. */
function keyOf({ certificate, publicKey }: TrustRecord): KeyObject | string {
  try {
    const key = certificate ? new X509Certificate(certificate).publicKey : createPublicKey({ key: publicKey, format: "der", type: "pkcs1" });
    return key.asymmetricKeyType === "rsa" ? key : `it is ${key.asymmetricKeyType ?? "none"}, not RSA`;
  } catch {
    return "its bytes are no certificate and no RSA key";
  }
}
