import * as pulumi from "@pulumi/pulumi";
import { type KeystoreType, normalAlias } from "../domain/keystore";
import type { StoreName } from "../domain/stores";
import { declaredBefore } from "./once";
import { ProgramError } from "./program-error";
import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { WindowsHost } from "./windows-host";

/** A port whose certificate is imported: what it serves must still be that certificate when it is imported (R115). */
export interface PresentedAt {
  fqdn: string;
  /** Where the FQDN does not resolve from here. */
  address?: string;
  port: number;
  /** Which of a server's certificates, where it has one of each. Default: that of the imported certificate. */
  keyType?: "RSA" | "EC";
}

/**
 * A Java keystore of the host: by its name (`"truststore"` and `"Java truststore"` of a CCE host, `"CVP keystore"`), which its product and release place (R117),
 * or by its path, such as `"C:\\icm\\ssl\\cacerts"`, with the type that it must have (R116).
 */
export type KeystoreName = StoreName | { path: string; type?: KeystoreType };

/** Entries of one Java keystore. */
export interface KeystoreEntriesInputs {
  host: WindowsHost;
  store: KeystoreName;
  /** Alias → exactly one certificate, PEM. Aliases count without regard to case; none of a private-key entry (R113). */
  entries: Record<string, string>;
  /**
   * Password of the store. Default: that of the connection for this host (`keystores`); for a CVP store what the host's own properties file holds; else the
   * connection's `default`; else Java's own, `changeit`, with a warning (R119).
   */
  storePassword?: string;
  /** By alias: where the certificate is served, to be looked at before it is imported (R115). */
  presentedAt?: Record<string, PresentedAt>;
  /** Look at those ports from the host instead of from here, with its own `keytool`. Default `"here"`. */
  probeFrom?: "here" | "host";
  /** Status of what must be proved first: while it is `"due"`, nothing is imported. */
  after?: string;
  /** Keep the entries in the store when the resource is removed. Default false. */
  retain?: boolean;
  accept?: Accept;
}

export interface KeystoreEntriesOutputs {
  /** Where the store is on the host. */
  path: string;
  /** By its first bytes (R116): `"JKS"`, `"JCEKS"` or `"PKCS12"`. */
  storeType: string;
  /** SHA-256 by alias. */
  fingerprints: Record<string, string>;
  /** Aliases that were there as declared before we came: removing the resource leaves them. */
  adopted: string[];
  /** The copy of the store that was made before the last change; empty when there was none. */
  backup: string;
  /** ISO 8601, by the host's clock: when the file was last changed, whoever did it. A service that started later has read it as it is. */
  changedAt: string;
  /** New whenever the store was found or made different from the state; `"due"` while what is declared waits for `after`. */
  changeId: string;
}

const seeds: Seeds<KeystoreEntriesOutputs> = {
  path: undefined,
  storeType: undefined,
  fingerprints: undefined,
  adopted: undefined,
  backup: undefined,
  changedAt: undefined,
  changeId: undefined,
};

export interface KeystoreEntries extends Offers<KeystoreEntriesInputs, KeystoreEntriesOutputs> {}

/**
 * Ensures certificates in a Java keystore of a Windows host, all in one batch: one look, one backup with the time in its name (R111), one import on a copy by the host's
 * own `keytool`, one check of the copy (ours as declared, every other entry as before), one replacement that keeps owner and access rights. What is already there is adopted;
 * another certificate under an alias is replaced after the backup (R114). Restarts nothing: the services that read the store at their start are a ServiceRestart.
 * @throws when another resource of the program declares the same alias of the same store
 */
export class KeystoreEntries extends Resource<KeystoreEntriesInputs, KeystoreEntriesOutputs> {
  constructor(name: string, args: Args<KeystoreEntriesInputs>, options?: ResourceOptions) {
    if (isPlain(args.entries)) for (const alias of Object.keys(args.entries)) refuseSecond(name, args.host, args.store, alias);
    super("KeystoreEntries", name, args, seeds, options);
  }
}

function isPlain<T>(value: T): boolean {
  return typeof value === "object" && value !== null && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** @throws ProgramError when another resource of this program declares that alias of that store: each would undo the other. */
export function refuseSecond(name: string, host: unknown, store: unknown, alias: unknown): void {
  const { fqdn } = (host ?? {}) as { fqdn?: unknown };
  const place = typeof store === "string" ? store : ((store ?? {}) as { path?: unknown }).path;
  if (typeof fqdn !== "string" || typeof place !== "string" || typeof alias !== "string") return;
  const first = declaredBefore(`alias ${normalAlias(alias)} of ${place.toLowerCase()} of ${fqdn.toLowerCase()}`, name);
  if (first !== undefined) throw new ProgramError(`"${name}": alias "${alias}" of the ${place} of ${fqdn} is declared by "${first}" already. Each certificate needs an alias of its own`);
}
