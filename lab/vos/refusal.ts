/** The platform says no, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly words: string,
    /** The HTTP status that the certificate REST gives it. */
    readonly status = 400,
  ) {
    super(words);
  }
}
