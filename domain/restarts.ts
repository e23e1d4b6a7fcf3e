// The restart matrix as data: procedures.md section 2, rows of VOS nodes.
import { CONTACT_CENTER_PRODUCTS, type Product, type Purpose } from "./purposes";
import { isAtLeast } from "./releases";

/** On which nodes of a cluster a step restarts its service. */
export type Where = "every node" | "CUCM nodes" | "CUCM publisher" | "IM and Presence nodes" | "Unity Connection nodes" | "Unity Connection publisher";

/** What a certificate serves beside browsers; see `uses`. */
export const USES = ["sip-oauth", "ldap-client", "mutual-tls"] as const;
export type Use = (typeof USES)[number];

/**
 * How the steps of a row follow each other.
 * - `node by node`: all such steps of a node before the next node.
 * - `service by service`: the service on every node before the next service.
 */
export type Rhythm = "node by node" | "service by service";

/** One service to restart. */
export interface RestartStep {
  service: string;
  where: Where;
  rhythm: Rhythm;
  /** Declared for every node of `where` and skipped where the service is not active (R48, R51). */
  onlyWhereActive: boolean;
  /** Only when the certificate is declared to serve this. */
  onlyFor?: Use;
  /** Port 8443 serves the new certificate only after this restart (HAProxy restarts with it). */
  fronts: boolean;
  /** What users miss on this node while it restarts; empty for nothing. */
  notice: string;
  /** Usual minutes on a real node. */
  minutes: number;
  source: string;
}

/** One row of the matrix. */
export interface RestartRow {
  purposes: readonly Purpose[];
  product: Product;
  /** First release to which the row applies; the row with the latest fitting one counts. */
  from: string;
  steps: readonly RestartStep[];
  /** Services of the short list, where a release note asks for no more (R53). All steps are the default. */
  shortList?: readonly string[];
}

const S = "procedures.md section 2";
const step = (service: string, where: Where, rhythm: Rhythm, rest: Partial<RestartStep> = {}): RestartStep => ({
  service,
  where,
  rhythm,
  onlyWhereActive: false,
  fronts: service === "Cisco Tomcat",
  notice: "",
  minutes: 1,
  source: S,
  ...rest,
});

const WEB_GONE = "web pages, Jabber log-in, phone services";
const family = { rhythm: "node by node" } as const;

const TOMCAT_FAMILY: RestartStep[] = [
  step("Cisco Tomcat", "every node", family.rhythm, { notice: WEB_GONE, minutes: 6, source: `${S}, tomcat RSA (CUCM 14+), decided; R43, R46` }),
  step("Cisco UDS Tomcat", "CUCM nodes", family.rhythm, { onlyWhereActive: true, notice: "Jabber contact search, self care", minutes: 2 }),
  step("Cisco AXL Tomcat", "CUCM nodes", family.rhythm, { onlyWhereActive: true, notice: "AXL clients", minutes: 2 }),
  step("Cisco SSOSP Tomcat", "every node", family.rhythm, { onlyWhereActive: true, minutes: 2, source: `${S}, wherever it is STARTED` }),
];
const DRF: RestartStep[] = [
  step("Cisco DRF Master", "CUCM publisher", "service by service", { onlyWhereActive: true, source: `${S}; R79` }),
  step("Cisco DRF Local", "every node", "service by service", { onlyWhereActive: true }),
];
const TFTP = step("Cisco Tftp", "CUCM nodes", "service by service", { onlyWhereActive: true, notice: "phones that start up wait", minutes: 2, source: `${S}; R52` });
const SIP_OAUTH = step("Cisco CallManager", "CUCM nodes", "service by service", {
  onlyWhereActive: true,
  onlyFor: "sip-oauth",
  notice: "phones move to another node",
  minutes: 5,
  source: `${S}; R13`,
});

const cup = (purposes: Purpose[], ...steps: RestartStep[]): RestartRow => ({ purposes, product: "IM and Presence", from: "8", steps });
const presence = (service: string, notice: string, onlyWhereActive = false) => step(service, "IM and Presence nodes", "service by service", { notice, onlyWhereActive, minutes: 5, source: `${S}; R44` });
const unity = (service: string, notice = "") => step(service, "Unity Connection nodes", "node by node", { notice, minutes: service === "Cisco Tomcat" ? 6 : 2, source: `${S}; R128` });

