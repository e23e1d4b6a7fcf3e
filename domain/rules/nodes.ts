// What must be true of the nodes before anything is written: R3, R8, R28, R64, R131, R135 and our own U1–U5, U7. procedures.md 4.
import type { Purpose } from "../purposes";
import type { Snapshot } from "../readings";
import { couldBe } from "../releases";
import { coveredReadings, type LiveFacts, perNode, readingsOf } from "./live";
import { type Finding, fromFindings, PASS, type Rule, undecided, violatedIf } from "./rule";

const OWN = "pulumi-uccerts, docs/rules.md";
const DAY = 86_400_000;

export const U1: Rule<LiveFacts> = {
  id: "U1",
  title: "Every node answers and accepts the log-in",
  severity: "mandatory",
  levels: ["L"],
  source: OWN,
  comply: "Bring the node back, or correct its connection",
  decide: ({ reading, nodes }) =>
    fromFindings(
      readingsOf(nodes, reading).flatMap(({ node, snapshot, services, version }) => {
        const answers: [string, object][] = [["certificate REST", snapshot], ["Control Center", services], ["platform CLI", version]];
        return answers.flatMap(([what, answer]) => ("unread" in answer ? [{ where: node.fqdn, found: `${what}: ${String(answer.unread)}` }] : []));
      }),
    ),
};

export const U2: Rule<LiveFacts> = {
  id: "U2",
  title: "The disk has room",
  severity: "mandatory",
  levels: ["L"],
  source: OWN,
  comply: "Free space on the partition (RTMT, log partition monitoring) first",
  decide: ({ reading, limits }) =>
    perNode(reading.nodes, (node) => node.diskUsed, (partitions) =>
      Object.entries(partitions).filter(([, used]) => used >= limits.diskPercent).map(([name, used]) => ({ found: `Disk/${name} is ${used}% full` })),
    ),
};

export const U3: Rule<LiveFacts> = {
  id: "U3",
  title: "The node runs the release that is declared",
  severity: "mandatory",
  levels: ["L"],
  source: OWN,
  comply: "Correct `release` in the program: restarts and transports depend on it",
  decide: ({ reading, release }) => perNode(reading.nodes, (node) => node.version, (version) => (couldBe(version, release) ? [] : [{ found: `the node runs ${version}, declared is ${release}` }])),
};

export const U4: Rule<LiveFacts> = {
  id: "U4",
  title: "No backup is running",
  severity: "mandatory",
  levels: ["L"],
  source: OWN,
  comply: "Wait for it to end",
  decide({ reading: { backupRunning } }) {
    if ("unread" in backupRunning) return undecided(backupRunning.unread);
    return violatedIf(backupRunning.value, () => "a backup is running");
  },
};

export const U5: Rule<LiveFacts> = {
  id: "U5",
  title: "The connection accepts the new certificate",
  severity: "mandatory",
  levels: ["L"],
  source: OWN,
  comply: "Add the new chain's root to tls.ca of the connection (or the certificate to tls.fingerprints), else the next run is locked out",
  decide({ connectionAccepts, certificate }) {
    return violatedIf(connectionAccepts === false, () => `the connection's tls settings would refuse ${certificate?.commonName ?? "it"} (SHA-256 ${certificate?.fingerprint ?? ""})`);
  },
};

export const R3: Rule<LiveFacts> = {
  id: "R3",
  title: "No expired certificate lies in a trust store",
  severity: "advisory",
  levels: ["L"],
  source: "Cisco security guide 14; 215333",
  comply: "Delete it",
  decide: ({ reading, now }) =>
    perNode(reading.nodes, (node) => node.snapshot, ({ trusts }) =>
      trusts.filter(({ certificate }) => certificate.notAfter <= now).map(({ store, fileName }) => ({ found: `${store}/${fileName} has expired` })),
    ),
};

export const R8: Rule<LiveFacts> = {
  id: "R8",
  title: "A FIPS cluster asks with SHA256",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco security guide 12.5(1)SU3",
  comply: 'Write hashAlgorithm "SHA256"',
  decide: ({ reading, question }) =>
    perNode(reading.nodes, (node) => node.fips, (fips) => (fips && question.hashAlgorithm !== "SHA256" ? [{ found: `FIPS mode is on and the request asks for ${question.hashAlgorithm}` }] : [])),
};

export const R28: Rule<LiveFacts> = {
  id: "R28",
  title: "Every name resolves on the nodes",
  severity: "mandatory",
  levels: ["L"],
  source: "IM and Presence guide 11.5 (the Cisco Sync Agent does not start otherwise)",
  comply: "Correct DNS",
  decide: ({ reading }) => perNode(reading.nodes, (node) => node.unresolved, (names) => names.map((name) => ({ found: `the node cannot resolve ${name}` }))),
};

