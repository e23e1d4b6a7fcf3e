// Creates drivers from connections: the only place that does.
import { hasCertificateRest } from "../domain/releases";
import type { Connection, Login, SftpLogin } from "./connections";
import type { KeyFacts } from "../domain/x509/certificate";
import type { Host, Node, Server } from "./context";
import type { AuthorityPlatform } from "./platforms/authority";
import { CertsrvClient } from "./platforms/certsrv/client";
import { CertsrvDriver } from "./platforms/certsrv/driver";
import type { SftpDirectory } from "./platforms/sftp";
import { SftpDriver } from "./platforms/sftp/driver";
import type { Served } from "./platforms/tls";
import type { VosPlatform } from "./platforms/vos";
import type { WindowsPlatform } from "./platforms/windows";
import { Axl } from "./platforms/vos/axl";
import { CertificateRest } from "./platforms/vos/certificate-rest";
import type { Calling, Certificates } from "./platforms/vos/certificates";
import { CertificatesByCli } from "./platforms/vos/certificates-cli";
import { CertificatesByRest } from "./platforms/vos/certificates-rest";
import { PlatformCli } from "./platforms/vos/cli/platform-cli";
import { CliSession } from "./platforms/vos/cli/session";
import { ControlCenter } from "./platforms/vos/control-center";
import { VosDriver } from "./platforms/vos/driver";
import { Ris } from "./platforms/vos/ris";
import { keepSmall } from "./memory";
import { clockOf } from "./platforms/vos/page";
import type { Settings } from "./settings";
import type { Timing } from "./timing";
import { type Endpoint, HttpsClient } from "./transport/https";
import type { LogIns } from "./transport/log-in";
import { shownHostKey } from "./transport/host-key";
import { Commands } from "./platforms/windows/commands";
import { WindowsDriver } from "./platforms/windows/driver";
import { Keystores } from "./platforms/windows/keystores";
import { servedCertificate } from "./platforms/tls/served";
import { Remote } from "./transport/remote";
import { openShell } from "./transport/ssh";
import type { SshEndpoint } from "./transport/ssh-client";

/** Something that holds connections open. */
export interface Closable {
  /** Whether a service restarts that could stay down when the connection ends now. */
  readonly holdsRestart?: boolean;
  close(): void | Promise<void>;
}

/** What drivers are made with. */
export interface DriverParts {
  settings: Settings;
  logIns: LogIns;
  endpoint: (connection: string, host: string, port: number, address?: string) => Endpoint;
  /** Remembers what is to be closed at the end. */
  keep: <T extends Closable>(one: T) => T;
  say: (line: string) => void;
}

type LoginKind = "osAdministrator" | "applicationUser";

function loginOf(connection: Connection, { fqdn, connection: name }: Node, kind: LoginKind): Login {
  const login = connection.nodes?.[fqdn]?.[kind] ?? connection[kind];
  if (login) return login;
  throw new Error(`The connection "${name}" has no ${kind}. Set it: pulumi config set --path 'uccerts:connections.${name}.${kind}.username' <name> (docs/connections.md)`);
}

/** One driver for one node. Credentials are resolved when they are used. */
export function createVos(node: Node, { settings, logIns, endpoint, keep, say }: DriverParts): VosPlatform {
  keepSmall();
  const { timing } = settings;
  const connection = settings.connection(node.connection);
  const at = (port: number) => endpoint(node.connection, node.fqdn, port, node.address);
  const reveal = (kind: LoginKind) => {
    const { username, password } = loginOf(connection, node, kind);
    return { username, password: settings.reveal(password) };
  };
  const asOs = <T>(work: () => Promise<T>) => logIns.with(`os ${loginOf(connection, node, "osAdministrator").username} on ${node.fqdn}`, work);
  const asApplication = <T>(work: () => Promise<T>) => logIns.with(`application user ${loginOf(connection, node, "applicationUser").username} of ${node.cluster.name}`, work);
  const [short, main] = [keep(new HttpsClient(at(443), timing)), keep(new HttpsClient(at(8443), timing))];
  const openCli = () => asOs(() => openSession(node, at(22), connection, reveal("osAdministrator"), timing));
  const cli = keep(new PlatformCli(node.fqdn, openCli, timing));
  const calling: Calling = { fqdn: node.fqdn, asOs, times: timing, say };
  const certificates: Certificates = hasCertificateRest(node.release)
    ? new CertificatesByRest(new CertificateRest(short, () => reveal("osAdministrator")), calling, node.cluster.nodes.map(({ fqdn }) => fqdn))
    : new CertificatesByCli(cli, calling, () => clockOf(main));
  return new VosDriver({
    fqdn: node.fqdn,
    product: node.product,
    certificates,
    controlCenter: new ControlCenter(main, () => reveal("applicationUser")),
    axl: new Axl(main, () => reveal("applicationUser"), node.release),
    ris: keep(new Ris(main, () => reveal("applicationUser"), timing.risMinute)),
    cli,
    endpoint: at,
    asApplication,
    times: timing,
    say,
  });
}

