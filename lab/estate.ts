// What an estate is made of, as a person writes it (YAML or an object), with every default in one place.
import type { Fault } from "./faults";
import type { PhoneClusterDescription } from "./phones/description";
import type { ContactCenterDescription } from "./windows/description";

/** Nodes of a contact centre: each product is a cluster of its own; `CUIC` may also be CUIC, Live Data and IdS on one node. */
export type ContactCenterProduct = "Finesse" | "CUIC" | "Live Data" | "IdS" | "Cloud Connect" | "VVB";
export type Product = "CUCM" | "IM and Presence" | ContactCenterProduct;
export type Role = "publisher" | "subscriber";
export type InitialState = "started" | "stopped" | "not activated";

export interface NodeDescription {
  fqdn: string;
  product: Product;
  role: Role;
  /** Shown in the platform's own listings; `10.0.<cluster>.<node>` when absent, the first of all being `10.0.0.11`. */
  address?: string;
  /** Services that differ from what the product starts with; a name that it does not have becomes a feature service. */
  services?: Record<string, InitialState>;
  /** The highest version of TLS that its ports speak; with `TLSv1` and `TLSv1.1` the lowest is `TLSv1`. Default: what Node speaks. */
  highestTls?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  /** SSH with SHA-1 and CBC alone, as before OpenSSH 6.2. Default false. */
  oldSsh?: boolean;
  /** The name in its self-signed certificates where that is not the FQDN. */
  certificateName?: string;
}

export interface ClusterDescription extends PhoneClusterDescription {
  /** Names the connection that the lab writes. */
  name: string;
  /** As the platform prints it, or as on its page (`14SU2`, `12.5(1)SU7`). Default `15.0.1.11900-40`. See lab/README.md for what differs. */
  release?: string;
  nodes: NodeDescription[];
  /** SAML SSO on every node at the start. Default false. */
  sso?: boolean;
  /** Age of the last good backup in days; `null`: never. Default 1. */
  backupAgeDays?: number | null;
  /** Enterprise parameter HTTPS Ciphers. Default `RSA Only`: EC certificates are stored, not served. */
  httpsCiphers?: "RSA Only" | "All";
  /** Enterprise parameter Cluster Security Mode. In mixed mode there is a CTL: tokenless, or signed by a token of the CTL client, which is gone from 14SU3. Default `non-secure`. */
  securityMode?: "non-secure" | "mixed" | "mixed with tokens";
  /** Enterprise parameter Prepare Cluster for Rollback to pre 8.0: ITL files are empty. Default false. */
  preparedForRollback?: boolean;
  /** Subject fields that the installation gave. */
  organization?: { organizationalUnit: string; organization: string; locality: string; state: string; country: string };
}

export type Decision = "issue" | "hold" | "deny";

export type Authentication = "Basic" | "NTLM" | "Negotiate";
export type KeyUsageName = "digitalSignature" | "keyEncipherment" | "dataEncipherment" | "keyCertSign" | "cRLSign";
export type EditFlag = "EDITF_ATTRIBUTEENDDATE" | "EDITF_ATTRIBUTESUBJECTALTNAME2";

/** A certificate template, as far as it limits what is issued. */
export interface TemplateDescription {
  /** Object identifiers, or `serverAuth`, `clientAuth`, `ipsecEndSystem`. */
  extendedKeyUsage: string[];
  /** What of the request's key usage is kept. Default digitalSignature, keyEncipherment and dataEncipherment. */
  keyUsage?: KeyUsageName[];
}

