// The connections of a lab, in the shape of the stack configuration's `uccerts:connections`.
import { X509Certificate } from "node:crypto";
import type { Authority } from "./certsrv/authority";
import type { Lab } from "./lab";
import type { SftpServer } from "./sftp/server";
import type { VosCluster } from "./vos/cluster";
import type { Ports } from "./vos/node";
import type { ContactCenter } from "./windows/contact-center";
import type { WindowsHost } from "./windows/host";
import { CACERTS_PASSWORD } from "./windows/stores";

export interface Reach {
  address: string;
  ports: Record<string, number>;
}

/** A connection to one cluster of the lab. */
export interface ClusterConnection {
  osAdministrator: { username: string; password: string };
  applicationUser: { username: string; password: string };
  tls: { ca: string[]; fingerprints: string[] };
  ssh: { hostKeys: string[] };
  reach: Record<string, Reach>;
}

/** A connection to one AD CS of the lab. */
export interface AuthorityConnection {
  certsrv: { host: string; username: string; password: string; domain: string };
  tls: { ca: string[]; fingerprints: string[] };
  reach: Record<string, Reach>;
}

/** A connection to the Windows hosts of one contact centre of the lab, and to the ports of the VOS nodes that their services look at. */
export interface ContactCenterConnection {
  windows: { username: string; password: string };
  ssh: { hostKeys: string[] };
  /** Passwords of trust stores; a CVP server tells its own. */
  keystores: Record<string, string>;
  tls: { ca: string[]; fingerprints: string[] };
  reach: Record<string, Reach>;
}

/** A connection to one SFTP server of the lab. */
export interface SftpConnection {
  sftp: { host: string; username: string; password: string; directory: string };
  ssh: { hostKeys: string[] };
  reach: Record<string, Reach>;
}

export type Connections = Record<string, object>;

/** Phones' ports only where a product has them. */
function nodePorts({ ssh, https443, https8443, tftp, tvs }: Ports): Record<string, number> {
  return { 22: ssh, 443: https443, ...(tvs > 0 ? { 2445: tvs } : {}), ...(tftp > 0 ? { 6970: tftp } : {}), 8443: https8443 };
}

function clusterConnection(cluster: VosCluster, roots: string[]): ClusterConnection {
  const reach = cluster.nodes.map(({ fqdn, ports }) => [fqdn, { address: "127.0.0.1", ports: nodePorts(ports) }] as const);
  return {
    osAdministrator: cluster.osAdministrator,
    applicationUser: cluster.applicationUser.credential,
    tls: { ca: roots, fingerprints: cluster.nodes.flatMap((node) => node.served.map(({ certificate }) => certificate.parsed.fingerprint256)) },
    ssh: { hostKeys: cluster.nodes.flatMap((node) => node.sshFingerprints) },
    reach: Object.fromEntries(reach),
  };
}

function authorityConnection({ fqdn, credential, roots, served, ports }: Authority): AuthorityConnection {
  return {
    certsrv: { host: fqdn, ...credential },
    tls: { ca: roots, fingerprints: [new X509Certificate(served.certificate).fingerprint256] },
    reach: { [fqdn]: { address: "127.0.0.1", ports: { 443: ports.https443 } } },
  };
}

function portsOf({ ports }: WindowsHost): Record<string, number> {
  const all = { 22: ports.ssh, 443: ports.https443, 7890: ports.https7890, 8111: ports.https8111 };
  return Object.fromEntries(Object.entries(all).filter(([, port]) => port !== 0));
}

function contactCenterConnection({ lab, hosts, account }: ContactCenter, roots: string[]): ContactCenterConnection {
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes);
  const served = [...hosts.flatMap((host) => [...host.served.values()].map(({ certificate }) => certificate)), ...nodes.flatMap((node) => node.served.map(({ certificate }) => certificate))];
  const own = hosts.filter(({ layout, storePassword }) => layout.store.type === "JKS" && storePassword !== CACERTS_PASSWORD);
  const reach = [...hosts.map((host) => [host.fqdn, portsOf(host)] as const), ...nodes.map(({ fqdn, ports }) => [fqdn, { 8443: ports.https8443 }] as const)];
  return {
    windows: account.credential,
    ssh: { hostKeys: hosts.flatMap(({ sshFingerprints }) => sshFingerprints) },
    keystores: { default: CACERTS_PASSWORD, ...Object.fromEntries(own.map(({ fqdn, storePassword }) => [fqdn, storePassword])) },
    tls: { ca: roots, fingerprints: served.map(({ parsed }) => parsed.fingerprint256) },
    reach: Object.fromEntries(reach.map(([fqdn, ports]) => [fqdn, { address: "127.0.0.1", ports }])),
  };
}

/** As its first user, in the first directory. */
function sftpConnection(server: SftpServer): SftpConnection {
  const { fqdn, ports, sshFingerprints, description } = server;
  return {
    sftp: { host: fqdn, ...server.userNamed().account.credential, directory: description.directories?.[0] ?? "/" },
    ssh: { hostKeys: sshFingerprints },
    reach: { [fqdn]: { address: "127.0.0.1", ports: { 22: ports.ssh } } },
  };
}

/** Every connection of the lab as it is now: call it before anything is changed, as a person does at first contact. */
export function connectionsOf(lab: Lab): Connections {
  const roots = lab.authorities.flatMap((authority) => authority.roots);
  return {
    ...Object.fromEntries(lab.clusters.map((cluster) => [cluster.name, clusterConnection(cluster, roots)])),
    ...Object.fromEntries(lab.contactCenters.map((contactCenter) => [contactCenter.name, contactCenterConnection(contactCenter, roots)])),
    ...Object.fromEntries(lab.sftpServers.map((server) => [server.name, sftpConnection(server)])),
    ...Object.fromEntries(lab.authorities.map((authority) => [authority.name, authorityConnection(authority)])),
  };
}
