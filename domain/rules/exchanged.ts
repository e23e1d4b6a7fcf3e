// One certificate that another server is to trust: R16, R17, R115, R123, R124. procedures.md 4.1, 4.11.
import type { CertificateKind } from "../exchange";
import { isFqdn } from "../names";
import type { Reading } from "../readings";
import { type Certificate, normalFingerprint } from "../x509/certificate";
import { type Finding, fromFindings, PASS, type Rule, undecided, violatedIf } from "./rule";

/** A certificate of a server of the contact centre. */
export interface ExchangedFacts {
  /** Name in the CCE inventory. */
  fqdn: string;
  kind: CertificateKind;
  certificate: Certificate;
  /** SHA-256 of what the server's port presents now. */
  presented: Reading<string>;
  /** For a DFP certificate that was replaced: whether its binding is valid. */
  binding?: Reading<boolean>;
}

const DAY = 86_400_000;
/** Three years, with the leap day that they may hold. */
const LONGEST = 3 * 365 + 1;
/** `keytool -genkeypair` without -validity. */
const KEYTOOL_DEFAULT = 90;
const CVP_KINDS: readonly CertificateKind[] = ["WSM", "callserver", "vxml"];

export const R16: Rule<Pick<ExchangedFacts, "fqdn" | "certificate">> = {
  id: "R16",
  title: "A certificate names its server as the CCE inventory does",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "UCCE installation guide; PCCE guides 12.5(1) and 12.6(2)",
  comply: "Make it anew with the FQDN of the inventory as its common name, or correct the inventory",
  decide({ fqdn, certificate: { commonName, subjectAlternateNames } }) {
    // VOS nodes put -EC behind the name in the subject of an EC certificate.
    const names = [commonName, commonName.replace(/-EC$/, ""), ...subjectAlternateNames].map((name) => name.toLowerCase());
    return violatedIf(!names.includes(fqdn.toLowerCase()), () => `its certificate is of ${[...new Set([commonName, ...subjectAlternateNames])].join(", ")}`, fqdn);
  },
};

export const R17: Rule<Pick<ExchangedFacts, "fqdn" | "kind" | "certificate">> = {
  id: "R17",
  title: "A CVP certificate names its server in a SAN and is valid as long as was meant",
  severity: "advisory",
  levels: ["V"],
  source: "PCCE guide 12.6(2); CVP 15.0 configuration guide",
  comply: "Make it anew with -ext san=dns:<FQDN> and -validity of at most 1095 days",
  decide({ fqdn, kind, certificate: { subjectAlternateNames, notBefore, notAfter } }) {
    if (!CVP_KINDS.includes(kind)) return PASS;
    const days = Math.round((notAfter.getTime() - notBefore.getTime()) / DAY);
    const findings: Finding[] = [];
    if (!subjectAlternateNames.some((name) => name.toLowerCase() === fqdn.toLowerCase())) findings.push({ where: fqdn, found: `its ${kind} certificate has no SAN ${fqdn}` });
    if (days > LONGEST) findings.push({ where: fqdn, found: `its ${kind} certificate is valid for ${days} days, more than three years` });
    if (days === KEYTOOL_DEFAULT) findings.push({ where: fqdn, found: `its ${kind} certificate is valid for 90 days, keytool's default` });
    return fromFindings(findings);
  },
};

export const R115: Rule<Pick<ExchangedFacts, "fqdn" | "certificate" | "presented"> & { kind: string }> = {
  id: "R115",
  title: "The certificate that is imported is the one that the server presents now",
  severity: "mandatory",
  levels: ["L", "P"],
  source: "Cisco's Contact Center Uploader Tool",
  comply: "Take the certificate from the port again (pulumi refresh)",
  decide({ fqdn, kind, certificate, presented }) {
    if ("unread" in presented) return undecided(presented.unread);
    const now = presented.value;
    return violatedIf(normalFingerprint(now) !== normalFingerprint(certificate.fingerprint), () => `${kind} presents ${now}, declared is ${certificate.fingerprint}`, fqdn);
  },
};

export const R123: Rule<Pick<ExchangedFacts, "fqdn">> = {
  id: "R123",
  title: "Certificates are exchanged by FQDN, never by IP address",
  severity: "mandatory",
  levels: ["V"],
  source: "UCCE installation guide",
  comply: "Write the FQDN of the CCE inventory; an address belongs into `address` or `reach`",
  decide: ({ fqdn }) => violatedIf(!isFqdn(fqdn), () => `"${fqdn}" is no fully qualified domain name`),
};

export const R124: Rule<Pick<ExchangedFacts, "fqdn" | "kind" | "binding">> = {
  id: "R124",
  title: "A new DFP certificate is bound",
  severity: "mandatory",
  levels: ["P"],
  source: "UCCE installation guide",
  comply: "Bind it: DiagFwCertMgr /task:BindCertFromStore /certhash:<thumbprint>, then /task:ValidateCertBinding",
  decide({ fqdn, kind, binding }) {
    if (kind !== "DFP" || binding === undefined) return PASS;
    if ("unread" in binding) return undecided(binding.unread);
    return violatedIf(!binding.value, () => "DiagFwCertMgr /task:ValidateCertBinding does not confirm the binding", fqdn);
  },
};

export const EXCHANGED_RULES: readonly Rule<ExchangedFacts>[] = [R123, R16, R17, R115, R124];
