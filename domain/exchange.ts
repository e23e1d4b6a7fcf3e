// The exchange matrix of a contact centre as data: which certificate of whom goes into which store of whom, and what is restarted for it.
// procedures.md 1.5 (the procedure of Cisco 215445), 3.1 (where certificates come from), 3.2 (who needs what).
import type { HostName, PrivateKeyAlias, Side, WindowsProduct, WindowsService } from "./hosts";
import type { NodeName, Product, Role } from "./purposes";
import type { StoreName } from "./stores";

export const DEPLOYMENTS = ["UCCE", "PCCE"] as const;
/** PCCE: Packaged CCE, whose AWs and CVP servers trust more. */
export type Deployment = (typeof DEPLOYMENTS)[number];
export const OTHER_PRODUCTS = ["ECE", "CCP"] as const;

/** A server whose certificate is only looked at: ECE's web server, Customer Collaboration Platform. */
export interface OtherServer {
  fqdn: string;
  product: (typeof OTHER_PRODUCTS)[number];
}

export interface SolutionHost extends HostName {
  side: Side;
  release: string;
}

export interface SolutionNode extends NodeName {
  cluster: string;
  release: string;
  /** Whether its trust store can be written: it has a connection of its own. */
  writable: boolean;
}

/** A contact centre, as far as the matrix asks. */
export interface Solution {
  deployment: Deployment;
  hosts: readonly SolutionHost[];
  nodes: readonly SolutionNode[];
  others: readonly OtherServer[];
}

export type MemberProduct = WindowsProduct | Product | OtherServer["product"];

export const CERTIFICATE_KINDS = ["IIS", "DFP", "tomcat", "ECE", "WSM", "callserver", "vxml", "CTI"] as const;
/** IIS 443; DFP: Diagnostic Framework Portico; WSM, callserver, vxml: private-key entries of CVP; CTI: host.pem of a PG. */
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** One row of 3.1: where a certificate is found, and under which alias it is imported. */
export interface OwnedCertificate {
  kind: CertificateKind;
  owners: readonly MemberProduct[];
  /** The port that serves it. */
  port?: number;
  /** The private-key entry of the owner's CVP keystore that it belongs to. */
  keystoreAlias?: PrivateKeyAlias;
  /** The file, where neither a port nor a keystore shows it. */
  file?: string;
  /** Comes after the owner's FQDN in the importer's alias (R112). */
  suffix: string;
  source: string;
}

const CCE = ["Router", "Logger", "Rogger", "Peripheral Gateway", "AW"] as const;
const CORE = ["Router", "Logger", "Rogger"] as const;
const S4 = "Cisco 215445";
const UCCE_GUIDE = "Cisco UCCE installation and upgrade guide, Certificates for UCCE Web Administration";
const PCCE_126 = "Cisco PCCE guide 12.6(2), Security Certificates";
const PCCE_125 = "Cisco PCCE guide 12.5(1), Security Certificates";
const CVP_GUIDE = "Cisco CVP 15.0 configuration guide, Security";
const LIVE_DATA = "Cisco PCCE 12.5, Live Data certificates";
const CCE_SECURITY = "Cisco CCE security guide, certificate management";

export const OWNED_CERTIFICATES: readonly OwnedCertificate[] = [
  { kind: "IIS", owners: CCE, port: 443, suffix: "_IIS", source: S4 },
  { kind: "DFP", owners: CCE, port: 7890, suffix: "_DFP", source: S4 },
  { kind: "tomcat", owners: ["Finesse", "CUIC", "Live Data", "IdS", "Cloud Connect", "VVB", "CUCM", "CCP"], port: 8443, suffix: "", source: S4 },
  { kind: "ECE", owners: ["ECE"], port: 443, suffix: "", source: PCCE_126 },
  { kind: "WSM", owners: ["CVP OAMP", "CVP Server", "CVP Reporting"], port: 8111, keystoreAlias: "wsm_certificate", suffix: "_wsm", source: `${S4}; ${PCCE_126}` },
  { kind: "callserver", owners: ["CVP Server", "CVP Reporting"], keystoreAlias: "callserver_certificate", suffix: "_callserver", source: CVP_GUIDE },
  { kind: "vxml", owners: ["CVP Server"], keystoreAlias: "vxml_certificate", suffix: "_vxml", source: CVP_GUIDE },
  { kind: "CTI", owners: ["Peripheral Gateway"], file: "C:\\icm\\ssl\\certs\\host.pem", suffix: "_icm", source: CCE_SECURITY },
];

