// Windows hosts of a contact centre: products, ports, services. Sources: procedures.md 1.5, 3.1 and section 2 (rows of Windows hosts).

export const CCE_PRODUCTS = ["Router", "Logger", "Rogger", "Peripheral Gateway", "AW"] as const;
export const CVP_PRODUCTS = ["CVP OAMP", "CVP Server", "CVP Reporting"] as const;
export const WINDOWS_PRODUCTS = [...CCE_PRODUCTS, ...CVP_PRODUCTS] as const;
/** AW stands for AW, AW-HDS and AW-HDS-DDS; a CVP Server is a Call Server with its VXML Server. */
export type WindowsProduct = (typeof WINDOWS_PRODUCTS)[number];
export const SIDES = ["A", "B"] as const;
export type Side = (typeof SIDES)[number];

/** A Windows host, as far as a rule asks. */
export interface HostName {
  /** Fully qualified domain name, as in the CCE inventory. */
  fqdn: string;
  product: WindowsProduct;
}

export function isWindowsProduct(text: unknown): text is WindowsProduct {
  return (WINDOWS_PRODUCTS as readonly unknown[]).includes(text);
}

/** Whether a product is of CVP; the others are of CCE. */
export function isCvp(product: string): product is (typeof CVP_PRODUCTS)[number] {
  return (CVP_PRODUCTS as readonly string[]).includes(product);
}

/** Private-key entries of a CVP keystore; a trusted certificate under such an alias would destroy the server's identity (R113). */
export const PRIVATE_KEY_ALIASES = ["wsm_certificate", "callserver_certificate", "vxml_certificate", "oamp_certificate"] as const;
export type PrivateKeyAlias = (typeof PRIVATE_KEY_ALIASES)[number];

/** Whether an alias is one of a private-key entry; Java compares aliases without regard to case. */
export function isPrivateKeyAlias(alias: string): boolean {
  return (PRIVATE_KEY_ALIASES as readonly string[]).includes(alias.toLowerCase());
}

/** Services by the name in Windows' list of services; the driver finds `Apache Tomcat` also as "Apache Tomcat 9.0 Tomcat9". */
export const WINDOWS_SERVICES = ["Apache Tomcat", "Cisco CVP Call Server", "Cisco CVP VXML Server", "Cisco CVP WebServicesManager", "Cisco CVP OPSConsoleServer"] as const;
export type WindowsService = (typeof WINDOWS_SERVICES)[number];