const UNITY_TOMCAT = [
  unity("Cisco Tomcat", WEB_GONE),
  ...["Connection IMAP Server", "Cisco DirSync", "Connection Jetty", "Connection SMTP", "Connection Conversation Manager"].map((name) => ({ ...unity(name), onlyWhereActive: true })),
];

/** Live Data and CUIC: after a new certificate the page of Live Data is served by an NGINX of its own. */
const NGINX = step("CCE Live Data NGINX Service", "every node", "node by node", { onlyWhereActive: true, notice: "Live Data reports", minutes: 2, source: `${S}; Cisco PCCE 12.5, Live Data certificates` });
const VVB_ENGINE = step("Cisco VVB Engine", "every node", "node by node", { notice: "calls on this VVB", minutes: 5, source: `${S}; Cisco CVP 15.0 configuration guide` });
const contactCenter = (product: (typeof CONTACT_CENTER_PRODUCTS)[number], notice: string, ...more: RestartStep[]): RestartRow => ({
  purposes: ["tomcat", "tomcat-ECDSA"],
  product,
  from: "11.5",
  steps: [step("Cisco Tomcat", "every node", "node by node", { notice, minutes: 6 }), ...more],
});
const ROUTER = presence("Cisco XCP Router", "presence and chat");

/** On the nodes that serve phones: where active, service by service. */
const phones = (service: string, notice: string, minutes = 1, where: Where = "CUCM nodes") => step(service, where, "service by service", { onlyWhereActive: true, notice, minutes, source: `${S}; procedures.md 6, point 8` });
const CALL_MANAGER = phones("Cisco CallManager", "phones move to another node", 5);
const TVS = phones("Cisco Trust Verification Service", "phones cannot ask whom to trust");
const HAPROXY = phones("Cisco HAProxy", "web pages and downloads of phones, for a moment");
/** Tftp first: it serves the new CTL and ITL before CallManager makes the phones come back. */
const PHONE_SERVICES = [TFTP, CALL_MANAGER, phones("Cisco CTIManager", "CTI applications, and the phones that they control", 2), TVS, HAPROXY];
const cucm = (purposes: Purpose[], from: string, steps: readonly RestartStep[], shortList?: readonly string[]): RestartRow => ({ purposes, product: "CUCM", from, steps, ...(shortList && { shortList }) });

/** Services of the nodes that a CTL file names: restarted, they show phones the new certificate, or give them the file (R57). */
export const CTL_SERVICES: readonly string[] = [TFTP.service, CALL_MANAGER.service];

