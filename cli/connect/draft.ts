// The connections as they come to be, beginning with what is configured already.
import type { Certificate } from "../../domain/x509/certificate";
import type { Connection, Login } from "../../provider/connections";
import { Runtime } from "../../provider/runtime";
import { Misuse } from "../misuse";
import type { LoginKind, Options } from "./options";

export type Connections = Record<string, Connection>;

export class Draft {
  private readonly all: Connections = {};
  private readonly touched = new Set<string>();

  constructor(
    /** Texts of the stack configuration by key. */
    private readonly configuration: Readonly<Record<string, string>>,
    private readonly options: Options,
  ) {
    const known = new Runtime();
    known.configure((key) => configuration[key]);
    for (const name of known.settings.names) this.all[name] = structuredClone(known.settings.connection(name));
  }

  /** Everything of which something is known. */
  get connections(): Connections {
    return this.all;
  }

  /** What this command has worked on. */
  get made(): Connections {
    return Object.fromEntries([...this.touched].map((name) => [name, this.all[name]!]));
  }

  /** The connection to work on; made when there is none. */
  of(name: string): Connection {
    this.touched.add(name);
    return (this.all[name] ??= {});
  }

  /** Says where a host is reached, as the command line has it. */
  reach(name: string, host: string): void {
    const given = this.options.reach[host];
    const connection = this.of(name);
    if (given) connection.reach = { ...connection.reach, [host]: given };
  }

  trustAuthorities(name: string, authorities: readonly Certificate[]): void {
    for (const { pem } of authorities) {
      const tls = (this.of(name).tls ??= {});
      if (!tls.ca?.some((known) => known.trim() === pem.trim())) tls.ca = [...(tls.ca ?? []), pem];
    }
  }

  pin(name: string, { certificates, hostKey }: { certificates: readonly Certificate[]; hostKey?: string }): void {
    const connection = this.of(name);
    const tls = (connection.tls ??= {});
    tls.fingerprints = [...new Set([...(tls.fingerprints ?? []), ...certificates.map(({ fingerprint }) => fingerprint)])];
    if (hostKey) connection.ssh = { ...connection.ssh, hostKeys: [...new Set([...(connection.ssh?.hostKeys ?? []), hostKey])] };
  }

  /** The log-in of a kind as far as it is known: what was typed, then what is configured, then the usual variable. */
  login(name: string, kind: LoginKind): Partial<Login> {
    const { users, variables } = this.options;
    const known: Partial<Login> = this.of(name)[kind] ?? {};
    const variable = variables[kind][name] ?? variables[kind][""];
    const password = variable ? { env: variable } : (known.password ?? { env: usualVariable(name, kind) });
    return { username: users[kind][name] ?? users[kind][""] ?? known.username, password };
  }

  setLogin(name: string, kind: LoginKind, login: Login): void {
    const connection = this.of(name);
    if (kind !== "certsrv") connection[kind] = login;
    else connection.certsrv = { ...connection.certsrv, ...enroller(login), host: this.serverOf(name) };
  }

  /** The server of an authority. */
  serverOf(name: string): string {
    const server = this.options.authorities[name] ?? this.all[name]?.certsrv?.host;
    if (!server) throw new Misuse(`the server of the authority "${name}" is not known: --authority ${name}=<server>`);
    return server;
  }

  /** A run with what is known now. */
  runtime(print: (line: string) => void): Runtime {
    const made = new Runtime(print);
    made.configure((key) => (key === "uccerts:connections" ? JSON.stringify(this.all) : key === "uccerts:timing" ? this.configuration[key] : undefined));
    return made;
  }
}

const SUFFIXES: Record<LoginKind, string> = { osAdministrator: "_OS_PASSWORD", applicationUser: "_APP_PASSWORD", certsrv: "_PASSWORD", windows: "_WINDOWS_PASSWORD" };

function usualVariable(name: string, kind: LoginKind): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9]/g, "_").replace(/^(?=\d)/, "_")}${SUFFIXES[kind]}`;
}

/** `DOMAIN\user` in two parts. */
function enroller({ username, password }: Login): Login & { domain?: string } {
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(username) ?? [];
  return domain && user ? { username: user, password, domain } : { username, password };
}