export interface AuthorityDescription {
  /** Names the connection that the lab writes. */
  name: string;
  fqdn: string;
  /** What IIS offers. Default Basic and NTLM. */
  authentication?: Authentication[];
  /** What becomes of a request. Default `issue`. */
  decision?: Decision;
  /** Machine name → what the template gives, or only its extended key usages. Default `WebServer` (serverAuth) and `WebServerClient` (serverAuth, clientAuth). */
  templates?: Record<string, string[] | TemplateDescription>;
  /** Days that an issued certificate is valid. Default 730. */
  validityDays?: number;
  /** Certificates between the root and the issuing one, the issuing one counted. Default 1. */
  intermediates?: number;
  /** NetBIOS name of the enrolment account's domain. Default: the second label of `fqdn` in capitals. */
  domain?: string;
  /** Language of the web pages. Default `en`. */
  language?: "en" | "de";
  /** Request attributes that the policy module honours: validity, SAN. Default none, as after the installation of an enterprise CA. */
  editFlags?: EditFlag[];
}

/** A server where appliances and people leave files: sshd with a folder for each user, which is the user's `/`. */
export interface SftpServerDescription {
  /** Names the connection that the lab writes. */
  name: string;
  fqdn: string;
  /** By which the nodes of the estate reach it, as they do by its name, on port 22. Default `10.2.0.11` for the first. */
  address?: string;
  /** Who may log in, with an invented password. Default `bulk`; the connection has the first. */
  users?: string[];
  /** What is there in every user's folder, such as `/exchange`. Default nothing. */
  directories?: string[];
}

/** Milliseconds; real appliances take minutes. */
export interface LabTiming {
  tomcatStop: number;
  tomcatStart: number;
  serviceStop: number;
  serviceStart: number;
  /** From a write to a trust store on one node to the others. */
  replication: number;
  /** From a multi-server upload on one node to the others. */
  distribution: number;
  /** From STARTED until the product's page answers. */
  pageLag: number;
  /** From an SSH log-in until the command line has started. */
  cliStart: number;
  /** From `shutdown /r` of a Windows host until SSH is back. */
  hostRestart: number;
  /** From there until its services begin to start. */
  hostServices: number;
  /** From `utils system restart` of a VOS node until SSH is back. */
  nodeRestart: number;
  /** From there until its services begin to start. */
  nodeServices: number;
  /** From the reset of a phone, or the loss of its CallManager, until it has asked for its files and registers. */
  phoneReset: number;
  /** The minute in which RIS counts requests. */
  risMinute: number;
  /** Added to every answer of HTTPS, of the command line and of a Windows command. */
  latency: number;
}

/** Facts that are inferred, not documented: each can be turned over. See lab/README.md. */
export interface Switches {
  /** HTTP status when certificate and CSR have different keys. */
  keyMismatchStatus: 400 | 500;
  /** What REST answers to a trust certificate that is already there. */
  duplicateTrust: "refused" | "accepted";
  /** Whether an intermediate is refused while its issuer is in no trust store. */
  intermediateNeedsIssuer: boolean;
  /** Whether an identity upload by REST stores the CA certificates that come with it; otherwise they are ignored and have to be in the trust store before. */
  identityUploadTakesChain: boolean;
  /** Whether REST honours `altNames` for a multi-server request; otherwise they are ignored. */
  altNamesWithMultiServer: boolean;
  /** Whether a trust upload on a subscriber is replicated too. */
  subscriberTrustReplicates: boolean;
  /** Whether Control Center restarts network services; otherwise it answers -1045. */
  controlCenterNetworkServices: boolean;
  /** Requests to Control Center that a node answers in a minute; a real one is thought to allow 15. */
  controlCenterRequestsPerMinute: number;
  /** Whether a multi-server CSR names the parent domain. */
  parentDomainInSan: boolean;
  /** The label of the base-64 certnew.p7b. */
  pkcs7Label: "CERTIFICATE" | "PKCS7";
  /** Whether `utils service restart` goes on when its SSH session is lost or Ctrl-C is pressed; otherwise the service is left STOPPED. */
  restartSurvivesLostSession: boolean;
  /** What `set cert delete` takes as its first word: `tomcat-trust`, `tomcat`, or either. */
  certDeleteTakes: "store" | "unit" | "either";
  /** Whether `set cert delete` asks before it deletes. */
  certDeleteAsks: boolean;
  /** How the command line shows its first prompt; `after newline`: only when something has been typed. */
  firstPrompt: "once" | "twice" | "after newline";
  /** Whether a bulk export has ITLRecovery as a type of its own (from release 12.0), or takes it along in `tftp`. */
  bulkItlRecovery: "own type" | "in tftp";
  /** Whether REST and the command line take certificates for Phone-SAST-trust, as `Phone-SAST`, or the page alone does. */
  phoneSastUpload: "accepted" | "page only";
  /** Whether an ITL file is rebuilt as soon as a certificate in it changes, or when Cisco Tftp is started the next time. */
  itlFollows: "certificates" | "a restart";
  /** When Cisco Trust Verification Service reads the trust stores. */
  tvsReads: "at its start" | "at every question";
  /** Requests to RIS that a cluster answers in a minute (`risMinute`). */
  risRequestsPerMinute: number;
  /** What RIS answers beyond that. */
  risOverRate: "fault" | "503";
}

