// What a person hands over as certificates: R15, R31. procedures.md 4.1, 4.3.
import { type CertificateSource, readCertificates } from "../x509/bundle";
import { type Chain, sortChain } from "../x509/chain";
import { PASS, type Rule, violatedIf } from "./rule";

export const R15: Rule<CertificateSource> = {
  id: "R15",
  title: "Certificates are PEM, DER or PKCS#7",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco 118731 (certchain.p7b); security guide 12.5(1)SU3",
  comply: "Hand over the file as the authority gave it (PEM, DER or PKCS#7)",
  decide: (source) => attempt(() => readCertificates(source)),
};

export const R31: Rule<CertificateSource> = {
  id: "R31",
  title: "The chain is whole: root, then each intermediate from the top",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731; security guide 12.5(1)SU3",
  comply: "Add the missing certificate; the order does not matter, it is sorted",
  decide: (source) => attempt(() => sortChain(readCertificates(source))),
};

function attempt(work: () => unknown): ReturnType<Rule<CertificateSource>["decide"]> {
  try {
    work();
    return PASS;
  } catch (error) {
    return violatedIf(true, () => (error instanceof Error ? error.message : String(error)));
  }
}

/** The chain of a source, root first. @throws with the rule's words when it is none. */
export function readChain(source: CertificateSource): Chain {
  for (const rule of [R15, R31]) {
    const verdict = rule.decide(source);
    if (verdict.outcome === "violated") throw new Error(`${rule.id} ${verdict.findings[0]!.found}. ${rule.comply}`);
  }
  return sortChain(readCertificates(source));
}
