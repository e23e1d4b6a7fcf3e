import { createPublicKey, verify } from "node:crypto";
import { type Certificate, type KeyFacts, keyFacts, publicKeyFingerprint, readable } from "./certificate";
import { alternateNames, commonName, content, contextTag, decode, extendedKeyUsages, extensions, hashOf, keyUsages, members, nameText, type Node, oid, OID, raw } from "./der";
import { pemBlocks, toPem } from "./pem";

/** What is true of one PKCS#10 certificate signing request. */
export interface CertificateRequest extends Pick<Certificate, "pem" | "subject" | "commonName" | "subjectAlternateNames" | "publicKeyFingerprint" | "hashAlgorithm" | "keyUsages" | "extendedKeyUsages"> {
  readonly key: KeyFacts;
}

/** The extensions that a request asks for. */
function requestedExtensions(attributes: Node | undefined): Map<string, Buffer> {
  const attribute = members(attributes).find((one) => oid(members(one)[0]) === OID.extensionRequest);
  return extensions(members(members(attribute)[1])[0]);
}

/**
 * Reads one certificate signing request in PEM.
 * @throws with what is wrong with it, also when its own signature is not right.
 */
export function parseRequest(text: string): CertificateRequest {
  const block = pemBlocks(text).find(({ label }) => /CERTIFICATE REQUEST$/.test(label));
  if (!block) throw new Error("it holds no PEM certificate signing request");
  return readable("certificate signing request", () => describe(block.der));
}

function describe(der: Buffer): CertificateRequest {
  const whole = decode(der);
  const [information, algorithm, signature] = members(whole);
  const [, subject, publicKeyInfo, ...rest] = members(information);
  if (!information || !publicKeyInfo) throw new Error("it is no PKCS#10 request");
  const key = createPublicKey({ key: raw(publicKeyInfo), format: "der", type: "spki" });
  const hash = hashOf(algorithm);
  if (!verify(hash, raw(information), key, content(signature))) throw new Error("its signature is not right");
  const asked = requestedExtensions(rest.find((node) => contextTag(node) === 0));
  return {
    pem: toPem("CERTIFICATE REQUEST", der),
    subject: nameText(subject),
    commonName: commonName(subject),
    subjectAlternateNames: alternateNames(asked.get(OID.subjectAlternativeName)),
    key: keyFacts(key),
    publicKeyFingerprint: publicKeyFingerprint(key),
    hashAlgorithm: hash,
    keyUsages: keyUsages(asked.get(OID.keyUsage)),
    extendedKeyUsages: extendedKeyUsages(asked.get(OID.extendedKeyUsage)),
  };
}
