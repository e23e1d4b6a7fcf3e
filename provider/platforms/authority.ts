// The contract of a certificate authority. Drivers are in folders beside this file.
import type { Certificate } from "../../domain/x509/certificate";

/** What became of a request. */
export type Submission =
  | { status: "issued"; requestId: string; certificate: Certificate }
  | { status: "pending"; requestId: string; message: string }
  | { status: "denied"; requestId: string; message: string };

/** An authority that signs requests, at once or days later. */
export interface AuthorityPlatform {
  /** Its host name, for messages. */
  readonly host: string;
  /** Sends a request (PEM) for a template. */
  submit(csrPem: string, template: string): Promise<Submission>;
  /** What became of an earlier request. */
  fetch(requestId: string): Promise<Submission>;
  /** The authority's own certificates, in any order. */
  chain(): Promise<Certificate[]>;
}
