// What the installation of a product leaves on a host's drive, and what a Java update does to it.
import { isCvp } from "./description";
import type { Drive } from "./drive";
import { folderAcl } from "./acl";
import type { WindowsHost } from "./host";
import { ALIASES, CVP_HOME, ICM_HOME, type Layout, WINDOWS_FOLDERS } from "./layout";
import { ENVIRONMENT_KEY } from "./registry";
import { cacerts, cvpStore, securityProperties } from "./stores";

/** Stands for a program that the lab does itself. */
const PROGRAM = "MZ: emulated by this lab\r\n";

function makeFolders(drive: Drive, ...paths: string[]): void {
  for (const path of paths) if (!drive.isFolder(path)) drive.makeFolder(path);
}

async function installJava(host: WindowsHost, drive: Drive, home: string): Promise<void> {
  makeFolders(drive, `${home}\\bin`, `${home}\\lib\\security`);
  for (const program of ["java.exe", "keytool.exe"]) drive.write(`${home}\\bin\\${program}`, PROGRAM);
  drive.write(`${home}\\lib\\security\\cacerts`, await cacerts(host.jdk, passwordOf(host, `${home}\\lib\\security\\cacerts`)));
}

/** The password of the estate is that of the trust store; a `cacerts` beside it has the one that Java ships. */
function passwordOf(host: WindowsHost, path: string): string | undefined {
  return path === host.layout.store.path ? host.storePassword : undefined;
}

async function installCvp(host: WindowsHost, drive: Drive): Promise<void> {
  const security = `${CVP_HOME}\\conf\\security`;
  makeFolders(drive, `${CVP_HOME}\\bin`, security);
  drive.setAcl(security, folderAcl("BA", ["BA", "F"], ["SY", "F"]));
  drive.write(`${CVP_HOME}\\conf\\security.properties`, securityProperties(host.description.propertiesPassword ?? host.storePassword));
  const keys = [...host.identities].flatMap(([name, { key, certificate }]) => (ALIASES[name] ? [{ alias: ALIASES[name], key, certificate: certificate.pem }] : []));
  drive.write(host.layout.store.path, await cvpStore(host.jdk, keys, host.storePassword));
}

async function installIcm(host: WindowsHost, drive: Drive): Promise<void> {
  makeFolders(drive, `${ICM_HOME}\\bin`, `${ICM_HOME}\\ssl`);
  if (host.layout.store.path.startsWith(ICM_HOME)) drive.write(host.layout.store.path, await cacerts(host.jdk, host.storePassword));
  // Rights of its own, so that whoever puts another file there is found out.
  drive.setAcl(host.layout.store.path, { owner: "BA", aces: [["BA", "F"], ["SY", "F"], ["NS", "R"], ["BU", "RX"]].map(([trustee, rights]) => ({ trustee: trustee!, rights: rights!, inherited: false, flags: "" })) });
}

/** Makes the drive. Faults and rights have no say in it. */
export async function installDrive(host: WindowsHost): Promise<void> {
  const drive = host.drive.unguarded();
  makeFolders(drive, ...WINDOWS_FOLDERS, host.variables.TEMP!);
  for (const home of host.layout.javaHomes) await installJava(host, drive, home);
  await (isCvp(host.product) ? installCvp : installIcm)(host, drive);
  host.trust.pristine = drive.read(host.layout.store.path);
}

function movedTo(layout: Layout, former: string, home: string): Layout {
  const moved = (path: string) => (path.startsWith(`${former}\\`) || path === former ? home + path.slice(former.length) : path);
  return { ...layout, javaHomes: layout.javaHomes.map(moved), cacerts: layout.cacerts.map(moved), store: { ...layout.store, path: moved(layout.store.path) } };
}

/** What an update of Java does: `cacerts` are as shipped; with another home, that is the one which the registry names. */
export async function updateJava(host: WindowsHost, home?: string): Promise<void> {
  const drive = host.drive.unguarded();
  const [former] = host.layout.javaHomes;
  for (const one of home ? [home] : host.layout.cacerts) {
    makeFolders(drive, `${one}\\bin`, `${one}\\lib\\security`);
    for (const program of ["java.exe", "keytool.exe"]) drive.write(`${one}\\bin\\${program}`, PROGRAM);
    drive.write(`${one}\\lib\\security\\cacerts`, await cacerts(host.jdk));
  }
  if (!home) return;
  drive.removeFolder(former!, true);
  host.layout = movedTo(host.layout, former!, home);
  const variables = host.registry.get(ENVIRONMENT_KEY)!;
  for (const [name, value] of variables) if (value.data === former) variables.set(name, { ...value, data: home });
}
