// What was typed behind `uccerts connect`.
import { parseArgs } from "node:util";
import type { Connection } from "../../provider/connections";
import { Misuse } from "../misuse";

export const HELP = `Usage: uccerts connect [options]               for the nodes of the program in this folder (pulumi preview)
       uccerts connect <publisher> [options]   for the cluster of this CUCM publisher, which names its other nodes

Looks at every node at once, shows its TLS certificate and SSH host key, tries each log-in once,
and prints the connections to paste into the stack configuration. Nothing is written to any node.
No credential is sent to a server whose fingerprints nobody has accepted, and none is an argument:
it is taken from an environment variable, or asked on the terminal without echo.

  --os-administrator [<connection>=]<user>           user of OS Administration and of the platform CLI
  --os-password-env [<connection>=]<VARIABLE>        where its password is; default <CONNECTION>_OS_PASSWORD
  --application-user [<connection>=]<user>           user of AXL and Control Center
  --application-password-env [<connection>=]<VARIABLE>   default <CONNECTION>_APP_PASSWORD
  --authority <connection>=<server>                  an AD CS with web enrolment
  --enroller [<connection>=][<DOMAIN>\\]<user>        who requests certificates there
  --enroller-password-env [<connection>=]<VARIABLE>  default <CONNECTION>_PASSWORD
  --windows-user [<connection>=]<user>               administrator of Windows hosts, such as EXAMPLE\\uccerts
  --windows-password-env [<connection>=]<VARIABLE>   default <CONNECTION>_WINDOWS_PASSWORD
  --reach <host>=<address>[,<port>:<port>…]          where a host is reached, if not at its own name and ports
  --ca <file.pem>                                    an authority that may issue the servers' certificates
  --connection <name>                                name of the publisher's connection; default: its first label
  --stack <name>                                     another stack than the selected one
  --trust                                            accept the fingerprints that are shown without being asked
  --yes                                              the same, and write the connections into the stack configuration
  --help                                             this text

Options may be repeated. Without "<connection>=" they hold for every connection.
`;

/** A value for every connection (under the empty name) or for one. */
export type PerConnection = Record<string, string>;
type Reach = NonNullable<Connection["reach"]>;

export interface Options {
  publisher?: string;
  users: Record<LoginKind, PerConnection>;
  variables: Record<LoginKind, PerConnection>;
  /** Servers by connection. */
  authorities: Record<string, string>;
  reach: Reach;
  caFiles: string[];
  connection?: string;
  stack?: string;
  trust: boolean;
  yes: boolean;
  help: boolean;
}

export type LoginKind = "osAdministrator" | "applicationUser" | "certsrv" | "windows";

const MANY = { type: "string", multiple: true } as const;
const OPTIONS = {
  "os-administrator": MANY,
  "os-password-env": MANY,
  "application-user": MANY,
  "application-password-env": MANY,
  authority: MANY,
  enroller: MANY,
  "enroller-password-env": MANY,
  "windows-user": MANY,
  "windows-password-env": MANY,
  reach: MANY,
  ca: MANY,
  connection: { type: "string" },
  stack: { type: "string" },
  trust: { type: "boolean" },
  yes: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** @throws Misuse, which never repeats a value that could be a password */
export function optionsOf(args: string[]): Options {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1) throw new Misuse(`one publisher at most, not ${positionals.length}`);
  return {
    publisher: positionals[0],
    users: { osAdministrator: perConnection(values["os-administrator"]), applicationUser: perConnection(values["application-user"]), certsrv: perConnection(values.enroller), windows: perConnection(values["windows-user"]) },
    variables: {
      osAdministrator: variables("os-password-env", values["os-password-env"]),
      applicationUser: variables("application-password-env", values["application-password-env"]),
      certsrv: variables("enroller-password-env", values["enroller-password-env"]),
      windows: variables("windows-password-env", values["windows-password-env"]),
    },
    authorities: authorities(values.authority),
    reach: Object.fromEntries((values.reach ?? []).map(reachOf)),
    caFiles: values.ca ?? [],
    connection: values.connection,
    stack: values.stack,
    trust: (values.trust ?? false) || (values.yes ?? false),
    yes: values.yes ?? false,
    help: values.help ?? false,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // Node's own words go on with advice that fits other commands.
    throw new Misuse((error as Error).message.split(". To ")[0]);
  }
}

/** `name=value`, or a value for all. */
function perConnection(values: string[] = []): PerConnection {
  return Object.fromEntries(values.map((value) => (/^[\w.-]+=/.test(value) ? [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)] : ["", value])));
}

function variables(option: string, values?: string[]): PerConnection {
  const all = perConnection(values);
  if (Object.values(all).every((name) => /^[A-Z_][A-Z0-9_]*$/.test(name))) return all;
  throw new Misuse(`--${option} takes the name of an environment variable (capitals, digits, _), never a password`);
}

function authorities(values: string[] = []): Record<string, string> {
  const all = perConnection(values);
  if ("" in all) throw new Misuse(`--authority "${all[""]}": write <connection>=<server>, such as ca=ca.example.com`);
  return all;
}

function reachOf(value: string): [string, Reach[string]] {
  const [, host, address, ports = ""] = /^([^=,]+)=([^=,:]+)((?:,\d+:\d+)*)$/.exec(value) ?? [];
  if (!host || !address) throw new Misuse(`--reach "${value}": write <host>=<address>[,<port>:<port>…], such as cs-ccm-pub.example.com=10.1.2.3,22:40022`);
  const pairs = [...ports.matchAll(/(\d+):(\d+)/g)].map(([, port, real]): [string, number] => [port!, Number(real)]);
  return [host, { address, ...(pairs.length > 0 ? { ports: Object.fromEntries(pairs) } : {}) }];
}
