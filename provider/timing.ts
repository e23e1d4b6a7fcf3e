import { parseDuration } from "../domain/duration";

/** One row of the timing table: default and meaning. docs/timing.md is made of the same rows. */
const TABLE = {
  connect: ["10s", "until a connection must stand"],
  request: ["60s", "until an answer to one request must be there"],
  cliCommand: ["2m", "until a CLI command must have brought its prompt back"],
  cliStart: ["2m", "until the first CLI prompt must be there"],
  cliQuestion: ["5s", "how long the CLI must be silent before text that looks like a question is taken for one"],
  retryFirst: ["1s", "before the first repetition of a request that may be repeated; doubled each time, up to eight times as long"],
  lostAnswer: ["15s", "how long to look for what became of a write whose answer was lost, before it is sent again"],
  poll: ["5s", "between two looks while waiting"],
  replication: ["30m", "until a trust certificate must have reached every node (R36)"],
  distribution: ["10m", "until a CSR or a multi-server certificate must be on every node"],
  serviceRestart: ["15m", "until a restarted service must be up"],
  serverRestart: ["45m", "until a server that was restarted whole must be back with its services"],
  phoneRegistration: ["15m", "until phones that were reset must be registered again"],
  webReady: ["20m", "until the product's page and the certificate REST must answer after a Tomcat restart"],
  phonesBack: ["30m", "until the phones that were registered before a change must be registered again (R56)"],
  phonesWatch: ["16m", "how long phones that are back are watched for registering again and again: twice the seven minutes of CSCup28852 (U11)"],
  phonePoll: ["30s", "between two looks at registered phones"],
  preflightAge: ["15m", "how long a preflight holds; older, a writing resource repeats the rules itself"],
  lockWait: ["30m", "how long to wait for another run that works on the same cluster"],
  clockSkew: ["3m", "how far a node's clock may differ (R135)"],
  backupAge: ["7d", "how old the last good backup may be (R64)"],
  risMinute: ["1m", "in which time the registrations of a cluster are asked for at most 14 times; what is more waits"],
  usualMinute: ["1m", "what one minute of a step's usual duration counts, when it is compared with the rest of a maintenance window"],
} as const;

export type TimingName = keyof typeof TABLE;
/** Milliseconds by name. */
export type Timing = Readonly<Record<TimingName, number>>;

export const TIMING_TABLE: Readonly<Record<TimingName, readonly [value: string, meaning: string]>> = TABLE;

const NAMES = Object.keys(TABLE) as TimingName[];

/**
 * The table with what `uccerts:timing` sets over it.
 * @throws naming every entry that is unknown or no duration.
 */
export function timing(set: unknown = {}): Timing {
  if (set === null || typeof set !== "object" || Array.isArray(set)) throw new Error('uccerts:timing is no group of durations: set it with "pulumi config set --path uccerts:timing.<name> <duration>"');
  const wrong = Object.entries(set).flatMap(([name, value]) => failures(name, value));
  if (wrong.length > 0) throw new Error(`uccerts:timing: ${wrong.join("; ")}`);
  const given = set as Partial<Record<TimingName, string>>;
  return Object.fromEntries(NAMES.map((name) => [name, parseDuration(given[name] ?? TABLE[name][0])!])) as Timing;
}

function failures(name: string, value: unknown): string[] {
  if (!Object.hasOwn(TABLE, name)) return [`${name} is unknown (known: ${NAMES.join(", ")})`];
  return typeof value === "string" && parseDuration(value) !== undefined ? [] : [`${name} ${JSON.stringify(value)} is not a duration such as "5s" or "250ms"`];
}
