// Java keystores of Windows hosts by product and release: where, of which type, with which password (R116, R117; procedures.md 1.5, 3.2).
import { isCvp, type WindowsProduct } from "./hosts";
import type { KeystoreType } from "./keystore";
import { isAtLeast } from "./releases";

/** A folder that only the host knows: a variable of its registry, or the folder into which ICM was installed. */
export type HomeFolder = "JAVA_HOME" | "CCE_JAVA_HOME" | "CVP_HOME" | "ICM";

export const STORES = ["truststore", "Java truststore", "CVP keystore"] as const;
/**
 * A keystore by its name.
 * - `truststore`: what Apache Tomcat of a CCE host trusts, of its release.
 * - `Java truststore`: `cacerts` of the OpenJDK of a CCE host; PCCE 12.6(2) reads it beside the truststore.
 * - `CVP keystore`: keys and trust of a CVP host.
 */
export type StoreName = (typeof STORES)[number];

/** How the password of a store is found where the connection names none. */
export type StorePassword =
  | { readonly default: "changeit" }
  /** A Java properties file below `home`, the key in it, and what shows the password where the file no longer holds it. */
  | { readonly home: HomeFolder; readonly file: string; readonly key: string; readonly shownBy?: string };

/** Where a store lies. */
export interface StoreLocation {
  readonly name: StoreName;
  readonly home: HomeFolder;
  /** Below `home`, with backslashes. */
  readonly path: string;
  readonly type: KeystoreType;
  /** Where keytool lies: `bin\keytool.exe` below this folder. */
  readonly java: { readonly home: HomeFolder; readonly path: string };
  readonly password: StorePassword;
  readonly source: string;
}

const CACERTS = "lib\\security\\cacerts";
const CHANGEIT = { default: "changeit" } as const;

/** Whether a CCE release of the 12.5 line runs on OpenJDK: the installer 12.5(1a), or ES55 and later. From 12.6 all do. */
export function hasOpenJdk(release: string): boolean {
  if (isAtLeast(release, "12.6")) return true;
  const special = /ES\s*(\d+)/i.exec(release)?.[1];
  return isAtLeast(release, "12.5") && (/\(\d+[a-z]\)/i.test(release) || Number(special ?? 0) >= 55);
}

/**
 * The store of that name on a host of this product and release; undefined where it has none.
 * @throws when the release is none.
 */
export function storeOf(name: StoreName, product: WindowsProduct, release: string): StoreLocation | undefined {
  if (isCvp(product)) return name === "CVP keystore" ? cvpKeystore(release) : undefined;
  if (name === "CVP keystore") return undefined;
  const openJdk = hasOpenJdk(release);
  const java = { home: openJdk ? "CCE_JAVA_HOME" : "JAVA_HOME", path: "" } as const;
  if (name === "Java truststore") return openJdk ? { name, home: "CCE_JAVA_HOME", path: CACERTS, type: "JKS", java, password: CHANGEIT, source: "Cisco PCCE guide 12.6(2), Security Certificates" } : undefined;
  if (isAtLeast(release, "12.6")) return { name, home: "ICM", path: "ssl\\cacerts", type: "JKS", java, password: CHANGEIT, source: "Cisco CCE 12.6 release note, Custom truststore" };
  return { name, home: java.home, path: CACERTS, type: "JKS", java, password: CHANGEIT, source: "Cisco 215445" };
}

function cvpKeystore(release: string): StoreLocation {
  const shownBy = isAtLeast(release, "12.6") ? { shownBy: "bin\\DecryptKeystoreUtil.bat" } : {};
  return {
    name: "CVP keystore",
    home: "CVP_HOME",
    path: "conf\\security\\.keystore",
    type: "JCEKS",
    java: { home: "CVP_HOME", path: "jre" },
    password: { home: "CVP_HOME", file: "conf\\security.properties", key: "Security.keystorePW", ...shownBy },
    source: "Cisco 215445; Cisco CVP 15.0 configuration guide",
  };
}

/** The stores that a product has at a release, the one that its services trust first. */
export function storesOf(product: WindowsProduct, release: string): StoreLocation[] {
  return STORES.flatMap((name) => storeOf(name, product, release) ?? []);
}