async function openSession(node: Node, { address, port }: Endpoint, connection: Connection, login: { username: string; password: string }, times: Timing): Promise<CliSession> {
  const shell = await openShell({ host: node.fqdn, address, port, ...login, hostKeys: connection.ssh?.hostKeys ?? [], algorithms: connection.ssh?.algorithms, connection: node.connection }, times.connect);
  return CliSession.begin(shell, node.fqdn, times);
}

/** The SSH host key that a node shows; nobody logs in. */
export function hostKeyOf({ connection, fqdn, address }: Server, { settings, endpoint }: DriverParts): Promise<string> {
  return shownHostKey({ ...endpoint(connection, fqdn, 22, address), connection, algorithms: settings.connection(connection).ssh?.algorithms }, settings.timing.connect);
}

/** One driver for one authority. */
export function createAuthority(name: string, { settings, logIns, endpoint, keep }: DriverParts): AuthorityPlatform {
  const { timing } = settings;
  const { certsrv } = settings.connection(name, "authority");
  if (!certsrv) throw new Error(`The connection "${name}" has no certsrv log-in. Set it: pulumi config set --path 'uccerts:connections.${name}.certsrv.host' <server> (docs/connections.md)`);
  const https = keep(new HttpsClient(endpoint(name, certsrv.host, 443), timing, 1));
  const client = new CertsrvClient(https, () => ({ username: certsrv.username, password: settings.reveal(certsrv.password), domain: certsrv.domain }), timing.retryFirst);
  return new CertsrvDriver({ host: certsrv.host, client, asEnroller: (work) => logIns.with(`${certsrv.username} at ${certsrv.host}`, work), retryFirst: timing.retryFirst });
}

/** The directory of one SFTP connection. */
export function createSftp(name: string, { settings, logIns, endpoint, keep }: DriverParts): SftpDirectory {
  const { timing } = settings;
  const { sftp, ssh } = settings.connection(name, "files");
  if (!sftp) throw new Error(`The connection "${name}" has no sftp log-in. Set it: pulumi config set --path 'uccerts:connections.${name}.sftp.host' <server> (docs/connections.md)`);
  const { host, username, directory } = sftp;
  const target = async (): Promise<SshEndpoint> => {
    const { address, port } = endpoint(name, host, 22);
    const credential = sftp.privateKey === undefined ? { password: passwordOf(name, sftp, settings) } : { privateKey: settings.revealKey(sftp.privateKey) };
    return { host, address, port, username, ...credential, logIn: "as offered", hostKeys: ssh?.hostKeys ?? [], algorithms: ssh?.algorithms, connection: name };
  };
  const asUser = <T>(work: () => Promise<T>) => logIns.with(`sftp ${username} at ${host}`, work);
  const remote = keep(new Remote(host, target, { connect: timing.connect, command: timing.request }, asUser));
  return new SftpDriver({ place: { host, port: 22, username, directory }, password: () => passwordOf(name, sftp, settings), remote, retryFirst: timing.retryFirst });
}

function passwordOf(name: string, { password }: SftpLogin, settings: Settings): string {
  if (password !== undefined) return settings.reveal(password);
  throw new Error(`The connection "${name}" has no sftp password, with which publishers log in. Set it: pulumi config set --path 'uccerts:connections.${name}.sftp.password.env' <variable> (docs/connections.md)`);
}

/** What a port of a server serves, by a handshake from here; nobody logs in. */
export function servedBy({ fqdn, address, connection }: Server, port: number, keyType: KeyFacts["type"], { endpoint, settings }: DriverParts): Promise<Served | undefined> {
  return servedCertificate(endpoint(connection, fqdn, port, address), keyType, settings.timing);
}

/** One driver for one Windows host. */
export function createWindows(host: Host, { settings, logIns, endpoint, keep }: DriverParts): WindowsPlatform {
  const { timing } = settings;
  const { windows, ssh } = settings.connection(host.connection, "hosts");
  if (!windows) throw new Error(`The connection "${host.connection}" has no windows log-in. Set it: pulumi config set --path 'uccerts:connections.${host.connection}.windows.username' <name> (docs/connections.md)`);
  const target = async (): Promise<SshEndpoint> => {
    const { address, port } = endpoint(host.connection, host.fqdn, 22, host.address);
    const password = windows.password === undefined ? undefined : settings.reveal(windows.password);
    const privateKey = windows.privateKey === undefined ? undefined : settings.revealKey(windows.privateKey);
    return { host: host.fqdn, address, port, username: windows.username, password, privateKey, logIn: "password", hostKeys: ssh?.hostKeys ?? [], algorithms: ssh?.algorithms, connection: host.connection };
  };
  // An account of the domain is the same on every host.
  const asUser = <T>(work: () => Promise<T>) => logIns.with(`windows ${windows.username} of ${host.connection}`, work);
  const commands = new Commands(host.fqdn, keep(new Remote(host.fqdn, target, { connect: timing.connect, command: timing.cliCommand }, asUser)));
  return new WindowsDriver({ commands, keystores: new Keystores(commands, timing), retryFirst: timing.retryFirst });
}
