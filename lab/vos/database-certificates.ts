// The certificate tables: what the nodes have in their folders, one row per certificate however many nodes and stores hold it.
import type { Described } from "../pki/read";
import type { Distribution } from "./certificate-store";
import type { VosCluster } from "./cluster";
import type { Table } from "./database-tables";
import type { VosNode } from "./node";
import { primaryKey } from "./process-nodes";

/** In the order of their numbers, from 1. Stores of IM and Presence have none. */
const SERVICES = [
  "Phone-trust",
  "Phone-VPN-trust",
  "CallManager",
  "CallManager-trust",
  "tomcat",
  "tomcat-trust",
  "ipsec",
  "ipsec-trust",
  "CAPF",
  "CAPF-trust",
  "TVS",
  "TVS-trust",
  "directory-trust",
  "Phone-SAST-trust",
  "Phone-CTL-trust",
  "userlicensing-trust",
  "ITLRecovery",
  "CallManager-ECDSA",
  "tomcat-ECDSA",
  "Phone-CTL-ASA-trust",
  "Phone-Edge-trust",
];

const DISTRIBUTIONS: Record<Distribution, { number: number; moniker: string }> = {
  "this-server": { number: 1, moniker: "CERTIFICATE_DISTRIBUTION_THIS_SERVER" },
  "multi-server": { number: 2, moniker: "CERTIFICATE_DISTRIBUTION_MULTI_SERVER" },
};

interface Held {
  pkid: string;
  certificate: Described;
  /** The node whose identity it is; for a certificate of others the first node that trusts it. */
  owner: VosNode;
  distribution: Distribution;
  services: Set<number>;
  nodes: Set<VosNode>;
}

/** Identities come before trust, so that the owner is who has the key. */
function heldBy(cluster: VosCluster): Held[] {
  const held = new Map<string, Held>();
  const note = (owner: VosNode, certificate: Described, name: string, distribution: Distribution = "this-server") => {
    const service = SERVICES.indexOf(name) + 1;
    if (service === 0) return;
    const fingerprint = certificate.parsed.fingerprint256;
    const pkid = primaryKey("certificate", cluster.name, fingerprint);
    const row = held.get(fingerprint) ?? { pkid, certificate, owner, distribution, services: new Set(), nodes: new Set() };
    row.services.add(service);
    row.nodes.add(owner);
    held.set(fingerprint, row);
  };
  for (const node of cluster.nodes) for (const [purpose, identity] of node.store.identities) note(node, identity.certificate, purpose, identity.distribution);
  for (const node of cluster.nodes)
    for (const store of node.store.stores()) for (const { certificate } of node.store.entries(store)) note(node, certificate, store);
  return [...held.values()];
}

function certificateRow({ pkid, certificate, owner, distribution }: Held) {
  const { subject, issuer, serial, pem } = certificate;
  return [pkid, subject, issuer, serial, pem, owner.fqdn, owner.address, DISTRIBUTIONS[distribution].number];
}

/** The tables of a cluster that are about certificates. */
export function certificateTables(cluster: VosCluster): Record<string, Table> {
  const held = heldBy(cluster);
  const nodeKey = (node: VosNode) => primaryKey("processnode", cluster.name, node.description.fqdn);
  return {
    certificate: {
      columns: "pkid text, subjectname text, issuername text, serialnumber text, certificate text, servername text, ipv4address text, tkcertificatedistribution integer",
      rows: held.map(certificateRow),
    },
    certificateservicecertificatemap: {
      columns: "pkid text, fkcertificate text, tkcertificateservice integer",
      rows: held.flatMap(({ pkid, services }) => [...services].map((service) => [primaryKey("service", pkid, String(service)), pkid, service])),
    },
    certificateprocessnodemap: {
      columns: "pkid text, fkcertificate text, fkprocessnode text",
      rows: held.flatMap(({ pkid, nodes }) => [...nodes].map((node) => [primaryKey("node", pkid, nodeKey(node)), pkid, nodeKey(node)])),
    },
    typecertificateservice: { columns: "enum integer, name text", rows: SERVICES.map((name, index) => [index + 1, name]) },
    typecertificatedistribution: {
      columns: "enum integer, name text, moniker text",
      rows: Object.entries(DISTRIBUTIONS).map(([name, { number, moniker }]) => [number, name, moniker]),
    },
  };
}
