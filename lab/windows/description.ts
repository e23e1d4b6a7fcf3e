// Windows hosts of a contact centre, as a person writes them into an estate.

/** `AW` stands for AW, AW-HDS and AW-HDS-DDS; `CVP Server` for a Call Server with a VXML Server. */
export type WindowsProduct = "Router" | "Logger" | "Rogger" | "Peripheral Gateway" | "AW" | "CVP OAMP" | "CVP Server" | "CVP Reporting";
export type WindowsLanguage = "en" | "fr" | "es";
export type WindowsServiceState = "running" | "stopped" | "disabled";

export interface WindowsHostDescription {
  fqdn: string;
  product: WindowsProduct;
  /** Only shown; `10.1.<contact centre>.<host>` when absent. */
  address?: string;
  /** Default: that of the contact centre. */
  release?: string;
  /** Of the messages of Windows and of `keytool`. Default `en`. */
  language?: WindowsLanguage;
  /** Whether the account that logs in may do what an administrator may. Default true. */
  elevated?: boolean;
  /** Home of the JDK on this machine whose `keytool` the host runs. Default: the first that `findJdks` finds. */
  jdk?: string;
  /** Of its trust store. Default `changeit`, on CVP one that is made up at every start. */
  storePassword?: string;
  /** On CVP: what `security.properties` says where that is not the password of the store. */
  propertiesPassword?: string;
  /** By the short name: what differs from what the product starts with. */
  services?: Record<string, WindowsServiceState>;
  /** Variables in the registry that differ from what the release has; an empty one is absent. */
  environment?: Record<string, string>;
  /** Variables that an SSH session has otherwise than the registry, because SSH was started before they were set; an empty one is absent. Until the server is restarted. */
  sessionEnvironment?: Record<string, string>;
  /** The name in its certificates where that is not the FQDN. */
  certificateName?: string;
  /** By certificate (`IIS`, `DFP`, `WSM`, `callserver`, `vxml`, `oamp`): the common name of its subject, where it is not its name; the name is still among the alternative names. */
  commonNames?: Record<string, string>;
}

export interface ContactCenterDescription {
  /** Names the connection that the lab writes. */
  name: string;
  /** As on the page: `12.5(1)`, `12.5(1a)`, `12.5(1) ES55`, `12.6(2)`. Default `12.5(1)`. */
  release?: string;
  windows: WindowsHostDescription[];
  /** Public keys that may log in, a line each as in `authorized_keys`. The password always may. */
  authorizedKeys?: string[];
}

export const WINDOWS_PRODUCTS: readonly WindowsProduct[] = ["Router", "Logger", "Rogger", "Peripheral Gateway", "AW", "CVP OAMP", "CVP Server", "CVP Reporting"];

export const DEFAULT_CONTACT_CENTER_RELEASE = "12.5(1)";

const RELEASE = /^(\d+)\.(\d+)\((\d+)([a-z]?)\)(?: ?ES(\d+))?$/i;

export function isWindowsRelease(text: unknown): boolean {
  return typeof text === "string" && RELEASE.test(text);
}

/** Where a release keeps what the AW and its neighbours trust: the Oracle JRE, the OpenJDK of 12.5(1a) and ES55, the ICM folder of 12.6 and later. */
export type JavaOf = "Oracle" | "OpenJDK" | "ICM";

export function javaOf(release: string): JavaOf {
  const [, major, minor, , letter, special] = RELEASE.exec(release) ?? [];
  if (Number(major) > 12 || (Number(major) === 12 && Number(minor) >= 6)) return "ICM";
  return letter || Number(special ?? 0) >= 55 ? "OpenJDK" : "Oracle";
}

export function isCvp(product: WindowsProduct): boolean {
  return product.startsWith("CVP");
}