export interface EstateDescription {
  name: string;
  clusters: ClusterDescription[];
  authorities?: AuthorityDescription[];
  /** The Windows hosts of contact centres. */
  contactCenters?: ContactCenterDescription[];
  sftpServers?: SftpServerDescription[];
  timing?: Partial<LabTiming>;
  switches?: Partial<Switches>;
  faults?: Fault[];
}

export const DEFAULT_TIMING: LabTiming = {
  tomcatStop: 150,
  tomcatStart: 250,
  serviceStop: 20,
  serviceStart: 40,
  replication: 60,
  distribution: 100,
  pageLag: 100,
  cliStart: 20,
  hostRestart: 200,
  hostServices: 50,
  nodeRestart: 200,
  nodeServices: 50,
  phoneReset: 20,
  risMinute: 1000,
  latency: 0,
};

export const DEFAULT_SWITCHES: Switches = {
  keyMismatchStatus: 500,
  duplicateTrust: "refused",
  intermediateNeedsIssuer: true,
  identityUploadTakesChain: false,
  altNamesWithMultiServer: true,
  subscriberTrustReplicates: true,
  controlCenterNetworkServices: true,
  controlCenterRequestsPerMinute: 10_000,
  parentDomainInSan: true,
  pkcs7Label: "CERTIFICATE",
  restartSurvivesLostSession: false,
  certDeleteTakes: "either",
  certDeleteAsks: false,
  firstPrompt: "twice",
  bulkItlRecovery: "own type",
  phoneSastUpload: "accepted",
  itlFollows: "certificates",
  tvsReads: "at its start",
  risRequestsPerMinute: 15,
  risOverRate: "fault",
};

export const CONTACT_CENTER_PRODUCTS: readonly ContactCenterProduct[] = ["Finesse", "CUIC", "Live Data", "IdS", "Cloud Connect", "VVB"];

export function isContactCenter(product: Product): product is ContactCenterProduct {
  return (CONTACT_CENTER_PRODUCTS as readonly Product[]).includes(product);
}

export const DEFAULT_RELEASE = "15.0.1.11900-40";

export const DEFAULT_ORGANIZATION = { organizationalUnit: "Lab", organization: "Example", locality: "Springfield", state: "Oregon", country: "US" };

/** Scenario A1: one CUCM publisher, one subscriber, one IM and Presence node, an AD CS with a root and one intermediate. */
export const ESTATE_A1: EstateDescription = {
  name: "a1",
  clusters: [
    {
      name: "hq",
      nodes: [
        { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher", address: "10.0.0.11" },
        { fqdn: "cs-ccm-sub.example.com", product: "CUCM", role: "subscriber", address: "10.0.0.12" },
        { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher", address: "10.0.0.13" },
      ],
    },
  ],
  authorities: [{ name: "ca", fqdn: "ca.example.com" }],
};
