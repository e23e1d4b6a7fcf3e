// Which words are which command. A new family is a file in commands/ and a line here.
import type { Command } from "./command";
import { accountCommands } from "./commands/account";
import { backupCommands } from "./commands/backup";
import { bulkCommands } from "./commands/bulk";
import { certificateChangeCommands } from "./commands/certificate-change";
import { certificateShowCommands } from "./commands/certificate-show";
import { networkCommands } from "./commands/network";
import { replicationCommands } from "./commands/replication";
import { requestCommands } from "./commands/request";
import { serviceCommands } from "./commands/service";
import { sessionCommands } from "./commands/session";
import { sqlCommands } from "./commands/sql";
import { ssoCommands } from "./commands/sso";
import { statusCommands } from "./commands/status";
import { systemCommands } from "./commands/system";
import { trustListCommands } from "./commands/trust-list";

const COMMANDS: Command[] = [
  ...accountCommands,
  ...backupCommands,
  ...bulkCommands,
  ...certificateChangeCommands,
  ...certificateShowCommands,
  ...networkCommands,
  ...replicationCommands,
  ...requestCommands,
  ...serviceCommands,
  ...sessionCommands,
  ...sqlCommands,
  ...ssoCommands,
  ...statusCommands,
  ...systemCommands,
  ...trustListCommands,
];

/** The platform has these; the lab says so instead of playing dumb. */
const NOT_EMULATED = [
  "file",
  "set account",
  "set accountlocking",
  "set cert default-ca-list",
  "set commandcount",
  "set date",
  "set password",
  "set web-security",
  "show account",
  "show cert default-ca-list",
  "show cuc",
  "show hardware",
  "show network",
  "show perf",
  "show process",
  "show tech",
  "show timezone",
  "show version",
  "show web-security",
  "utils PlatformWebAccess",
  "utils core",
  "utils ctl",
  "utils dbreplication",
  "utils diagnose",
  "utils disaster_recovery",
  "utils fips",
  "utils ha",
  "utils itl",
  "utils network",
  "utils ntp",
  "utils service auto-restart",
  "utils sso recovery-url",
  "utils system",
];

/** Nothing that the platform knows. */
export class UnknownCommand extends Error {
  constructor() {
    super("unknown");
  }
}

/** Something that the platform knows and the lab does not. */
export class NotEmulated extends Error {
  constructor(readonly words: string) {
    super("not emulated");
  }
}

const begins = (line: string, name: string) => line === name || line.startsWith(`${name} `);

function longest(names: string[]): string {
  return names.reduce((best, name) => (name.length > best.length ? name : best), "");
}

/** The command that a line means, with the words that follow its name; throws `UnknownCommand` or `NotEmulated`. */
export function findCommand(line: string): { command: Command; words: string[] } {
  const known = longest(COMMANDS.map(({ name }) => name).filter((name) => begins(line, name)));
  const foreign = longest(NOT_EMULATED.filter((name) => begins(line, name)));
  const command = COMMANDS.find(({ name }) => name === known);
  if (!command || foreign.length > known.length) {
    throw foreign ? new NotEmulated(`"${foreign}" is not emulated by this lab: see lab/README.md`) : new UnknownCommand();
  }
  const words = line.slice(known.length).split(" ").filter(Boolean);
  const [least, most] = command.takes ?? [0, 0];
  if (words.length < least || words.length > most) throw new UnknownCommand();
  return { command, words };
}
