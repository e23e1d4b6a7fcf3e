// The whole state of an estate as a value, and back into a running lab of the same description: the ports stay, and so do credentials and history.
import type { AuthorityState } from "./certsrv/authority";
import { refill } from "./collections";
import type { Fault } from "./faults";
import type { KeyPool } from "./keys";
import type { Lab } from "./lab";
import type { PhonesState } from "./phones/cluster-phones";
import type { SftpState } from "./sftp/server";
import type { SftpSettings } from "./vos/bulk/sftp-client";
import type { Backup, VosCluster } from "./vos/cluster";
import type { NodeState } from "./vos/node";
import type { TrustFile } from "./vos/trust-file";
import type { HostState, WindowsHost } from "./windows/host";

interface ClusterState {
  readonly parameters: ReadonlyMap<string, string>;
  readonly backups: readonly Backup[];
  readonly reused: ReadonlySet<string>;
  readonly bulkSftp?: SftpSettings;
  readonly ctl: TrustFile | undefined;
  readonly nodes: readonly NodeState[];
  readonly phones: PhonesState;
}

/** An estate at one moment. It does not change with the lab that it was taken of, and may be restored more than once. */
export interface Snapshot {
  readonly keys: KeyPool["state"];
  readonly faults: readonly Fault[];
  readonly clusters: readonly ClusterState[];
  readonly authorities: readonly AuthorityState[];
  readonly hosts: readonly HostState[];
  readonly sftpServers: readonly SftpState[];
}

function clusterState({ parameters, backups, reused, bulkSftp, trustFiles, nodes, phones }: VosCluster): ClusterState {
  return { parameters: new Map(parameters), backups: [...backups], reused: new Set(reused), bulkSftp, ctl: trustFiles.ctl, nodes: nodes.map(({ state }) => state), phones: phones.state };
}

function restoreCluster(cluster: VosCluster, { parameters, backups, reused, bulkSftp, ctl, nodes, phones }: ClusterState): void {
  refill(cluster.parameters, parameters);
  cluster.backups.splice(0, cluster.backups.length, ...backups);
  cluster.reused.clear();
  for (const purpose of reused) cluster.reused.add(purpose);
  cluster.bulkSftp = bulkSftp;
  cluster.trustFiles.ctl = ctl;
  cluster.nodes.forEach((node, index) => node.restore(nodes[index]!));
  cluster.phones.restore(phones);
}

function hostsOf(lab: Lab): WindowsHost[] {
  return lab.contactCenters.flatMap(({ hosts }) => hosts);
}

/** What a lab is in the middle of, which no value can hold; undefined when it is still. */
function unrest(lab: Lab): string | undefined {
  const travelling = lab.clusters.find(({ replication }) => !replication.still);
  if (travelling) return `something is on its way between the nodes of "${travelling.name}"`;
  const { phones } = lab.clusters.find((cluster) => cluster.phones.underWay > 0) ?? {};
  if (phones) return `${phones.underWay} phones of "${phones.cluster.name}" start anew`;
  const moving = lab.clusters.flatMap(({ nodes }) => nodes).find(({ power }) => power.unrest);
  return moving?.power.unrest ?? hostsOf(lab).find(({ unrest: why }) => why)?.unrest;
}

/** Whether nothing is on its way and no service is on its way up or down. */
export function isStill(lab: Lab): boolean {
  return unrest(lab) === undefined;
}

/** The estate as it is now, the hosts' drives too. @throws while something is on its way in it */
export function snapshot(lab: Lab): Snapshot {
  const why = unrest(lab);
  if (why) throw new Error(`no snapshot can be taken: ${why}`);
  return { keys: lab.keys.state, faults: lab.faults.list.map((fault) => ({ ...fault })), clusters: lab.clusters.map(clusterState), authorities: lab.authorities.map(({ state }) => state), hosts: hostsOf(lab).map(({ state }) => state), sftpServers: lab.sftpServers.map(({ state }) => state) };
}

/** Makes a lab be what another one (or itself) was; open HTTPS connections end. @throws while something is on its way, or when it has other clusters */
export function restore(lab: Lab, { keys, faults, clusters, authorities, hosts, sftpServers }: Snapshot): void {
  const why = unrest(lab);
  if (why) throw new Error(`nothing can be restored: ${why}`);
  const fits = lab.clusters.length === clusters.length && lab.authorities.length === authorities.length && hostsOf(lab).length === hosts.length && lab.sftpServers.length === sftpServers.length && lab.clusters.every(({ nodes, phones }, index) => nodes.length === clusters[index]!.nodes.length && phones.all.length === clusters[index]!.phones.phones.length);
  if (!fits) throw new Error("nothing can be restored: the snapshot is of another estate");
  lab.keys.restore(keys);
  lab.faults.restore(faults);
  lab.clusters.forEach((cluster, index) => restoreCluster(cluster, clusters[index]!));
  lab.authorities.forEach((authority, index) => authority.restore(authorities[index]!));
  lab.sftpServers.forEach((server, index) => server.restore(sftpServers[index]!));
  hostsOf(lab).forEach((host, index) => host.restore(hosts[index]!));
}
