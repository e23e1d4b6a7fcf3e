// Trust uploads and their order: R32, R34, R37, R82, R137. procedures.md 4.3.
import { PURPOSE_FACTS, type TrustStore } from "../purposes";
import type { Snapshot, TrustEntry } from "../readings";
import { type Certificate, label } from "../x509/certificate";
import { issuersOf, pathTo } from "../x509/chain";
import { coveredReadings, type LiveFacts, perNode, readingsOf } from "./live";
import { type Finding, fromFindings, PASS, type Rule, undecided } from "./rule";

export const R32: Rule<LiveFacts> = {
  id: "R32",
  title: "The whole chain is in the trust store",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731: the identity upload is checked against the trust store",
  comply: "Declare the chain (TrustChain) so that the certificate depends on it, and wait for replication",
  decide(facts) {
    const { certificate, purpose } = facts;
    if (!certificate) return PASS;
    const store = PURPOSE_FACTS[purpose].trustStore;
    return perNode(coveredReadings(facts), (node) => node.snapshot, ({ trusts }) => {
      const present = trusts.filter((entry) => entry.store === store).map((entry) => entry.certificate);
      return pathTo(certificate, present) ? [] : [{ found: `${store} does not hold the whole chain of ${label(certificate)}, issued by ${certificate.issuer}` }];
    });
  },
};

/** One trust certificate against what a node holds. */
export interface TrustUpload {
  certificate: Certificate;
  store: TrustStore;
  snapshots: readonly { fqdn: string; snapshot: Snapshot }[];
}

/** Authorities without a common name (old public roots) are told apart by their whole subject. */
function nameOf({ commonName, subject }: Certificate): string {
  return commonName || subject;
}

/** The entry that an upload would displace: the same common name in the same store, another certificate. */
export function displaced({ certificate, store }: Pick<TrustUpload, "certificate" | "store">, { trusts }: Snapshot): TrustEntry | undefined {
  return trusts.find((entry) => entry.store === store && nameOf(entry.certificate) === nameOf(certificate) && entry.certificate.fingerprint !== certificate.fingerprint);
}

/** What leads to an entry of a store, at any depth and on any node: `tomcat`, or `tomcat on <node>` for another node than `where`. */
function dependents({ store, certificate }: TrustEntry, where: string, { snapshots }: TrustUpload): string[] {
  return snapshots.flatMap(({ fqdn, snapshot }) => {
    const present = [...snapshot.trusts.filter((entry) => entry.store === store).map((entry) => entry.certificate), certificate];
    const leadsHere = (identity: Certificate) => issuersOf(identity, present).some(({ fingerprint }) => fingerprint === certificate.fingerprint);
    return [...snapshot.identities].filter(([, identity]) => leadsHere(identity)).map(([purpose]) => (fqdn === where ? purpose : `${purpose} on ${fqdn}`));
  });
}

/** R34 among certificates that are meant for one store: it could hold one of each common name only. One sentence for each pair. */
export function rivals(wanted: readonly { what: string; certificate: Certificate }[]): string[] {
  return wanted.flatMap(({ what, certificate }, index) =>
    wanted.slice(index + 1).flatMap((other) => {
      const rival = nameOf(certificate) === nameOf(other.certificate) && certificate.fingerprint !== other.certificate.fingerprint;
      return rival ? [`${what} and ${other.what} have the same common name, ${nameOf(certificate)}, and the platform keeps one certificate of each`] : [];
    }),
  );
}

export const R34: Rule<TrustUpload> = {
  id: "R34",
  title: "The platform would store it",
  severity: "mandatory",
  levels: ["L", "P"],
  source: "Cisco security guide 12.5(1)SU3: one entry per subject, the later notBefore wins",
  comply: "Delete the newer entry first if the older one is really wanted",
  decide: (upload) =>
    fromFindings(
      upload.snapshots.flatMap(({ fqdn, snapshot }): Finding[] => {
        const present = displaced(upload, snapshot);
        if (!present || present.certificate.notBefore < upload.certificate.notBefore) return [];
        return [{ where: fqdn, found: `${upload.store} holds a newer certificate of ${upload.certificate.commonName} (serial number ${present.certificate.serialNumber}); the platform silently keeps it` }];
      }),
    ),
};

