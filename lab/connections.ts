// The connections of a lab, in the shape of the stack configuration's `uccerts:connections`.
import { X509Certificate } from "node:crypto";
import type { Authority } from "./certsrv/authority";
import type { Lab } from "./lab";
import type { VosCluster } from "./vos/cluster";

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

export type Connections = Record<string, object>;

function clusterConnection(cluster: VosCluster, roots: string[]): ClusterConnection {
  const reach = cluster.nodes.map(({ fqdn, ports }) => [fqdn, { address: "127.0.0.1", ports: { 22: ports.ssh, 443: ports.https443, 8443: ports.https8443 } }] as const);
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

/** Every connection of the lab as it is now: call it before anything is changed, as a person does at first contact. */
export function connectionsOf(lab: Lab): Connections {
  const roots = lab.authorities.flatMap((authority) => authority.roots);
  return {
    ...Object.fromEntries(lab.clusters.map((cluster) => [cluster.name, clusterConnection(cluster, roots)])),
    ...Object.fromEntries(lab.authorities.map((authority) => [authority.name, authorityConnection(authority)])),
  };
}
