// Certificate content: R1–R5, R7, R9–R15. procedures.md 4.1.
import { PURPOSE_FACTS, type Purpose } from "../purposes";
import { isAtLeast, parseRelease } from "../releases";
import type { Use } from "../restarts";
import type { Certificate } from "../x509/certificate";
import type { CertificateRequest } from "../x509/request";
import { fromFindings, PASS, type Rule, undecided, violatedIf } from "./rule";

/** One certificate, and what it is for. */
export interface ContentFacts {
  certificate: Certificate;
  now: Date;
  /** The identity purpose; undefined for a trust certificate. */
  purpose?: Purpose;
  /** Release of the platform. */
  release?: string;
  uses?: readonly Use[];
  /** The certificate signing request that it answers, where it is at hand. */
  request?: CertificateRequest;
  /** Days before the expiry from which it is reported. Default 90. */
  warnDays?: number;
  /** Whether a public authority signed it (its root is one that browsers trust). */
  publicAuthority?: boolean;
}

const DAY = 86_400_000;

export const R1: Rule<ContentFacts> = {
  id: "R1",
  title: "A certificate is valid now",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco security guide 12.5(1)SU3, Certificates (validity is checked at upload)",
  comply: "Ask the authority for a certificate that is valid now, and compare the clocks",
  decide({ certificate: { notBefore, notAfter }, now }) {
    if (notAfter <= now) return fromFindings([{ found: `the certificate expired on ${notAfter.toISOString()}` }]);
    return violatedIf(notBefore > now, () => `the certificate is not valid before ${notBefore.toISOString()}`);
  },
};

export const R2: Rule<ContentFacts> = {
  id: "R2",
  title: "An identity certificate is not about to expire",
  severity: "advisory",
  levels: ["V", "L", "P"],
  source: "Cisco 215333 and the platform's expiry monitor",
  comply: "Renew it",
  decide({ certificate: { notAfter }, now, warnDays = 90 }) {
    const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY);
    return violatedIf(days >= 0 && days < warnDays, () => `the certificate expires in ${days} days, on ${notAfter.toISOString()}`);
  },
};

export const R4: Rule<Pick<ContentFacts, "certificate">> = {
  id: "R4",
  title: "An RSA key has at least 2048 bits",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 118731 (2048); 214231 (1024-bit leftovers break ITL recovery)",
  comply: "Use a key of 2048 bits or more",
  decide: ({ certificate: { key } }) => violatedIf(key.type === "RSA" && key.length < 2048, () => `the key has ${key.length} bits`),
};

export const R5: Rule<Pick<ContentFacts, "certificate">> = {
  id: "R5",
  title: "An RSA key has at most 4096 bits",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guide 12.5(1)SU3, Certificates",
  comply: "Use a key of 4096 bits or fewer",
  decide: ({ certificate: { key } }) => violatedIf(key.type === "RSA" && key.length > 4096, () => `the key has ${key.length} bits`),
};

export const R7: Rule<Pick<ContentFacts, "certificate">> = {
  id: "R7",
  title: "The signature hash is SHA-256 or stronger",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco 118731 (SHA256); security guide 12.5(1)SU3",
  comply: "Have it signed with SHA-256, SHA-384 or SHA-512",
  decide: ({ certificate }) => violatedIf(!["SHA256", "SHA384", "SHA512"].includes(certificate.hashAlgorithm), () => `it is signed with ${certificate.hashAlgorithm}`),
};

export const R9: Rule<Pick<ContentFacts, "certificate">> = {
  id: "R9",
  title: "No wildcard name",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guide 12.5(1)SU3: wildcard certificates are not supported",
  comply: "Name each node",
  decide({ certificate: { commonName, subjectAlternateNames } }) {
    const names = [commonName, ...subjectAlternateNames].filter((name) => name.includes("*"));
    return fromFindings([...new Set(names)].map((name) => ({ where: name, found: "the certificate holds a wildcard name" })));
  },
};

/** Names compared as the platform does: order and case do not count. */
export function sameNames(left: readonly string[], right: readonly string[]): boolean {
  const normal = (names: readonly string[]) => [...new Set(names.map((name) => name.toLowerCase()))].sort().join("\n");
  return normal(left) === normal(right);
}

export const R10: Rule<ContentFacts> = {
  id: "R10",
  title: "The certificate answers the pending request",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731 (a new CSR overwrites the old key pair); UCCX certificate guide (different SANs are refused)",
  comply: "Have exactly this request signed, with all its names",
  decide({ certificate, request }) {
    if (!request) return undecided("the certificate signing request is not at hand");
    const missing = request.subjectAlternateNames.filter((name) => !certificate.subjectAlternateNames.some((other) => other.toLowerCase() === name.toLowerCase()));
    const findings = certificate.publicKeyFingerprint === request.publicKeyFingerprint ? [] : [{ found: "the certificate is for another key than the pending request (it answers another CSR, or an older one)" }];
    if (sameNames(certificate.subjectAlternateNames, request.subjectAlternateNames)) return fromFindings(findings);
    const found = missing.length > 0 ? `the authority left out the names ${missing.join(", ")}` : "the certificate holds names that the request does not have";
    return fromFindings([...findings, { found }]);
  },
};