export const SECURE_LINKS = ["CVP and VVB by SIP", "CVP and VVB by HTTPS", "CVP and PG", "Finesse and PG", "courtesy callback"] as const;
/** A connection that is encrypted only where somebody has decided so. */
export type SecureLink = (typeof SECURE_LINKS)[number];

/** `server`: the whole Windows server; `node`: `utils system restart`; else a service. */
export type Restart = "server" | "node" | WindowsService | VosService | "PG services";
export type VosService = "Cisco Tomcat" | "Cisco Finesse Tomcat" | "Cisco VVB Engine";

/** A Java keystore of a Windows host, a trust store of a VOS cluster, or the certificate store of Windows itself. */
export type ExchangeStore = StoreName | "tomcat-trust" | "Windows machine store";

/** What is imported by itself, because other services are restarted for it: a renewal of one part leaves the others alone. */
export type ExchangePart = "WSM" | "VVB" | "endpoints";

/** One row of 3.2. */
export interface ExchangeRow {
  importers: readonly (WindowsProduct | Product)[];
  owners: readonly MemberProduct[];
  kinds: readonly CertificateKind[];
  store: ExchangeStore;
  restarts: readonly Restart[];
  /** Default: the main part of its store. A certificate never moves from one part to another, whatever is declared. */
  part?: ExchangePart;
  /** Only in this deployment. */
  deployment?: Deployment;
  /** Only where this connection is declared to be encrypted. */
  link?: SecureLink;
  /** Only owners of this role. */
  role?: Role;
  /** Releases of the importer: from this one on, or before it. */
  from?: string;
  before?: string;
  /** Why a person does it. */
  byHand?: string;
  /** Rules that demand it. */
  rules: readonly string[];
  source: string;
}

const CTI_FILE = "host.pem lies on the PG alone: copy it and import it";
const CERT_UTIL = "into the certificate store of Windows by CiscoCertUtil /install";
const tomcatTrust = { store: "tomcat-trust", rules: ["R125"], source: LIVE_DATA } as const;
const toCvp = { store: "CVP keystore", restarts: ["server"], rules: ["R110"], source: S4 } as const;

