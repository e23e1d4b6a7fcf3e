import { type KeystoreEntriesInputs, type PresentedAt, refuseSecond } from "./keystore-entries";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** One entry of one Java keystore. */
export interface KeystoreEntryInputs extends Omit<KeystoreEntriesInputs, "entries" | "presentedAt"> {
  /** Counts without regard to case; not that of a private-key entry (R113). */
  alias: string;
  /** Exactly one certificate, PEM. */
  certificatePem: string;
  /** Where the certificate is served, to be looked at before it is imported (R115). */
  presentedAt?: PresentedAt;
}

export interface KeystoreEntryOutputs {
  /** Where the store is on the host. */
  path: string;
  /** By its first bytes (R116): `"JKS"`, `"JCEKS"` or `"PKCS12"`. */
  storeType: string;
  /** SHA-256. */
  fingerprint: string;
  /** It was there as declared before we came: removing the resource leaves it. */
  adopted: boolean;
  /** The copy of the store that was made before the last change; empty when there was none. */
  backup: string;
  /** ISO 8601, by the host's clock: when the file was last changed, whoever did it. A service that started later has read it as it is. */
  changedAt: string;
  /** New whenever the store was found or made different from the state; `"due"` while what is declared waits for `after`. */
  changeId: string;
}

const seeds: Seeds<KeystoreEntryOutputs> = { path: undefined, storeType: undefined, fingerprint: undefined, adopted: undefined, backup: undefined, changedAt: undefined, changeId: undefined };

export interface KeystoreEntry extends Offers<KeystoreEntryInputs, KeystoreEntryOutputs> {}

/** KeystoreEntries with one alias. Several for one store take their turns; for many entries KeystoreEntries is one batch instead of one each. */
export class KeystoreEntry extends Resource<KeystoreEntryInputs, KeystoreEntryOutputs> {
  constructor(name: string, args: Args<KeystoreEntryInputs>, options?: ResourceOptions) {
    refuseSecond(name, args.host, args.store, args.alias);
    super("KeystoreEntry", name, args, seeds, options);
  }
}
