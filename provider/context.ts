// What a lifecycle may ask for. Types only.

/** The clock of this machine. */
export interface Clock {
  now(): Date;
}

/** What a lifecycle may ask for while it works. */
export interface Context {
  readonly clock: Clock;
}
