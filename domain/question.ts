// The question that a certificate signing request asks, and whether a request or a certificate answers it.
import { coveredNodes, type NodeName, PURPOSE_FACTS, type Purpose, without } from "./purposes";
import type { Use } from "./restarts";
import { R11, R12, R13, R7, sameNames } from "./rules/content";
import type { Distribution, HashAlgorithm, KeyType } from "./rules/request";
import type { Certificate } from "./x509/certificate";
import { pathTo } from "./x509/chain";
import type { CertificateRequest } from "./x509/request";

/** What is asked of the platform; every default is filled in. */
export interface Question {
  purpose: Purpose;
  distribution: Distribution;
  commonName: string;
  /** Every name that the certificate is to hold. */
  names: readonly string[];
  keyType: KeyType;
  /** Bits. */
  keyLength: number;
  hashAlgorithm: HashAlgorithm;
}

/** What a person declares of a question; see MultiSanCsr for the meaning of each. */
export interface DeclaredQuestion {
  purpose: Purpose;
  distribution: Distribution;
  commonName?: string;
  parentDomain?: string;
  otherDomains?: readonly string[];
  leaveOut?: readonly string[];
  keyType?: KeyType;
  keyLength?: number;
  hashAlgorithm?: HashAlgorithm;
}

/** The domain of a fully qualified name. */
export function domainOf(fqdn: string): string {
  return fqdn.split(".").slice(1).join(".");
}

function defaultCommonName(purpose: Purpose, distribution: Distribution, fqdn: string): string {
  const suffix = `${PURPOSE_FACTS[purpose].keyType === "EC" ? "-EC" : ""}${distribution === "multi-server" ? "-ms" : ""}`;
  return [`${fqdn.split(".")[0]}${suffix}`, domainOf(fqdn)].filter(Boolean).join(".");
}

/** Fills in what is not declared, as the platform's dialog does (procedures.md 1.3; platform-interfaces.md 7.3). */
export function completeQuestion(declared: DeclaredQuestion, node: NodeName, nodes: readonly NodeName[]): Question {
  const { purpose, distribution, otherDomains = [], parentDomain = domainOf(node.fqdn) } = declared;
  const keyType = declared.keyType ?? PURPOSE_FACTS[purpose].keyType;
  const own = distribution === "multi-server" ? [...without(coveredNodes(purpose, nodes), declared.leaveOut).map(({ fqdn }) => fqdn), parentDomain] : [node.fqdn];
  return {
    purpose,
    distribution,
    commonName: declared.commonName ?? defaultCommonName(purpose, distribution, node.fqdn),
    names: [...new Set([...own, ...otherDomains].filter(Boolean))],
    keyType,
    keyLength: declared.keyLength ?? (keyType === "RSA" ? 2048 : 384),
    hashAlgorithm: declared.hashAlgorithm ?? (keyType === "RSA" ? "SHA256" : "SHA384"),
  };
}

/** How a request differs from the question, one sentence each; none when it asks exactly this. */
export function differences(request: CertificateRequest, question: Question): string[] {
  const found: string[] = [];
  const differ = (what: string, seen: string | number, wanted: string | number) => found.push(`${what} is ${seen} instead of ${wanted}`);
  const seen = withoutCommonName(request, question);
  if (!sameNames(seen, question.names)) found.push(nameDifference(seen, question.names));
  if (request.commonName.toLowerCase() !== question.commonName.toLowerCase()) differ("Common Name", request.commonName, question.commonName);
  if (request.key.type !== question.keyType) differ("Key Type", request.key.type, question.keyType);
  else if (request.key.length !== question.keyLength) differ("Key Length", request.key.length, question.keyLength);
  if (request.hashAlgorithm !== question.hashAlgorithm) differ("Hash Algorithm", request.hashAlgorithm, question.hashAlgorithm);
  return found;
}

