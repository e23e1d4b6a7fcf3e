import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** When certificates are renewed. */
export interface RenewalInputs {
  /** Age at which the generation is renewed: a number and a unit (`s`, `m`, `h`, `d`, `w`), such as `"300d"`. Counted from the creation of the generation. */
  after: string;
}

/** The generation that certificates belong to. */
export interface RenewalOutputs {
  /** Changes when a renewal is due; certificates that hang on it are then made anew. */
  generation: string;
  /** When the next generation begins, ISO 8601, UTC. */
  dueAt: string;
  /** Certificates issued before this moment belong to an older generation, ISO 8601, UTC; empty for the first generation, which adopts. */
  issuedAfter: string;
}

const seeds: Seeds<RenewalOutputs> = { generation: undefined, dueAt: undefined, issuedAfter: undefined };

export interface Renewal extends Offers<RenewalInputs, RenewalOutputs> {}

/**
 * The one place that decides that a renewal is due. It looks at the state and the clock only, so a preview shows it without the network.
 * Hand it to a certificate, or to several that are to be renewed together.
 *
 * ```ts
 * const yearly = new Renewal("yearly", { after: "300d" });
 * ```
 */
export class Renewal extends Resource<RenewalInputs, RenewalOutputs> {
  constructor(name: string, args: Args<RenewalInputs>, options?: ResourceOptions) {
    super("Renewal", name, args, seeds, options);
  }
}
