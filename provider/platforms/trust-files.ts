// The contract of what a CUCM node gives to phones to know whom to trust: ITL and CTL files (HTTP 6970), TVS (TCP 2445), and the CTL update by CLI.
import type { ShownTrustList } from "../../domain/trust-list/text";
import type { TrustList } from "../../domain/trust-list/read";
import type { TvsAnswer, TvsQuery } from "../../domain/tvs";

export interface TrustFilePlatform {
  /** The file that a phone would get from this TFTP node now; undefined when there is none (404). @throws PlatformError connection where the port does not answer */
  served(kind: "ITL" | "CTL"): Promise<TrustList | undefined>;
  /** What `show ctl` or `show itl` tells; undefined when the node has no such file. On the publisher the CTL is what was written last. */
  shown(kind: "ITL" | "CTL"): Promise<ShownTrustList | undefined>;
  /** Publisher only: `utils ctl update CTLFile`. @returns the platform's words */
  updateCtl(): Promise<string>;
  /** Asks TVS of this node; the certificate that it shows comes with the answer, whoever it is. @throws PlatformError connection where the port does not answer */
  askTvs(query: Omit<TvsQuery, "id">): Promise<{ answer: TvsAnswer; servedBy: string }>;
  /** Whether TCP 2445 takes connections. */
  tvsPortOpen(): Promise<boolean>;
}