export const R137: Rule<TrustUpload> = {
  id: "R137",
  title: "No anchor that is needed is displaced",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco security guide 12.5(1)SU3 (one entry per subject)",
  comply: "Replace what that authority issued first",
  acceptable: true,
  decide: (upload) =>
    fromFindings(
      upload.snapshots.flatMap(({ fqdn, snapshot }): Finding[] => {
        const present = displaced(upload, snapshot);
        if (!present || isRenewal(upload.certificate, present.certificate)) return [];
        const needing = dependents(present, fqdn, upload);
        if (needing.length === 0) return [];
        return [{ where: fqdn, found: `it would displace ${upload.store}/${present.fileName}, to which the installed certificate of ${needing.join(", ")} leads` }];
      }),
    ),
};

/** A renewed authority: the same key, a later notBefore. What the old one issued still leads to it. */
function isRenewal(certificate: Certificate, present: Certificate): boolean {
  return certificate.publicKeyFingerprint === present.publicKeyFingerprint && certificate.notBefore > present.notBefore;
}

/** Whether a certificate is this one, or leads to it and has no other path to a root. */
function needs(identity: Certificate, { fingerprint }: Certificate, authorities: readonly Certificate[]): boolean {
  if (identity.fingerprint === fingerprint) return true;
  const others = authorities.filter((one) => one.fingerprint !== fingerprint);
  return issuersOf(identity, authorities).some((one) => one.fingerprint === fingerprint) && !pathTo(identity, others);
}

export const R82: Rule<TrustUpload> = {
  id: "R82",
  title: "An issuer in use is not deleted",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco security guide 12.5(1)SU3 (a broken chain); 215333",
  comply: "Replace what it issued first; until then it is left in place",
  decide: ({ certificate, snapshots }) =>
    fromFindings(
      snapshots.flatMap(({ fqdn, snapshot: { identities, trusts } }): Finding[] => {
        const authorities = trusts.map((entry) => entry.certificate);
        const uses = [...identities].filter(([, identity]) => needs(identity, certificate, authorities));
        return uses.length > 0 ? [{ where: fqdn, found: `${label(certificate)} is needed by the installed certificate of ${uses.map(([purpose]) => purpose).join(", ")}` }] : [];
      }),
    ),
};

/** The displacement rules on every certificate of a chain. */
export function chainRule(rule: Rule<TrustUpload>): Rule<LiveFacts> {
  return {
    ...rule,
    decide({ chain, purpose, nodes, reading }) {
      const store = PURPOSE_FACTS[purpose].trustStore;
      const all = readingsOf(nodes, reading);
      const snapshots = all.flatMap(({ node, snapshot }) => ("value" in snapshot ? [{ fqdn: node.fqdn, snapshot: snapshot.value }] : []));
      const verdicts = chain.map((certificate) => rule.decide({ certificate, store, snapshots }));
      const findings = verdicts.flatMap((verdict) => (verdict.outcome === "violated" ? verdict.findings : []));
      return findings.length > 0 ? fromFindings(findings) : perNode(all, (node) => node.snapshot, () => []);
    },
  };
}

export const R37: Rule<{ reading: Pick<LiveFacts["reading"], "replication">; question: Pick<LiveFacts["question"], "distribution"> }> = {
  id: "R37",
  title: "Database replication is healthy",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 210541: certificates travel by database replication",
  comply: "Repair replication first (utils dbreplication runtimestate must say 2 for every node)",
  decide({ reading: { replication }, question }) {
    if ("unread" in replication) return undecided(replication.unread);
    const severity = question.distribution === "multi-server" ? "mandatory" : "advisory";
    return fromFindings(replication.value.map(({ name, state }) => ({ where: name, found: `database replication is ${state}`, severity })));
  },
};