export const EXCHANGE_MATRIX: readonly ExchangeRow[] = [
  { importers: ["AW"], owners: CCE, kinds: ["IIS", "DFP"], store: "truststore", restarts: ["Apache Tomcat"], rules: ["R107"], source: `${S4}; ${UCCE_GUIDE}` },
  { importers: ["AW"], owners: ["Finesse", "CUIC", "Live Data", "IdS", "Cloud Connect", "CCP"], kinds: ["tomcat"], store: "truststore", restarts: ["Apache Tomcat"], rules: ["R109"], source: `${S4}; ${UCCE_GUIDE}` },
  { importers: ["AW"], owners: ["CUCM", "VVB"], kinds: ["tomcat"], store: "truststore", restarts: ["Apache Tomcat"], deployment: "PCCE", rules: ["R109"], source: PCCE_126 },
  { importers: ["AW"], owners: ["ECE"], kinds: ["ECE"], store: "truststore", restarts: ["Apache Tomcat"], rules: [], source: PCCE_126 },
  { importers: ["AW"], owners: ["CVP Server", "CVP Reporting"], kinds: ["WSM"], store: "truststore", restarts: ["Apache Tomcat"], part: "WSM", deployment: "PCCE", before: "12.6(2)", rules: [], source: PCCE_125 },
  { importers: ["AW"], owners: ["CVP Server", "CVP Reporting"], kinds: ["WSM"], store: "truststore", restarts: ["server"], part: "WSM", deployment: "PCCE", from: "12.6(2)", rules: [], source: PCCE_126 },
  { importers: ["AW"], owners: ["CVP Server", "CVP Reporting"], kinds: ["WSM"], store: "Java truststore", restarts: ["server"], part: "WSM", deployment: "PCCE", from: "12.6(2)", rules: [], source: PCCE_126 },
  { importers: [...CORE, "Peripheral Gateway"], owners: ["AW"], kinds: ["IIS"], store: "truststore", restarts: ["Apache Tomcat"], rules: ["R108"], source: `${S4}; ${UCCE_GUIDE}` },
  { importers: ["Peripheral Gateway"], owners: ["CUCM"], kinds: ["tomcat"], store: "truststore", restarts: ["Apache Tomcat"], deployment: "PCCE", role: "publisher", rules: [], source: PCCE_126 },
  { importers: ["CVP OAMP"], owners: ["CVP Server", "CVP Reporting"], kinds: ["WSM"], ...toCvp },
  { importers: ["CVP OAMP"], owners: ["CUCM", "VVB", "Cloud Connect"], kinds: ["tomcat"], ...toCvp, rules: [] },
  { importers: ["CVP Server", "CVP Reporting"], owners: ["CVP OAMP"], kinds: ["WSM"], ...toCvp },
  { importers: ["CVP Server"], owners: ["AW"], kinds: ["IIS"], ...toCvp, deployment: "PCCE", rules: [], source: PCCE_126 },
  { importers: ["CVP Server"], owners: ["CVP Reporting"], kinds: ["callserver"], ...toCvp, link: "courtesy callback", rules: [], source: CVP_GUIDE },
  { importers: ["CVP Reporting"], owners: ["CVP Server"], kinds: ["callserver"], ...toCvp, link: "courtesy callback", rules: [], source: CVP_GUIDE },
  { importers: ["CVP Server"], owners: ["VVB"], kinds: ["tomcat"], ...toCvp, restarts: ["Cisco CVP Call Server"], part: "VVB", link: "CVP and VVB by SIP", rules: ["R127"], source: CVP_GUIDE },
  { importers: ["CVP Server"], owners: ["VVB"], kinds: ["tomcat"], ...toCvp, restarts: ["Cisco CVP VXML Server"], part: "VVB", link: "CVP and VVB by HTTPS", rules: ["R127"], source: CVP_GUIDE },
  { importers: ["VVB"], owners: ["CVP Server"], kinds: ["callserver"], ...tomcatTrust, restarts: ["node", "Cisco VVB Engine"], link: "CVP and VVB by SIP", rules: ["R127"], source: CVP_GUIDE },
  { importers: ["VVB"], owners: ["CVP Server"], kinds: ["vxml"], ...tomcatTrust, restarts: ["Cisco Tomcat", "Cisco VVB Engine"], link: "CVP and VVB by HTTPS", rules: ["R127"], source: CVP_GUIDE },
  { importers: ["CVP Server"], owners: ["Peripheral Gateway"], kinds: ["CTI"], ...toCvp, restarts: ["Cisco CVP Call Server"], link: "CVP and PG", byHand: CTI_FILE, rules: [], source: CVP_GUIDE },
  { importers: ["Peripheral Gateway"], owners: ["CVP Server"], kinds: ["callserver"], store: "Windows machine store", restarts: ["PG services"], link: "CVP and PG", byHand: CERT_UTIL, rules: [], source: `${PCCE_126}; ${CCE_SECURITY}` },
  { importers: ["Peripheral Gateway"], owners: ["Finesse"], kinds: ["tomcat"], store: "Windows machine store", restarts: ["PG services"], link: "Finesse and PG", byHand: CERT_UTIL, rules: [], source: `${PCCE_126}; ${CCE_SECURITY}` },
  { importers: ["Finesse"], owners: ["Live Data", "CUIC"], kinds: ["tomcat"], ...tomcatTrust, restarts: ["Cisco Finesse Tomcat"] },
  { importers: ["Finesse"], owners: ["AW"], kinds: ["IIS"], ...tomcatTrust, restarts: ["Cisco Finesse Tomcat"], rules: [] },
  { importers: ["Finesse"], owners: ["Cloud Connect"], kinds: ["tomcat"], ...tomcatTrust, restarts: ["Cisco Finesse Tomcat"], rules: [], source: CCE_SECURITY },
  { importers: ["Finesse"], owners: ["Peripheral Gateway"], kinds: ["CTI"], ...tomcatTrust, restarts: ["Cisco Finesse Tomcat"], link: "Finesse and PG", byHand: CTI_FILE, rules: [], source: CCE_SECURITY },
  { importers: ["Live Data"], owners: ["AW"], kinds: ["IIS"], ...tomcatTrust, restarts: ["Cisco Tomcat"] },
  { importers: ["Live Data"], owners: ["CUIC"], kinds: ["tomcat"], ...tomcatTrust, restarts: ["Cisco Tomcat"] },
  { importers: ["CUIC"], owners: ["Live Data"], kinds: ["tomcat"], ...tomcatTrust, restarts: ["Cisco Tomcat"] },
];

/** The row of 3.1 of a kind of certificate. */
export function ownedCertificate(kind: CertificateKind): OwnedCertificate {
  return OWNED_CERTIFICATES.find((one) => one.kind === kind)!;
}
