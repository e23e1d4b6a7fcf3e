// What is in a store: read from its bytes, or said by `keytool`; and what is said to `keytool`. It is asked in English, whatever the host's language.
import { type KeystoreType, storedEntries } from "../../../domain/keystore";
import { sha256 } from "../../../domain/x509/certificate";
import { pemBlocks, toPem } from "../../../domain/x509/pem";
import type { StoreEntry } from "../windows";
import { word } from "./commands";

/** A store as `keytool` opens it: the password stands in a file, never on the command line. */
export interface OpenStore {
  path: string;
  type: KeystoreType;
  passwordFile: string;
}

export function listCommand(keytool: string, { path, type, passwordFile }: OpenStore): string {
  return `${start(keytool)} -list -rfc -storetype ${type} -keystore ${word(path)} -storepass:file ${word(passwordFile)}`;
}

/** All entries of `from` into `to`, in one process. Overwrites without a question, private keys too: who calls has looked. */
export function importCommand(keytool: string, from: OpenStore, to: OpenStore): string {
  const source = `-srckeystore ${word(from.path)} -srcstoretype ${from.type} -srcstorepass:file ${word(from.passwordFile)}`;
  return `${start(keytool)} -importkeystore -noprompt ${source} -destkeystore ${word(to.path)} -deststoretype ${to.type} -deststorepass:file ${word(to.passwordFile)}`;
}

export function deleteCommand(keytool: string, { path, type, passwordFile }: OpenStore, alias: string): string {
  return `${start(keytool)} -delete -alias ${word(alias)} -storetype ${type} -keystore ${word(path)} -storepass:file ${word(passwordFile)}`;
}

const SCHEMES = {
  RSA: "rsa_pss_rsae_sha256,rsa_pss_rsae_sha384,rsa_pss_rsae_sha512,rsa_pkcs1_sha256,rsa_pkcs1_sha384,rsa_pkcs1_sha512",
  EC: "ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384,ecdsa_secp521r1_sha512",
};

/** What a port serves to who knows this key type alone. Verbose: without the cause, a port that is closed and one with another key type sound the same. */
export function printCommand(keytool: string, host: string, port: number, keyType: "RSA" | "EC"): string {
  return `${start(keytool)} -J-Djdk.tls.client.SignatureSchemes=${SCHEMES[keyType]} -printcert -v -rfc -sslserver ${host}:${port}`;
}

/** `keytool` shows every certificate of the chain, the server's own first. */
export const FIRST_PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/;

/** The server has no certificate of the key type that was asked for. */
export const HANDSHAKE_REFUSED = /fatal alert: handshake_failure/;

export const NO_CONNECTION = /java\.net\.(ConnectException|NoRouteToHostException|SocketException|SocketTimeoutException)|java\.io\.EOFException|Remote host (closed connection|terminated the handshake)/;

/** The one line of a verbose failure that tells why. */
export function causeIn(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.filter((line) => line.startsWith("Caused by: ")).at(-1)?.slice("Caused by: ".length) ?? lines[0] ?? "nothing";
}

/** A JVM that lives for a second starts in half of the time without its second compiler and its parallel collector. An older one that lacks an option passes over it. */
const SHORT_LIVED = "-J-XX:+IgnoreUnrecognizedVMOptions -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-Xshare:auto";

function start(keytool: string): string {
  return `${word(keytool)} ${SHORT_LIVED} -J-Duser.language=en -J-Duser.country=US`;
}

/** The entries of a JKS or JCEKS file, for which no JVM has to start; undefined for what only Java reads, and wherever something is wrong, which `keytool` says best. */
export function entriesOfFile(content: Buffer, password: string): StoreEntry[] | undefined {
  try {
    return storedEntries(content, password).map(({ alias, kind, der }) => ({ alias, kind, fingerprint: sha256(der), pem: toPem("CERTIFICATE", der) }));
  } catch {
    return undefined;
  }
}

const KINDS: Record<string, StoreEntry["kind"]> = { trustedCertEntry: "trusted certificate", PrivateKeyEntry: "private key", SecretKeyEntry: "secret key" };

/** The entries of `keytool -list -rfc`; undefined for a text that is no listing. */
export function entriesIn(text: string): StoreEntry[] | undefined {
  const count = /^Your keystore contains (\d+) entr(?:y|ies)/m.exec(text)?.[1];
  if (count === undefined) return undefined;
  const blocks = text.split(/^Alias name: /m).slice(1);
  const entries = blocks.map(entryIn);
  return entries.length === Number(count) && entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function entryIn(block: string): StoreEntry | undefined {
  const alias = /^.*/.exec(block)![0].trimEnd();
  const kind = KINDS[/^Entry type: (\w+)/m.exec(block)?.[1] ?? ""];
  const [first] = pemBlocks(block);
  if (!kind || (kind !== "secret key" && !first)) return undefined;
  // Not parsed: a public authority's certificate may hold what only Java reads.
  return first ? { alias, kind, fingerprint: sha256(first.der), pem: toPem(first.label, first.der) } : { alias, kind };
}

const WRONG_PASSWORD = /password was incorrect|keystore password was incorrect|failed to decrypt safe contents/i;

/** What to do about a failure of `keytool`. */
export function remedyFor(text: string): string | undefined {
  if (WRONG_PASSWORD.test(text)) return "The password of the store is wrong; nothing was changed. Set storePassword, or keystores of the connection";
  if (/Invalid keystore format|Unrecognized keystore format|not a keystore/i.test(text)) return "The file is no keystore of this type, or it is damaged; nothing was changed";
  return undefined;
}