/** Releases after 10.5.2 repeat the common name among the names (CSCus47235), earlier ones do not: it counts only where it is declared. */
function withoutCommonName({ subjectAlternateNames, commonName }: Pick<Certificate, "subjectAlternateNames" | "commonName">, { names }: Question): string[] {
  const same = (name: string) => (other: string) => other.toLowerCase() === name.toLowerCase();
  return subjectAlternateNames.filter((name) => !same(commonName)(name) || names.some(same(name)));
}

/** `lacks a, b and has c that is not wanted`. */
export function nameDifference(seen: readonly string[], wanted: readonly string[]): string {
  const lacking = (left: readonly string[], right: readonly string[]) => left.filter((name) => !right.some((other) => other.toLowerCase() === name.toLowerCase()));
  const [missing, extra] = [lacking(wanted, seen), lacking(seen, wanted)];
  return ["the names", missing.length > 0 ? ` lack ${missing.join(", ")}` : "", missing.length > 0 && extra.length > 0 ? " and" : "", extra.length > 0 ? ` hold ${extra.join(", ")} that is not declared` : ""].join("");
}

/** What a satisfying certificate is measured by, beside the question. */
export interface Satisfaction {
  question: Question;
  /** Whether the common name was declared; a default one is not insisted on. */
  commonNameDeclared: boolean;
  /** The authorities that the program declares, root first. */
  chain: readonly Certificate[];
  release: string;
  uses?: readonly Use[];
  now: Date;
  /** It must be valid beyond this moment. */
  outlives?: Date;
  /** It must have been issued after this moment (a later generation of a Renewal). */
  issuedAfter?: Date;
}

/** Why an installed certificate does not satisfy a declaration, one sentence each; none when it does. */
export function shortcomings(certificate: Certificate, wanted: Satisfaction): string[] {
  return [...identityShortcomings(certificate, wanted), ...timeShortcomings(certificate, wanted), ...usageShortcomings(certificate, wanted)];
}

function identityShortcomings(certificate: Certificate, { question, commonNameDeclared, chain }: Satisfaction): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, sentence: () => string) => wrong && found.push(sentence());
  const seen = withoutCommonName(certificate, question);
  say(!sameNames(seen, question.names), () => nameDifference(seen, question.names));
  say(commonNameDeclared && certificate.commonName.toLowerCase() !== question.commonName.toLowerCase(), () => `its common name is ${certificate.commonName}`);
  say(certificate.key.type !== question.keyType || certificate.key.length !== question.keyLength, () => `its key is ${certificate.key.type} ${certificate.key.length}`);
  // The authority chooses the hash of its signature, whatever the request was signed with.
  say(R7.decide({ certificate }).outcome === "violated", () => `it is signed with ${certificate.hashAlgorithm}`);
  const root = pathTo(certificate, chain)?.at(-1);
  say(!root || root.fingerprint !== chain[0]?.fingerprint, () => (certificate.selfSigned ? "it is self-signed" : `its issuer is ${certificate.issuer}, not the declared authority`));
  return found;
}

function timeShortcomings({ notBefore, notAfter }: Certificate, { now, outlives, issuedAfter }: Satisfaction): string[] {
  const found: string[] = [];
  if (notAfter <= now) found.push(`it expired on ${notAfter.toISOString()}`);
  else if (outlives && notAfter <= outlives) found.push(`it expires on ${notAfter.toISOString()}, before its renewal is due on ${outlives.toISOString()}`);
  if (issuedAfter && notBefore < issuedAfter) found.push(`it was issued before the present generation began on ${issuedAfter.toISOString()}`);
  return found;
}

function usageShortcomings(certificate: Certificate, { question, release, uses, now }: Satisfaction): string[] {
  const facts = { certificate, now, purpose: question.purpose, release, uses };
  return [R11, R12, R13].flatMap((rule) => {
    const verdict = rule.decide(facts);
    return verdict.outcome === "violated" ? verdict.findings.filter(({ severity }) => severity !== "advisory").map(({ found }) => found.replace(/^the certificate/, "it")) : [];
  });
}
