// What `set cert bulk export | consolidate | import` does, one type after the other. platform-interfaces.md 6.
import { certificatesOf, type NamedEntry, pkcs12 } from "../../pki/pkcs12";
import { describe, type Described } from "../../pki/read";
import type { VosNode } from "../node";
import { Refusal } from "../refusal";
import { OF_OTHER_NODE } from "../replication";
import { RemoteDirectory, type Route, type SftpSettings } from "./sftp-client";
import { BULK_TYPES, carriedBy, exportedTypes } from "./types";
import { consolidatedName, DONE, exportedName, hostOf, LEFT_OUT, PASSPHRASE, REFUSALS } from "./words";

export type Operation = keyof typeof DONE;

export const OPERATION_NAMES = Object.keys(DONE) as readonly Operation[];

export function isOperation(text: string | undefined): text is Operation {
  return OPERATION_NAMES.some((name) => name === text);
}

/** A command that was understood. */
export interface BulkCall {
  readonly node: VosNode;
  /** A type, or `all`. */
  readonly given: string;
  readonly say: (line: string) => void;
  /** Ends the connection to the SFTP server. */
  readonly lost: AbortSignal;
}

/** One type, in the open directory. */
interface Step extends BulkCall {
  readonly type: string;
  readonly remote: RemoteDirectory;
  readonly files: readonly string[];
}

/** Bulk Certificate Management is on the publisher of CUCM only. */
export function requirePublisher(node: VosNode): void {
  if (node !== node.cluster.publisher || node.product !== "CUCM") throw new Refusal(REFUSALS.subscriber);
}

/** Saved without being tried. */
export function saveServer(node: VosNode, settings: SftpSettings): void {
  const { address, port, username, directory } = settings;
  if (!address || !username || !directory) throw new Refusal(REFUSALS.incomplete);
  node.cluster.bulkSftp = settings;
  node.record("save bulk SFTP server", { address, port, username, directory });
}

const PEM = (der: Buffer) => `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;

/** Port 22 of a server of the estate is where that listens; every other address is taken as it is. */
function routeOf({ cluster: { lab }, health }: VosNode, { address, port }: SftpSettings): Route {
  const wanted = address.toLowerCase();
  const own = lab.sftpServers.find((server) => [server.fqdn.toLowerCase(), server.address].includes(wanted));
  if (health.unresolved.has(address)) throw new Refusal(REFUSALS.connection(address));
  return own && port === 22 ? { address: "127.0.0.1", port: own.ports.ssh } : { address, port };
}

function isConsolidated(file: string, type: string): boolean {
  return file.toLowerCase() === consolidatedName(type).toLowerCase();
}

function certificatesIn(file: string, content: Buffer): Described[] {
  try {
    return certificatesOf(content).map((der) => describe(PEM(der)));
  } catch {
    throw new Refusal(REFUSALS.unread(file));
  }
}

function entriesOf(node: VosNode, type: string): NamedEntry[] {
  return carriedBy(type, node).flatMap((purpose) => {
    const identity = node.purposes.includes(purpose) ? node.store.identities.get(purpose) : undefined;
    return identity ? [{ alias: purpose, key: identity.key, certificate: identity.certificate.pem }] : [];
  });
}

/** One file of each CUCM node that has such a certificate; a node that is down is left out, and that is said. */
async function exportType({ node, type, remote, say }: Step): Promise<void> {
  for (const one of node.cluster.nodes.filter(({ product }) => product === "CUCM")) {
    const entries = entriesOf(one, type);
    if (entries.length === 0) continue;
    if (one.down) say(LEFT_OUT(type, one.fqdn));
    else if (node.faults.strike("export skips node", { node: one.fqdn, interface: "platform", action: `bulk export ${type}` })) continue;
    else await remote.write(exportedName(one.fqdn, type), pkcs12(entries, PASSPHRASE));
  }
}

/** Everything of this type that lies in the directory, whosoever put it there, in one file without private keys. */
async function consolidateType({ node, type, files, remote }: Step): Promise<void> {
  const exported = files.map((file) => ({ file, host: hostOf(file, type) ?? "" })).filter(({ host }) => host !== "");
  if (exported.length === 0) throw new Refusal(REFUSALS.nothingExported(type));
  const own = new Set(node.cluster.nodes.map(({ fqdn }) => fqdn.split(".")[0]!.toLowerCase()));
  if (exported.every(({ host }) => own.has(host.toLowerCase()))) throw new Refusal(REFUSALS.oneCluster);
  const merged = new Map<string, NamedEntry>();
  for (const { file, host } of exported) for (const { pem } of certificatesIn(file, await remote.read(file))) merged.set(pem, { alias: host, certificate: pem });
  await remote.write(consolidatedName(type), pkcs12([...merged.values()], PASSPHRASE));
}

/** Into the stores of the mapping table, here at once and on the other nodes when it has been replicated. */
async function importType({ node, type, files, remote }: Step): Promise<void> {
  const file = files.find((name) => isConsolidated(name, type));
  if (file === undefined) throw new Refusal(REFUSALS.notConsolidated(type));
  for (const certificate of certificatesIn(file, await remote.read(file)))
    for (const store of BULK_TYPES[type]!.stores) {
      const stored = node.store.trust(store, certificate, OF_OTHER_NODE);
      node.record("store trust certificate", { store, commonName: certificate.commonName, serial: certificate.serial, stored });
      if (stored !== "older than what is there") node.cluster.replication.trust(node, store, certificate, OF_OTHER_NODE);
    }
}

const WORK: Readonly<Record<Operation, (step: Step) => Promise<void>>> = { export: exportType, consolidate: consolidateType, import: importType };

/** `all`: what the cluster has, or, after the export, what lies there. */
function typesOf(operation: Operation, { node, given }: BulkCall, files: readonly string[]): string[] {
  const known = Object.keys(BULK_TYPES);
  if (operation === "export") return given === "all" ? exportedTypes(node) : [given];
  if (given !== "all") return [given];
  const there = known.filter((type) => files.some((file) => (operation === "import" ? isConsolidated(file, type) : hostOf(file, type) !== undefined)));
  if (there.length > 0) return there;
  throw new Refusal(operation === "import" ? REFUSALS.notConsolidated(given) : REFUSALS.nothingExported(given));
}

/** Prints a line for each type as it is done. @throws a Refusal; what was done before it stays done */
export async function runBulk(operation: Operation, call: BulkCall): Promise<void> {
  const { node, given, say, lost } = call;
  requirePublisher(node);
  const settings = node.cluster.bulkSftp;
  const known = operation === "export" ? exportedTypes(node) : Object.keys(BULK_TYPES);
  if (given !== "all" && !known.includes(given)) throw new Refusal(REFUSALS.type(given));
  if (!settings) throw new Refusal(REFUSALS.notConfigured);
  const remote = await RemoteDirectory.open(settings, routeOf(node, settings), lost);
  let felt = false;
  try {
    const files = await remote.list();
    for (const type of typesOf(operation, call, files)) {
      const happening = { node: node.fqdn, interface: "platform", action: `bulk ${operation} ${type}` } as const;
      await node.history.span(happening, () => WORK[operation]({ ...call, type, remote, files }));
      felt ||= operation === "import" && BULK_TYPES[type]!.stores.includes("CallManager-trust");
      say(DONE[operation](type));
    }
  } finally {
    remote.close();
    // The vendor warns that the phones of the importing cluster restart.
    if (felt) node.cluster.phones.resetAll("bulk import");
  }
}
