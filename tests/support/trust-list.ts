// ITL and CTL files for tests: written and signed by the lab, with the names of the worked example of Cisco 118893.
import { X509Certificate } from "node:crypto";
import { type KeyAndCertificate, selfSigned } from "../../lab/pki/make";
import { type ListContent, type ListRecord, type ListRole, writeTrustList } from "../../lab/trust-list/write";
import type { KeyShape } from "../../lab/keys";
import { DECADE, newKey } from "./certificates";

export const NAME = "CN=cucm-1051-a-pub, OU=TAC, O=Cisco, L=Krakow, ST=Malopolska, C=PL";
export const WRITTEN = new Date("2015-03-06T20:56:07Z");

/** A key with its self-signed certificate. */
export async function owner(subject = NAME, shape: KeyShape = "rsa-1024", names: string[] = []): Promise<KeyAndCertificate> {
  const key = await newKey(shape);
  return { key, certificate: await selfSigned(key, { subject, names }, DECADE) };
}

/** An owner whose certificate has as many bytes as that of the example: the rest is filled with a name. */
export async function ownerOfBytes(bytes: number): Promise<KeyAndCertificate> {
  const { key } = await owner();
  for (let filled = 1; filled < 200; filled++) {
    const certificate = await selfSigned(key, { subject: NAME, names: ["n".repeat(filled)] }, DECADE);
    if (new X509Certificate(certificate).raw.length === bytes) return { key, certificate };
  }
  throw new Error(`no certificate of ${bytes} bytes can be made`);
}

export function record(role: ListRole, { certificate }: KeyAndCertificate, broken: Partial<ListRecord> = {}): ListRecord {
  return { role, certificate, dnsName: "cucm-1051-a-pub", ipAddress: "10.48.47.153", ...broken };
}

/** The file of a cluster of one node: its signer as SAST and as CCM+TFTP, unless told otherwise. */
export function trustListFile(signer: KeyAndCertificate, broken: Partial<ListContent> = {}): Buffer {
  return writeTrustList({ fileName: "CTLFile.tlv", writtenAt: WRITTEN, signer, records: [record("SAST", signer), record("CCM+TFTP", signer)], ...broken });
}
