// The command line of `uccerts connect` for a lab.
import { connectionsOf, type AuthorityConnection, type ClusterConnection, type ContactCenterConnection, type Lab } from "../../lab";

type Any = Partial<Omit<ClusterConnection & AuthorityConnection & ContactCenterConnection, "reach">> & Pick<Partial<ClusterConnection>, "reach">;

const variable = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, "_");

function each<T>(lab: Lab, give: (name: string, connection: Any) => T[]): T[] {
  return Object.entries(connectionsOf(lab)).flatMap(([name, connection]) => give(name, connection));
}

/** Where the lab's hosts are reached. */
export function reachOptions(lab: Lab): string[] {
  return each(lab, (_name, { reach = {} }) => Object.entries(reach).flatMap(([host, { address, ports }]) => ["--reach", `${host}=${address}${Object.entries(ports).map(([port, real]) => `,${port}:${real}`).join("")}`]));
}

/** The lab's users. */
export function loginOptions(lab: Lab): string[] {
  return each(lab, (name, { osAdministrator, applicationUser, certsrv, windows }) => [
    ...(windows ? ["--windows-user", `${name}=${windows.username}`] : []),
    ...(osAdministrator ? ["--os-administrator", `${name}=${osAdministrator.username}`] : []),
    ...(applicationUser ? ["--application-user", `${name}=${applicationUser.username}`] : []),
    ...(certsrv ? ["--enroller", `${name}=${certsrv.domain}\\${certsrv.username}`] : []),
  ]);
}

/** The lab's passwords under the variables that are usual. */
export function passwordVariables(lab: Lab): Record<string, string> {
  return Object.fromEntries(
    each(lab, (name, { osAdministrator, applicationUser, certsrv, windows }): [string, string][] => [
      ...(windows ? [[`${variable(name)}_WINDOWS_PASSWORD`, windows.password] as [string, string]] : []),
      ...(osAdministrator ? [[`${variable(name)}_OS_PASSWORD`, osAdministrator.password] as [string, string]] : []),
      ...(applicationUser ? [[`${variable(name)}_APP_PASSWORD`, applicationUser.password] as [string, string]] : []),
      ...(certsrv ? [[`${variable(name)}_PASSWORD`, certsrv.password] as [string, string]] : []),
    ]),
  );
}
