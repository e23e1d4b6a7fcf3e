// The Java stores that a host begins with, made by a real keytool.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeTypeOf } from "./java-store";
import { type Jdk, keytool } from "./jdk";
import { type NamedKey, pkcs12 } from "../pki/pkcs12";

export const CACERTS_PASSWORD = "changeit";

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "uccerts-lab-store-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeCacerts(jdk: Jdk, password: string): Promise<Buffer> {
  return inFolder(async (folder) => {
    const store = join(folder, "cacerts");
    const shipped = readFileSync(join(jdk.home, "lib/security/cacerts"));
    if (storeTypeOf(shipped) === "JKS") writeFileSync(store, shipped);
    else await keytool(jdk, ["-importkeystore", "-noprompt", "-srckeystore", join(jdk.home, "lib/security/cacerts"), "-srcstorepass", CACERTS_PASSWORD, "-destkeystore", store, "-deststoretype", "JKS", "-deststorepass", CACERTS_PASSWORD]);
    if (password !== CACERTS_PASSWORD) await keytool(jdk, ["-storepasswd", "-keystore", store, "-storepass", CACERTS_PASSWORD, "-new", password]);
    return readFileSync(store);
  });
}

const made = new Map<string, Promise<Buffer>>();

/** What a JRE ships: the public CA certificates of this JDK, as JKS. Made once in a process. */
export function cacerts(jdk: Jdk, password = CACERTS_PASSWORD): Promise<Buffer> {
  const name = `${jdk.home}\n${password}`;
  const making = made.get(name) ?? makeCacerts(jdk, password);
  made.set(name, making);
  return making;
}

/** A JCEKS store with these private keys. */
export function cvpStore(jdk: Jdk, keys: readonly NamedKey[], password: string): Promise<Buffer> {
  return inFolder(async (folder) => {
    const [source, store] = [join(folder, "keys.p12"), join(folder, "keystore")];
    writeFileSync(source, pkcs12(keys, password), { mode: 0o600 });
    await keytool(jdk, ["-importkeystore", "-noprompt", "-srckeystore", source, "-srcstoretype", "PKCS12", "-srcstorepass", password, "-destkeystore", store, "-deststoretype", "JCEKS", "-deststorepass", password]);
    return readFileSync(store);
  });
}

/** The same store with one of its private keys replaced. */
export function withKey(jdk: Jdk, content: Buffer, key: NamedKey, password: string): Promise<Buffer> {
  return inFolder(async (folder) => {
    const [source, store] = [join(folder, "keys.p12"), join(folder, "keystore")];
    writeFileSync(source, pkcs12([key], password), { mode: 0o600 });
    writeFileSync(store, content, { mode: 0o600 });
    await keytool(jdk, ["-importkeystore", "-noprompt", "-srckeystore", source, "-srcstoretype", "PKCS12", "-srcstorepass", password, "-destkeystore", store, "-deststoretype", "JCEKS", "-deststorepass", password]);
    return readFileSync(store);
  });
}

const SPECIAL = "!@{[(?~$*,]#:=.";

/** As CVP makes them: letters, digits and characters that shells and properties files take for their own. */
export function inventStorePassword(): string {
  const bytes = randomBytes(14);
  const text = bytes.toString("base64url").replace(/[-_]/g, "x");
  return `${text.slice(0, 2)}${SPECIAL[bytes[0]! % SPECIAL.length]}${text.slice(2, 9)}${SPECIAL[bytes[1]! % SPECIAL.length]}#${text.slice(9)}!=`;
}

/** `conf\security.properties`: a Java properties file with its escapes. */
export function securityProperties(password: string): string {
  const escaped = password.replace(/[\\:=#!]/g, "\\$&");
  return ["#Unified CVP security properties", "Security.keystoreFile = .keystore", `Security.keystorePW = ${escaped}`, ""].join("\r\n");
}
