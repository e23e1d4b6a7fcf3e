import { PlatformError } from "../../errors";
import type { VosPlatform } from "../vos";

/** The certificates of one node, by whichever way its release has. */
export type Certificates = Pick<VosPlatform, "snapshot" | "trustEntries" | "identity" | "pendingRequest" | "generateRequest" | "uploadIdentity" | "uploadTrust">;

/** How a call is made under the rule of one failed log-in, and repeated where that is safe. */
export interface Calling {
  fqdn: string;
  asOs<T>(work: () => Promise<T>): Promise<T>;
  times: { retryFirst: number };
  /** One line for the user: which way was taken. */
  say(line: string): void;
}

/** Says the way once, before the first write. */
export class Way {
  private said = false;

  constructor(
    private readonly calling: Calling,
    private readonly words: string,
  ) {}

  take(): void {
    if (!this.said) this.calling.say(`${this.calling.fqdn}: ${this.words}`);
    this.said = true;
  }
}

/** A request whose answer was lost, and which was made all the same. */
export function foundDone(calling: Calling, purpose: string, lost: unknown, pem: string): string {
  calling.say(`${calling.fqdn}: generate a ${purpose} CSR: the answer was lost (${lost instanceof PlatformError ? lost.failed.answer : String(lost)}); it is found done and not sent again`);
  return pem;
}
