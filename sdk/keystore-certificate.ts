import type { KeystoreName } from "./keystore-entries";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { WindowsHost } from "./windows-host";

/** The certificate of one alias of a host's own keystore. */
export interface KeystoreCertificateInputs {
  host: WindowsHost;
  store: KeystoreName;
  /** Such as `"wsm_certificate"`, `"callserver_certificate"` or `"vxml_certificate"` of a CVP store. */
  alias: string;
  /** Password of the store; default as in KeystoreEntries. */
  storePassword?: string;
}

export interface KeystoreCertificateOutputs {
  certificatePem: string;
  subject: string;
  /** SHA-256. */
  fingerprint: string;
  /** ISO 8601, UTC. */
  notAfter: string;
}

const seeds: Seeds<KeystoreCertificateOutputs> = { certificatePem: undefined, subject: undefined, fingerprint: undefined, notAfter: undefined };

export interface KeystoreCertificate extends Offers<KeystoreCertificateInputs, KeystoreCertificateOutputs> {}

/** Reads the certificate of an alias, so that it can be declared elsewhere. Read at creation and refresh; writes nothing. */
export class KeystoreCertificate extends Resource<KeystoreCertificateInputs, KeystoreCertificateOutputs> {
  constructor(name: string, args: Args<KeystoreCertificateInputs>, options?: ResourceOptions) {
    super("KeystoreCertificate", name, args, seeds, options);
  }
}
