// The certificates that a Windows host has of its own, self-signed.
import { digitalSignature, EKU, keyEncipherment, selfSigned } from "../pki/make";
import { describe, type Described } from "../pki/read";
import type { KeyPool } from "../keys";
import type { IdentityName } from "./layout";

export interface HostIdentity {
  key: string;
  certificate: Described;
}

const YEARS_3 = 3 * 365;

/** A new key and its certificate for this name. */
export async function makeIdentity(keys: KeyPool, { name, commonName = name }: { name: string; commonName?: string }, notBefore: Date): Promise<HostIdentity> {
  const key = await keys.next("rsa-2048");
  const content = { subject: `CN=${commonName}`, names: [name], keyUsage: digitalSignature | keyEncipherment, extendedKeyUsage: [EKU.serverAuth] };
  return { key, certificate: describe(await selfSigned(key, content, { notBefore, days: YEARS_3 })) };
}

export type Identities = Map<IdentityName, HostIdentity>;
