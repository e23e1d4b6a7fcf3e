// Whether a fault with a rate strikes: drawn from its seed, so that the same run has the same faults.
import { createHash } from "node:crypto";
import type { Occasion } from "./faults";

/** So many requests in a row may be struck at one interface of one node: a client that tries four times gets through. */
export const MOST_IN_A_ROW = 3;

interface Place {
  /** Requests that were drawn for. */
  requests: number;
  /** How many of the last ones were struck, without a gap. */
  row: number;
}

interface Request {
  place: Place;
  /** Which request of this place it is, from 1 on. */
  number: number;
  /** How many before it were struck, without a gap. */
  before: number;
}

/** A number from 0 to 1, always the same for the same words. */
function lot(...words: (string | number)[]): number {
  return createHash("sha256").update(words.join("\n")).digest().readUInt32BE() / 2 ** 32;
}

/** The draws of a lab. One occasion stands for one request, whatever faults it is asked about. */
export class Lots {
  private readonly places = new Map<string, Place>();
  private readonly requests = new WeakMap<Occasion, Request>();

  /** Draws for one fault; what has been drawn three times in a row is not drawn again. */
  draw(fault: { fault: string; rate: number; seed: string }, occasion: Occasion): boolean {
    const { place, number, before } = this.requestOf(occasion);
    if (before >= MOST_IN_A_ROW || lot(fault.seed, fault.fault, occasion.node, occasion.interface, number) >= fault.rate) return false;
    place.row = before + 1;
    return true;
  }

  private requestOf(occasion: Occasion): Request {
    const known = this.requests.get(occasion);
    if (known) return known;
    const name = `${occasion.node}\n${occasion.interface}`;
    const place = this.places.get(name) ?? { requests: 0, row: 0 };
    this.places.set(name, place);
    const request = { place, number: ++place.requests, before: place.row };
    place.row = 0;
    this.requests.set(occasion, request);
    return request;
  }
}