export const RESTART_MATRIX: readonly RestartRow[] = [
  {
    purposes: ["tomcat"],
    product: "CUCM",
    from: "8",
    steps: [step("Cisco Tomcat", "every node", "node by node", { notice: WEB_GONE, minutes: 6, source: `${S}, tomcat RSA (CUCM, up to 12.5)` }), TFTP, SIP_OAUTH],
  },
  { purposes: ["tomcat"], product: "CUCM", from: "14", steps: [...TOMCAT_FAMILY, ...DRF, TFTP, SIP_OAUTH] },
  {
    purposes: ["tomcat-ECDSA"],
    product: "CUCM",
    from: "11.5",
    steps: [step("Cisco Tomcat", "every node", "node by node", { notice: WEB_GONE, minutes: 6, source: `${S}, tomcat RSA (CUCM, up to 12.5); assumed for ECDSA` })],
  },
  { purposes: ["tomcat-ECDSA"], product: "CUCM", from: "14", steps: [...TOMCAT_FAMILY.filter(({ service }) => service !== "Cisco SSOSP Tomcat"), ...DRF] },
  { purposes: ["ipsec"], product: "CUCM", from: "8", steps: DRF },
  cucm(["CallManager"], "8", PHONE_SERVICES),
  cucm(["CallManager"], "14SU1", PHONE_SERVICES, ["Cisco HAProxy"]),
  cucm(["CallManager-ECDSA"], "11.0", PHONE_SERVICES),
  cucm(["CallManager-ECDSA"], "14SU1", [CALL_MANAGER, HAPROXY]),
  cucm(["CAPF"], "8", [phones("Cisco Certificate Authority Proxy Function", "no LSC is issued", 1, "CUCM publisher"), TVS, TFTP]),
  cucm(["TVS"], "8", [TVS, TFTP]),
  cucm(["ITLRecovery"], "10.0", [TVS, TFTP]),
  cup(["cup", "cup-ECDSA"], presence("Cisco SIP Proxy", "federation, presence from CUCM"), presence("Cisco Presence Engine", "presence, up to 30 minutes"), presence("Cisco XCP SIP Federation Connection Manager", "SIP federation", true)),
  cup(["cup-xmpp", "cup-xmpp-ECDSA"], ROUTER),
  cup(["cup-xmpp-s2s", "cup-xmpp-s2s-ECDSA"], ROUTER, presence("Cisco XCP XMPP Federation Connection Manager", "XMPP federation", true)),
  { purposes: ["tomcat", "tomcat-ECDSA"], product: "Unity Connection", from: "10.5", steps: UNITY_TOMCAT },
  { purposes: ["ipsec"], product: "Unity Connection", from: "10.5", steps: [step("Cisco DRF Master", "Unity Connection publisher", "service by service", { onlyWhereActive: true }), step("Cisco DRF Local", "Unity Connection nodes", "service by service", { onlyWhereActive: true })] },
  contactCenter("Finesse", "agents' desktops on this side", step("Cisco Finesse Tomcat", "every node", "node by node", { notice: "agents' desktops on this side", minutes: 4, source: `${S}; Cisco PCCE 12.5, Live Data certificates` })),
  contactCenter("CUIC", "reports", NGINX),
  contactCenter("Live Data", "Live Data reports", NGINX),
  contactCenter("IdS", "log-ins of agents"),
  contactCenter("Cloud Connect", "cloud services of the contact centre"),
  contactCenter("VVB", "calls on this VVB", VVB_ENGINE),
];

/** After SSO was switched on again, node by node: Tomcat and UDS Tomcat once more (Cisco 225746). */
export const SSO_ROUND: readonly RestartStep[] = TOMCAT_FAMILY.filter(({ service }) => service === "Cisco Tomcat" || service === "Cisco UDS Tomcat").map((one) => ({ ...one, fronts: false, source: `${S}; Cisco 225746` }));

/** Services that Control Center refuses or that would kill it: restarted by CLI only (R46; platform-interfaces.md 2.3). */
export const CLI_ONLY_SERVICES: readonly string[] = ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat", "Cisco HAProxy", "A Cisco DB", "Cisco Finesse Tomcat", "CCE Live Data NGINX Service", "Cisco VVB Engine"];

/** The row for a purpose on a product at a release; undefined where the matrix has none. */
export function restartRow(purpose: Purpose, product: Product, release: string): RestartRow | undefined {
  const fitting = RESTART_MATRIX.filter((row) => row.product === product && row.purposes.includes(purpose) && isAtLeast(release, row.from));
  return fitting.reduce<RestartRow | undefined>((best, row) => (best && isAtLeast(best.from, row.from) ? best : row), undefined);
}

/** Which restarts of a CallManager certificate are wanted. */
export interface PhoneRestarts {
  /** `"short"`: only what the release note asks for (R53). Default: all of the row. */
  list?: "long" | "short";
  /** Where Cisco Tftp comes: first (Cisco 118731, the default), or after TVS (Cisco 214231). */
  tftp?: "first" | "after TVS";
}

/**
 * The steps of a row as chosen.
 * @throws when a short list is wanted and the row has none.
 */
export function chosenSteps({ purposes, product, from, steps, shortList }: RestartRow, { list = "long", tftp = "first" }: PhoneRestarts = {}): readonly RestartStep[] {
  if (list === "short" && !shortList) throw new Error(`the row of ${purposes.join(", ")} on ${product} from release ${from} has no short list of restarts (R53): CallManager has one from 14SU1`);
  const wanted = list === "short" ? steps.filter(({ service }) => shortList!.includes(service)) : steps;
  const at = wanted.findIndex(({ service }) => service === TVS.service);
  if (tftp === "first" || at < 0) return wanted;
  const rest = (some: readonly RestartStep[]) => some.filter(({ service }) => service !== TFTP.service);
  return [...rest(wanted.slice(0, at + 1)), ...wanted.filter(({ service }) => service === TFTP.service), ...rest(wanted.slice(at + 1))];
}
