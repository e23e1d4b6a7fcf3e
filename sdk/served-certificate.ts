import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { WindowsHost } from "./windows-host";

/** A server of which only a port is looked at: nobody logs in. */
export interface ServedBy {
  fqdn: string;
  /** Where the FQDN does not resolve from here. `reach` of the connection beats it. */
  address?: string;
  /** Name of the connection whose `tls` approves what is served. */
  connection: string;
}

/** The certificate that a port serves. */
export interface ServedCertificateInputs {
  server: ServedBy;
  /** Such as 443 (IIS), 7890 (Diagnostic Framework Portico), 8111 (CVP's WSM) or 8443 (VOS). */
  port: number;
  /** Which certificate of a server that has one of each. Default `"RSA"`. */
  keyType?: "RSA" | "EC";
  /** SHA-256 of certificates that are approved, beside what the connection's `tls` approves. */
  approved?: string[];
  /** The host from which the port is looked at, where there is no route from here. Default: from here. */
  from?: WindowsHost;
}

export interface ServedCertificateOutputs {
  certificatePem: string;
  subject: string;
  /** SHA-256. */
  fingerprint: string;
  /** ISO 8601, UTC. */
  notAfter: string;
  /** What a refresh found instead and nobody has approved: SHA-256; empty when there is none. */
  unapproved: string;
}

const seeds: Seeds<ServedCertificateOutputs> = { certificatePem: undefined, subject: undefined, fingerprint: undefined, notAfter: undefined, unapproved: undefined };

export interface ServedCertificate extends Offers<ServedCertificateInputs, ServedCertificateOutputs> {}

/**
 * The certificate that a port serves, read at creation and refresh, so that it can be declared elsewhere. Refused: what nobody has approved (by fingerprint, or by an authority
 * of the connection), with the fingerprint and the line to add; a certificate that does not name the server (R16).
 */
export class ServedCertificate extends Resource<ServedCertificateInputs, ServedCertificateOutputs> {
  constructor(name: string, args: Args<ServedCertificateInputs>, options?: ResourceOptions) {
    super("ServedCertificate", name, args, seeds, options);
  }
}
