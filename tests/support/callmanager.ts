// Scenarios A3 and A4 as tests start from them: one publisher, two subscribers, and an IM and Presence node whose name no CallManager certificate holds.
import type { EstateDescription, HistoryEntry, Lab } from "../../lab";
import { Cluster } from "../../sdk/topology";

export const PUB = "cs-ccm-pub.example.com";
export const SUB1 = "cs-ccm-sub1.example.com";
export const SUB2 = "cs-ccm-sub2.example.com";
export const IMP = "cs-imp.example.com";

/** The cluster, as resources take it. */
export const HQ = new Cluster("hq", {
  release: "15",
  nodes: [
    { fqdn: PUB, product: "CUCM", role: "publisher" },
    { fqdn: SUB1, product: "CUCM", role: "subscriber" },
    { fqdn: SUB2, product: "CUCM", role: "subscriber" },
    { fqdn: IMP, product: "IM and Presence", role: "publisher" },
  ],
});

/** Phones of the cluster; all of them are registered. */
export const PHONES = 30;

export type ClusterOptions = Partial<EstateDescription["clusters"][number]>;

/** Cisco Tftp runs on the publisher and the first subscriber, Cisco CTIManager not on the second. */
export function estate(cluster: ClusterOptions = {}, more: Partial<EstateDescription> = {}): EstateDescription {
  return {
    name: "callmanager",
    clusters: [
      {
        name: "hq",
        nodes: [
          { fqdn: PUB, product: "CUCM", role: "publisher" },
          { fqdn: SUB1, product: "CUCM", role: "subscriber", services: { "Cisco Tftp": "started" } },
          { fqdn: SUB2, product: "CUCM", role: "subscriber", services: { "Cisco CTIManager": "not activated" } },
          { fqdn: IMP, product: "IM and Presence", role: "publisher" },
        ],
        phones: { count: PHONES },
        ...cluster,
      },
    ],
    authorities: [{ name: "ca", fqdn: "pki.example.com" }],
    ...more,
  };
}

const pad = (number: number) => String(number).padStart(2, "0");
const time = (minutes: number) => {
  const date = new Date(Date.now() + minutes * 60_000);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
};

/** Windows in UTC, as an argument of Cluster. */
export const OPEN = () => `maintenanceWindow: { from: "${time(-60)}", to: "${time(240)}", timeZone: "UTC" },`;
export const CLOSED = () => `maintenanceWindow: { from: "${time(120)}", to: "${time(180)}", timeZone: "UTC" },`;

/** The cluster, as JavaScript text; `more` are further members of its arguments. */
export function cluster(more = OPEN(), release = "15"): string {
  return `const hq = new uccerts.Cluster("hq", { release: "${release}", nodes: [
    { fqdn: "${PUB}", product: "CUCM", role: "publisher" },
    { fqdn: "${SUB1}", product: "CUCM", role: "subscriber" },
    { fqdn: "${SUB2}", product: "CUCM", role: "subscriber" },
    { fqdn: "${IMP}", product: "IM and Presence", role: "publisher" },
  ], ${more} });`;
}

/** The certificate, signed by the lab's AD CS; `more` are further members of its arguments. */
export function certificate(more = ""): string {
  return `const callManager = new uccerts.MultiServerCertificate("callmanager", { cluster: hq, purpose: "CallManager", chain: await live.getAuthorityChain("ca"),
    authority: { connection: "ca", template: "WebServerClient" }, ${more} });`;
}

/** Both key types, each asked for by itself, in one rollout. */
export function both(clusterArgs = OPEN()): string {
  const one = (name: string, purpose: string) => `const ${name} = new uccerts.MultiServerCertificate("${name}", { cluster: hq, purpose: "${purpose}", chain, authority: { connection: "ca", template: "WebServerClient" }, rollout: false });`;
  return `${cluster(clusterArgs)}\nconst chain = await live.getAuthorityChain("ca");\n${one("rsa", "CallManager")}\n${one("ec", "CallManager-ECDSA")}\nnew uccerts.Rollout("both", { cluster: hq, changes: [rsa, ec], phones: { reset: true } });`;
}

export function program(certificateArgs = "", clusterArgs = OPEN()): string {
  return `${cluster(clusterArgs)}\n${certificate(certificateArgs)}\nreturn { fingerprint: callManager.fingerprint, nodes: callManager.nodes };`;
}

/** What was done to the devices since a mark of the history, beside what is replicated. */
export function deeds(lab: Lab, since = 0): HistoryEntry[] {
  return lab.history.since(since).filter(({ interface: at, action }) => at === "platform" && /^(generate CSR|install|store trust|delete trust|regenerate|restart|stop|start|update CTL|reset) ?/.test(action));
}

/** `cs-ccm-pub: restart Cisco Tomcat`, in order. */
export function lines(entries: readonly HistoryEntry[]): string[] {
  return entries.map(({ node, action }) => `${node.split(".")[0]}: ${action}`);
}

/** Uploads, CTL updates and restarts in their order. */
export function story(lab: Lab, since = 0): string[] {
  return lines(deeds(lab, since).filter(({ action }) => /^(install|update CTL|restart)/.test(action)));
}

/** TFTP first, then CallManager, CTIManager, TVS and HAProxy, where active, publisher first (procedures.md 6, point 8). */
export const RESTARTS = [
  "cs-ccm-pub: restart Cisco Tftp",
  "cs-ccm-sub1: restart Cisco Tftp",
  "cs-ccm-pub: restart Cisco CallManager",
  "cs-ccm-sub1: restart Cisco CallManager",
  "cs-ccm-sub2: restart Cisco CallManager",
  "cs-ccm-pub: restart Cisco CTIManager",
  "cs-ccm-sub1: restart Cisco CTIManager",
  "cs-ccm-pub: restart Cisco Trust Verification Service",
  "cs-ccm-sub1: restart Cisco Trust Verification Service",
  "cs-ccm-sub2: restart Cisco Trust Verification Service",
  "cs-ccm-pub: restart Cisco HAProxy",
  "cs-ccm-sub1: restart Cisco HAProxy",
  "cs-ccm-sub2: restart Cisco HAProxy",
];

export const INSTALLS = ["cs-ccm-pub: install CallManager", "cs-ccm-sub1: install CallManager", "cs-ccm-sub2: install CallManager"];

/** The fingerprints of the CallManager certificates that are installed. */
export function installed(lab: Lab): Set<string> {
  return new Set([PUB, SUB1, SUB2].map((fqdn) => lab.node(fqdn).store.identities.get("CallManager")!.certificate.parsed.fingerprint256));
}
