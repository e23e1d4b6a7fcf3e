// From the exchange matrix to the cells of one contact centre: which certificate goes where, under which alias, with which restarts.
import { EXCHANGE_MATRIX, type CertificateKind, type ExchangeRow, type ExchangeStore, type MemberProduct, type ExchangePart, ownedCertificate, type Restart, type SecureLink, type Solution } from "./exchange";
import type { PrivateKeyAlias, Side } from "./hosts";
import { isAtLeast } from "./releases";

/** A server that takes certificates in: a Windows host, or the publisher of a VOS cluster for its cluster. */
export interface Importer {
  fqdn: string;
  product: MemberProduct;
  release: string;
  side?: Side;
  cluster?: string;
}

/** Whose certificate it is. */
export interface Owner {
  fqdn: string;
  product: MemberProduct | "endpoint" | "authority";
}

/** Where a certificate is found; with an entry of a keystore, the port that must present it now (R115). */
export type Origin = { readonly port: number } | { readonly keystoreAlias: PrivateKeyAlias; readonly port?: number } | { readonly file: string } | { readonly authority: number };

/** One certificate in one store. */
export interface Cell {
  importer: Importer;
  store: ExchangeStore;
  /** Empty where the platform names its entries itself. */
  alias: string;
  owner: Owner;
  kind: CertificateKind | "endpoint" | "authority";
  keyType: "RSA" | "EC";
  from: Origin;
  restarts: readonly Restart[];
  part?: ExchangePart;
  /** Why a person does it. */
  byHand?: string;
  rules: readonly string[];
  source: string;
}

/** An endpoint that CVP's VXML applications call (Web Services and Rest_Client elements). */
export interface AdditionalTrust {
  fqdn: string;
  /** Default 443. */
  port?: number;
  /** Default: the FQDN, with `_<port>` where that is not 443. */
  alias?: string;
}

export interface ExchangeOptions {
  /** Connections that are encrypted (R127). Default: none. */
  secureLinks?: readonly SecureLink[];
  /** Whether an AW imports its own pair as well, as the text of the procedure does (R107). Default true. */
  ownCertificates?: boolean;
  /** Which certificates of VOS nodes: RSA, or both where the nodes serve both. Default RSA. */
  vosKeyTypes?: readonly ("RSA" | "EC")[];
  /** Endpoints of VXML applications, into every CVP Server's keystore. */
  additionalTrust?: readonly AdditionalTrust[];
  /** A CA: its chain goes into the stores, the certificates that it signs stay out. */
  authority?: {
    /** Root first. */
    chain: readonly { readonly commonName: string; readonly serialNumber: string }[];
    /** What it signs. Default: everything. */
    signs?: readonly CertificateKind[];
  };
}

/** Who imports first: the AWs, the core by side, CVP from what no caller notices to what callers do, VOS clusters. */
const IMPORT_ORDER: readonly MemberProduct[][] = [["AW"], ["Router", "Logger", "Rogger", "Peripheral Gateway"], ["CVP OAMP"], ["CVP Reporting"], ["CVP Server"], ["Live Data"], ["CUIC"], ["Finesse"], ["VVB"]];
const ONLY_LOOKED_AT = "only looked at: declare the cluster with a connection of its own, or upload it there";

/** All cells, importer by importer in the order of import; the same input gives the same list. */
export function exchangeCells(solution: Solution, options: ExchangeOptions = {}): Cell[] {
  const cells = merged(EXCHANGE_MATRIX.flatMap((row) => cellsOf(row, solution, options)));
  const extra = solution.hosts.filter(({ product }) => product === "CVP Server").flatMap((host) => (options.additionalTrust ?? []).map((endpoint) => endpointCell(host, endpoint)));
  return inImportOrder([...collapsed(cells, options.authority), ...extra]);
}

/** The alias of a certificate in an importer's Java keystore (R112). */
export function aliasOf(fqdn: string, kind: CertificateKind, keyType: "RSA" | "EC" = "RSA"): string {
  return `${fqdn}${ownedCertificate(kind).suffix}${keyType === "EC" ? "-EC" : ""}`;
}

function cellsOf(row: ExchangeRow, solution: Solution, options: ExchangeOptions): Cell[] {
  if (row.deployment && row.deployment !== solution.deployment) return [];
  if (row.link && !options.secureLinks?.includes(row.link)) return [];
  const importers = importersOf(row, solution).filter(({ release }) => (!row.from || isAtLeast(release, row.from)) && (!row.before || !isAtLeast(release, row.before)));
  return importers.flatMap((importer) => ownersOf(row, solution).filter((owner) => mayImport(importer, owner, options)).flatMap((owner) => certificates(row, importer, owner, options)));
}

/** Windows hosts, and of each VOS cluster its publisher: the platform copies tomcat-trust to the other nodes (R35). */
function importersOf({ importers }: ExchangeRow, { hosts, nodes }: Solution): (Importer & { writable?: boolean })[] {
  const publishers = nodes.filter(({ product, role }) => role === "publisher" && importers.includes(product));
  const coResident = nodes.filter(({ product, role }) => role === "publisher" && product === "CUIC" && importers.includes("Live Data") && isCoResident(nodes));
  return [...hosts.filter(({ product }) => importers.includes(product)), ...publishers, ...coResident];
}

type Listed = Owner & { role?: string; cluster?: string };

function ownersOf({ owners, role }: ExchangeRow, { hosts, nodes, others }: Solution): Listed[] {
  const all: Listed[] = [...hosts, ...nodes, ...others];
  const rank = (product: string) => owners.indexOf(product as MemberProduct);
  return all.filter((one) => rank(one.product) >= 0 && (!role || one.role === role)).sort((a, b) => rank(a.product) - rank(b.product));
}

