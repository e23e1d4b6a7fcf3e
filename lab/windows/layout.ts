// What a product of a release installs: folders, variables, services, and which store a service trusts.
import { javaOf, isCvp, type WindowsHostDescription, type WindowsProduct } from "./description";

export const ORACLE_HOME = "C:\\Program Files (x86)\\Java\\jre1.8.0_221";
export const OPENJDK_HOME = "C:\\Program Files (x86)\\OpenJDK\\jre-8.0.272.10-hotspot";
export const ICM_HOME = "C:\\icm";
export const CVP_HOME = "C:\\Cisco\\CVP";

/** One of a host's own certificates. */
export type IdentityName = "IIS" | "DFP" | "WSM" | "callserver" | "vxml" | "oamp";

/** What CVP calls them in its store. */
export const ALIASES: Partial<Record<IdentityName, string>> = { WSM: "wsm_certificate", callserver: "callserver_certificate", vxml: "vxml_certificate", oamp: "oamp_certificate" };

export interface ServiceFacts {
  name: string;
  displayName: string;
  /** Reads the trust store when it starts. */
  trusts?: boolean;
  /** Its private key is in that store: without it, it does not start. */
  identity?: IdentityName;
  /** The port that is open while it runs, and the certificate there. */
  serves?: readonly [port: WindowsPort, identity: IdentityName];
}

export type WindowsPort = "https443" | "https7890" | "https8111";

export interface Layout {
  /** Java homes with `bin\keytool.exe`; the first one's is the host's own. */
  javaHomes: string[];
  /** Those of the homes with a `lib\security\cacerts`. */
  cacerts: string[];
  store: { path: string; type: "JKS" | "JCEKS" };
  /** What the installation adds to the machine's variables. */
  environment: Record<string, string>;
  services: ServiceFacts[];
}

const WINDOWS_SERVICES: ServiceFacts[] = [
  { name: "Dnscache", displayName: "DNS Client" },
  { name: "EventLog", displayName: "Windows Event Log" },
  { name: "sshd", displayName: "OpenSSH SSH Server" },
];

const IIS: ServiceFacts = { name: "W3SVC", displayName: "World Wide Web Publishing Service", serves: ["https443", "IIS"] };
const DFP: ServiceFacts = { name: "DiagFwSvc", displayName: "Cisco ICM Diagnostic Framework", serves: ["https7890", "DFP"] };
const TOMCAT: ServiceFacts = { name: "Tomcat9", displayName: "Apache Tomcat 9.0 Tomcat9", trusts: true };
const WSM: ServiceFacts = { name: "WebServicesManager", displayName: "Cisco CVP WebServicesManager", trusts: true, identity: "WSM", serves: ["https8111", "WSM"] };
const CALL_SERVER: ServiceFacts = { name: "CallServer", displayName: "Cisco CVP CallServer", trusts: true, identity: "callserver" };
const SNMP: ServiceFacts = { name: "CVPSNMPManagement", displayName: "Cisco CVP SNMP Management" };

const OWN: Record<WindowsProduct, ServiceFacts[]> = {
  Router: [{ name: "Cisco ICM ucce RouterA", displayName: "Cisco ICM ucce RouterA" }],
  Logger: [{ name: "Cisco ICM ucce LoggerA", displayName: "Cisco ICM ucce LoggerA" }],
  Rogger: [{ name: "Cisco ICM ucce RouterA", displayName: "Cisco ICM ucce RouterA" }, { name: "Cisco ICM ucce LoggerA", displayName: "Cisco ICM ucce LoggerA" }],
  "Peripheral Gateway": [{ name: "Cisco ICM ucce PG1A", displayName: "Cisco ICM ucce PG1A" }],
  AW: [{ name: "Cisco ICM ucce Distributor", displayName: "Cisco ICM ucce Distributor" }],
  "CVP OAMP": [WSM, SNMP, { name: "OPSConsoleServer", displayName: "Cisco CVP OPSConsoleServer", trusts: true, identity: "oamp" }],
  "CVP Server": [WSM, SNMP, CALL_SERVER, { name: "VXMLServer", displayName: "Cisco CVP VXMLServer", trusts: true, identity: "vxml" }],
  "CVP Reporting": [WSM, SNMP, CALL_SERVER, { name: "cvp", displayName: "Informix IDS - cvp" }],
};

function cvpLayout(product: WindowsProduct): Layout {
  return {
    javaHomes: [`${CVP_HOME}\\jre`],
    cacerts: [`${CVP_HOME}\\jre`],
    store: { path: `${CVP_HOME}\\conf\\security\\.keystore`, type: "JCEKS" },
    environment: { CVP_HOME },
    services: [...WINDOWS_SERVICES, ...OWN[product]],
  };
}

/** An ES leaves the Oracle JRE where it was; the installer 12.5(1a) never had one. */
function cceLayout(product: WindowsProduct, release: string): Layout {
  const java = javaOf(release);
  const homes = java === "Oracle" ? [ORACLE_HOME] : /ES/i.test(release) ? [OPENJDK_HOME, ORACLE_HOME] : [OPENJDK_HOME];
  const environment = { ...(homes.includes(ORACLE_HOME) ? { JAVA_HOME: ORACLE_HOME } : {}), ...(homes.includes(OPENJDK_HOME) ? { CCE_JAVA_HOME: OPENJDK_HOME } : {}) };
  const path = java === "ICM" ? `${ICM_HOME}\\ssl\\cacerts` : `${homes[0]}\\lib\\security\\cacerts`;
  return { javaHomes: homes, cacerts: homes, store: { path, type: "JKS" }, environment, services: [...WINDOWS_SERVICES, IIS, DFP, TOMCAT, ...OWN[product]] };
}

export function layoutOf({ product }: WindowsHostDescription, release: string): Layout {
  return isCvp(product) ? cvpLayout(product) : cceLayout(product, release);
}

/** The certificates of its own that a host has. */
export function identitiesOf({ services }: Layout): IdentityName[] {
  return [...new Set(services.flatMap(({ serves, identity }) => [...(serves ? [serves[1]] : []), ...(identity ? [identity] : [])]))];
}

const SYSTEM = "C:\\Windows\\system32";

/** The machine's variables in the registry, before `environment` of the layout. */
export const MACHINE_VARIABLES: Record<string, string> = {
  ComSpec: "%SystemRoot%\\system32\\cmd.exe",
  NUMBER_OF_PROCESSORS: "4",
  OS: "Windows_NT",
  Path: `${SYSTEM};C:\\Windows;${SYSTEM}\\Wbem;${SYSTEM}\\OpenSSH\\`,
  PATHEXT: ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
  PROCESSOR_ARCHITECTURE: "AMD64",
  TEMP: "%SystemRoot%\\TEMP",
  TMP: "%SystemRoot%\\TEMP",
  windir: "%SystemRoot%",
};

/** Folders that are there from the beginning. */
export const WINDOWS_FOLDERS = [`${SYSTEM}\\OpenSSH`, "C:\\Windows\\Temp", "C:\\Program Files", "C:\\Program Files (x86)", "C:\\ProgramData\\ssh", "C:\\Users\\Public"];