export const R11: Rule<ContentFacts> = {
  id: "R11",
  title: "The authority gave every extended key usage that was asked for",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco security guide 12.5(1)SU3 and IM and Presence guide, tables of key usages",
  comply: "Use a template that gives these usages",
  decide({ certificate, purpose, request }) {
    const usual = purpose ? PURPOSE_FACTS[purpose].extendedKeyUsages : [];
    const asked = new Set([...(request?.extendedKeyUsages ?? usual), ...usual.filter((usage) => usage === "serverAuth")]);
    // clientAuth has a rule of its own, R13, because its weight depends on release and use.
    const missing = [...asked].filter((usage) => usage !== "clientAuth" && !certificate.extendedKeyUsages.includes(usage));
    return fromFindings(missing.map((usage) => ({ found: `the certificate lacks the extended key usage ${usage}` })));
  },
};

export const R12: Rule<ContentFacts> = {
  id: "R12",
  title: "The key usages fit",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guides 12.5(1)SU3 and 14",
  comply: "Use a template that keeps the key usages of the request",
  decide({ certificate, purpose, release, request }) {
    if (!purpose) return PASS;
    const wanted = PURPOSE_FACTS[purpose].keyUsages.filter((usage) => usage !== "dataEncipherment" || keepsDataEncipherment(release, request));
    const missing = wanted.filter((usage) => !certificate.keyUsages.includes(usage) && !(usage === "keyEncipherment" && certificate.key.type === "EC"));
    return fromFindings(missing.map((usage) => ({ found: `the certificate lacks the key usage ${usage}` })));
  },
};

/** Up to 12.5 the bit of the request is kept; later releases do not ask for it (procedures.md section 6, 7). */
function keepsDataEncipherment(release: string | undefined, request: CertificateRequest | undefined): boolean {
  return reaches(release, "14") === false && (request?.keyUsages.includes("dataEncipherment") ?? true);
}

/** Whether a release is known and at least `wanted`; what is no release has a failure of its own. */
function reaches(release: string | undefined, wanted: string): boolean | undefined {
  return release !== undefined && parseRelease(release) ? isAtLeast(release, wanted) : undefined;
}

const MUTUAL: readonly Purpose[] = ["CallManager", "CallManager-ECDSA", "TVS", "ipsec", "cup", "cup-ECDSA", "cup-xmpp-s2s", "cup-xmpp-s2s-ECDSA"];

export const R13: Rule<ContentFacts> = {
  id: "R13",
  title: "A certificate for mutual TLS has clientAuth",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco field notice FN74345",
  comply: "Use a template with Client Authentication, or do not declare these uses",
  decide({ certificate, purpose, release, uses = [], request }) {
    const asked = request ? request.extendedKeyUsages.includes("clientAuth") : purpose && PURPOSE_FACTS[purpose].extendedKeyUsages.includes("clientAuth");
    if (!purpose || !asked || certificate.extendedKeyUsages.includes("clientAuth")) return PASS;
    const needed = (MUTUAL.includes(purpose) || uses.length > 0) && !reaches(release, "15SU5");
    const why = uses.length > 0 ? `, which ${uses.join(" and ")} need${uses.length === 1 ? "s" : ""}` : "";
    return fromFindings([{ found: `the certificate lacks the extended key usage clientAuth${why}`, severity: needed ? "mandatory" : "advisory" }]);
  },
};

/** Days that public authorities may issue for, by the date of issue (CA/Browser Forum ballot SC-081v3). */
const PUBLIC_LIMITS: readonly [string, number][] = [["2029-03-15", 47], ["2027-03-15", 100], ["2026-03-15", 200], ["2020-09-01", 398]];

export const R14: Rule<ContentFacts> = {
  id: "R14",
  title: "A public authority's validity is within what it may give",
  severity: "advisory",
  levels: ["V"],
  source: "Cisco field notice FN74345; CA/Browser Forum ballot SC-081v3",
  comply: "Renew it by the shorter validity",
  decide({ certificate: { notBefore, notAfter }, publicAuthority }) {
    const days = Math.round((notAfter.getTime() - notBefore.getTime()) / DAY);
    const limit = PUBLIC_LIMITS.find(([from]) => notBefore >= new Date(from))?.[1] ?? Infinity;
    return violatedIf(publicAuthority === true && days > limit, () => `valid for ${days} days, longer than the ${limit} that public authorities may issue for`);
  },
};

/** What is looked at when an identity certificate is at hand. */
export const IDENTITY_RULES: readonly Rule<ContentFacts>[] = [R1, R2, R4, R5, R7, R9, R10, R11, R12, R13, R14];

/** What can be decided without the request: at preview, from a PEM in the program. */
export const IDENTITY_INPUT_RULES: readonly Rule<ContentFacts>[] = [R1, R4, R5, R7, R9, R11, R12, R13];

/** What is looked at when a trust certificate is at hand. */
export const TRUST_RULES: readonly Rule<ContentFacts>[] = [R1, R4, R5];
