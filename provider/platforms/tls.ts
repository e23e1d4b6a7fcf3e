// What any TLS port of any platform shows. How it is looked at is in tls/.
import type { Certificate } from "../../domain/x509/certificate";

/** What a port serves now. */
export interface Served {
  certificate: Certificate;
  /** Everything that the server showed, its own certificate first, PEM. */
  chainPems: string[];
}