export const R64: Rule<LiveFacts> = {
  id: "R64",
  title: "A good backup exists",
  severity: "mandatory",
  levels: ["L", "P"],
  source: "Cisco security guide 12.5(1)SU3; the platform's own message after an upload",
  comply: "Take a backup (Disaster Recovery System)",
  acceptable: true,
  decide({ reading: { lastBackup }, limits: { backupDays }, now }) {
    if ("unread" in lastBackup) return undecided(lastBackup.unread);
    if (!lastBackup.value) return fromFindings([{ found: "no backup has succeeded" }]);
    const made = lastBackup.value;
    return violatedIf(now.getTime() - made.getTime() > backupDays * DAY, () => `the last good backup is of ${made.toISOString()}, more than ${backupDays} days ago`);
  },
};

/** With certificate reuse the node lists no CallManager certificate, or the same one (platform-interfaces.md 7.6). */
function reused(purpose: Purpose, { identities }: Snapshot): boolean {
  const [own, callManager] = [identities.get(purpose), identities.get(purpose.replace("tomcat", "CallManager"))];
  return own !== undefined && (!callManager || callManager.fingerprint === own.fingerprint);
}

export const U7: Rule<LiveFacts> = {
  id: "U7",
  title: "Whether a tomcat certificate is also that of CallManager is declared",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 221070 (with certificate reuse a tomcat renewal is a CallManager renewal: CTL, HAProxy, phones reset)",
  comply: "Have reusedFor of the certificate say what the cluster does: the plan looks after phones only then",
  decide({ reading, purpose, reusedFor }) {
    if (!purpose.startsWith("tomcat")) return PASS;
    const callManagers = reading.nodes.filter(({ node }) => node.product === "CUCM");
    const line = `reusedFor: "${purpose.replace("tomcat", "CallManager")}"`;
    return perNode(callManagers, (node) => node.snapshot, (snapshot): Finding[] => {
      if (reused(purpose, snapshot) === (reusedFor !== undefined)) return [];
      return [{ found: reusedFor ? `the program says ${line}, and CallManager has a certificate of its own: leave the line out` : `the ${purpose} certificate is also that of CallManager (certificate reuse), and the program does not say so: add ${line}` }];
    });
  },
};

/** Services without which a certificate does not reach a node (R131). */
export const REQUIRED_SERVICES = ["Cisco Tomcat", "Platform Administrative Web Service"];

export const R131: Rule<LiveFacts> = {
  id: "R131",
  title: "The services that distribute certificates run",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731",
  comply: "Start the service (Cisco Unified Serviceability, or: utils service start <name>)",
  decide: (facts) =>
    perNode(coveredReadings(facts), (node) => node.services, (services) =>
      REQUIRED_SERVICES.flatMap((name): Finding[] => {
        const service = services.find((one) => one.name === name);
        return service?.state === "Started" ? [] : [{ found: `${name} is ${service ? `${service.state}${service.reason ? ` (${service.reason})` : ""}` : "missing"}` }];
      }),
    ),
};

/** Beyond this much, milliseconds, validity and the order of events are misjudged: AD CS backdates its certificates by as much. */
const SERIOUS_SKEW = 10 * 60_000;

export const R135: Rule<LiveFacts> = {
  id: "R135",
  title: "The clocks agree",
  severity: "advisory",
  levels: ["L"],
  source: "procedures.md R135 (a certificate can be not yet valid on one node)",
  comply: "Correct NTP on the node, or the clock of this machine",
  decide(facts) {
    const { reading, limits } = facts;
    const skew = perNode(reading.nodes, (node) => node.clockAhead, (ahead) =>
      Math.abs(ahead) > limits.clockSkew
        ? [{ found: `its clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? "ahead of" : "behind"} this machine's`, severity: Math.abs(ahead) > SERIOUS_SKEW ? "mandatory" : "advisory" }]
        : [],
    );
    const ntp = perNode(reading.nodes, (node) => node.ntpSynchronised, (good) => (good ? [] : [{ found: "NTP is not synchronised" }]));
    const findings = [skew, ntp].flatMap((verdict) => (verdict.outcome === "violated" ? verdict.findings : []));
    if (findings.length > 0) return fromFindings(findings);
    return [skew, ntp].find((verdict) => verdict.outcome === "undecided") ?? PASS;
  },
};