/** CUIC with Live Data and IdS on the same nodes: declared as CUIC alone. */
function isCoResident(nodes: Solution["nodes"]): boolean {
  return nodes.every(({ product }) => product !== "Live Data");
}

function mayImport(importer: Importer, owner: Listed, { ownCertificates = true }: ExchangeOptions): boolean {
  if (importer.cluster !== undefined && importer.cluster === owner.cluster) return false;
  return importer.fqdn !== owner.fqdn || ownCertificates;
}

function certificates(row: ExchangeRow, importer: Importer & { writable?: boolean }, owner: Owner, { vosKeyTypes = ["RSA"] }: ExchangeOptions): Cell[] {
  return row.kinds.flatMap((kind) =>
    (kind === "tomcat" ? vosKeyTypes : (["RSA"] as const)).map((keyType): Cell => {
      const alias = row.store === "tomcat-trust" || row.store === "Windows machine store" ? "" : aliasOf(owner.fqdn, kind, keyType);
      const byHand = row.byHand ?? (importer.writable === false ? ONLY_LOOKED_AT : undefined);
      const { restarts, store, part, rules, source } = row;
      return { importer: plain(importer), store, alias, owner: { fqdn: owner.fqdn, product: owner.product }, kind, keyType, from: originOf(kind), restarts, ...(part ? { part } : {}), ...(byHand ? { byHand } : {}), rules, source };
    }),
  );
}

function plain({ fqdn, product, release, side, cluster }: Importer): Importer {
  return { fqdn, product, release, ...(side ? { side } : {}), ...(cluster !== undefined ? { cluster } : {}) };
}

/** The entry of a keystore comes over a session that is pinned, where the port would have to be approved. */
function originOf(kind: CertificateKind): Origin {
  const { port, keystoreAlias, file } = ownedCertificate(kind);
  if (keystoreAlias !== undefined) return { keystoreAlias, ...(port === undefined ? {} : { port }) };
  return port === undefined ? { file: file! } : { port };
}

function endpointCell(host: Importer, { fqdn, port = 443, alias }: AdditionalTrust): Cell {
  const name = alias ?? (port === 443 ? fqdn : `${fqdn}_${port}`);
  return { importer: plain(host), store: "CVP keystore", alias: name, owner: { fqdn, product: "endpoint" }, kind: "endpoint", keyType: "RSA", from: { port }, restarts: ["Cisco CVP VXML Server"], part: "endpoints", rules: [], source: "Cisco 215445, last paragraph" };
}

const placeOf = ({ importer, store, alias, owner, kind, keyType }: Cell) => [importer.fqdn, store, alias, owner.fqdn, kind, keyType].join("\n").toLowerCase();

/** What two rows ask for stands there once, with the restarts of both. */
function merged(cells: readonly Cell[]): Cell[] {
  const places = new Map<string, Cell>();
  for (const cell of cells) {
    const known = places.get(placeOf(cell));
    places.set(placeOf(cell), known ? { ...known, restarts: union(known.restarts, cell.restarts), rules: union(known.rules, cell.rules) } : cell);
  }
  return [...places.values()];
}

function union<T>(...lists: (readonly T[])[]): T[] {
  return [...new Set(lists.flat())];
}

/** With a CA: for each store that would take one of its certificates in, the chain instead, root first. */
function collapsed(cells: readonly Cell[], authority: ExchangeOptions["authority"]): Cell[] {
  if (!authority) return [...cells];
  const signed = ({ kind }: Cell) => !authority.signs || (authority.signs as readonly string[]).includes(kind);
  const stores = new Map<string, Cell[]>();
  for (const cell of cells.filter(signed)) stores.set(`${cell.importer.fqdn}\n${cell.store}`, [...(stores.get(`${cell.importer.fqdn}\n${cell.store}`) ?? []), cell]);
  const chains = [...stores.values()].flatMap((replaced) => authority.chain.map((one, index) => authorityCell(replaced, authority.chain, one, index)));
  return [...chains, ...cells.filter((cell) => !signed(cell))];
}

function authorityCell(replaced: readonly Cell[], chain: readonly { commonName: string; serialNumber: string }[], { commonName, serialNumber }: { commonName: string; serialNumber: string }, index: number): Cell {
  const [{ importer, store }] = replaced as [Cell];
  const twice = chain.findIndex((other) => other.commonName === commonName) !== index;
  const name = commonName.replace(/[^\p{L}\p{N}.-]+/gu, "_") + (twice ? `_${serialNumber.slice(-6)}` : "");
  const byHand = replaced.every((cell) => cell.byHand) ? replaced[0]!.byHand : undefined;
  const restarts = union(...replaced.filter((cell) => byHand ?? !cell.byHand).map((cell) => cell.restarts));
  const alias = replaced[0]!.alias === "" ? "" : name;
  return { importer, store, alias, owner: { fqdn: commonName, product: "authority" }, kind: "authority", keyType: "RSA", from: { authority: index }, restarts, ...(byHand ? { byHand } : {}), rules: union(...replaced.map((cell) => cell.rules)), source: "Cisco PCCE guide 12.6(2), Security Certificates (CA)" };
}

function inImportOrder(cells: readonly Cell[]): Cell[] {
  const importers = union(cells.map(({ importer }) => importer.fqdn));
  const rank = ({ importer }: Cell): number[] => {
    const group = IMPORT_ORDER.findIndex((products) => products.includes(importer.product));
    return [group, importer.side === "B" ? 1 : 0, IMPORT_ORDER[group]?.indexOf(importer.product) ?? 0, importers.indexOf(importer.fqdn)];
  };
  return [...cells].sort((a, b) => compare(rank(a), rank(b)));
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, at) => value !== right[at]);
  return index < 0 ? 0 : left[index]! - right[index]!;
}
