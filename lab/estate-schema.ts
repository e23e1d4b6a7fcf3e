// What an estate may look like when a person writes it: one line per field of `estate.ts`.
import {
  type AuthorityDescription,
  type ClusterDescription,
  DEFAULT_SWITCHES,
  DEFAULT_TIMING,
  type EstateDescription,
  type NodeDescription,
  type Product,
  type Role,
  type Switches,
  type TemplateDescription,
} from "./estate";
import { type Fault, type FaultName, FAULTS, LASTING } from "./faults";
import type { Interface } from "./history";
import { isRelease } from "./vos/releases";
import { amount, type Check, count, flag, fqdn, isRecord, listOf, mapOf, must, oneOf, type Path, required, type Report, shape, text } from "./shape";

const INTERFACES: Record<Interface, true> = { tls: true, https: true, rest: true, soap: true, axl: true, cli: true, ssh: true, certsrv: true, platform: true, management: true };

/** Names become parts of file names and of connections. */
const name = must("made of small letters, digits and dashes", (value) => typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value));

const PRODUCTS: Product[] = ["CUCM", "IM and Presence"];
const ROLES: Role[] = ["publisher", "subscriber"];

const node = shape<NodeDescription>({
  fqdn: required(fqdn),
  product: required(oneOf(...PRODUCTS)),
  role: required(oneOf(...ROLES)),
  address: text,
  services: mapOf(oneOf("started", "stopped", "not activated")),
  highestTls: oneOf("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
  oldSsh: flag,
});

const cluster = shape<ClusterDescription>({
  name: required(name),
  release: must("a release, such as 14SU2, 12.5(1)SU7 or 15.0.1.11900-40", isRelease),
  nodes: required(listOf(node)),
  sso: flag,
  backupAgeDays: must("a number of days, or null for never", (value) => value === null || (typeof value === "number" && value >= 0)),
  httpsCiphers: oneOf("RSA Only", "All"),
  organization: shape<Required<ClusterDescription>["organization"]>({
    organizationalUnit: required(text),
    organization: required(text),
    locality: required(text),
    state: required(text),
    country: required(text),
  }),
});

const templateShape = shape<TemplateDescription>({
  extendedKeyUsage: required(listOf(text)),
  keyUsage: listOf(oneOf("digitalSignature", "keyEncipherment", "dataEncipherment", "keyCertSign", "cRLSign")),
});

const template: Check = (value, path, report) => (Array.isArray(value) ? listOf(text) : templateShape)(value, path, report);

const authority = shape<AuthorityDescription>({
  name: required(name),
  fqdn: required(fqdn),
  authentication: listOf(oneOf("Basic", "NTLM", "Negotiate")),
  decision: oneOf("issue", "hold", "deny"),
  templates: mapOf(template),
  validityDays: amount,
  intermediates: count,
  domain: text,
  language: oneOf("en", "de"),
  editFlags: listOf(oneOf("EDITF_ATTRIBUTEENDDATE", "EDITF_ATTRIBUTESUBJECTALTNAME2")),
});

const faultShape = shape<Fault>({
  fault: required(oneOf(...Object.keys(FAULTS))),
  node: fqdn,
  interface: oneOf(...Object.keys(INTERFACES)),
  action: text,
  times: must("a whole number, 1 or more", (value) => Number.isInteger(value) && (value as number) > 0),
  rate: must("a number above 0 and at most 1", (value) => typeof value === "number" && value > 0 && value <= 1),
  seed: text,
  milliseconds: amount,
  name: text,
  days: amount,
});

const fault: Check = (value, path, report) => {
  faultShape(value, path, report);
  if (!isRecord(value) || !LASTING.includes(value.fault as FaultName)) return;
  for (const field of ["times", "rate"]) if (value[field] !== undefined) report([...path, field], "has no meaning here: the fault lasts until it is switched off");
};

const timing = shape(Object.fromEntries(Object.keys(DEFAULT_TIMING).map((field) => [field, amount])));

/** Switches that are more than on or off; the compiler makes sure that none is forgotten. */
const NAMED_SWITCHES: { [Name in keyof Switches as boolean extends Switches[Name] ? never : Name]: Check } = {
  keyMismatchStatus: oneOf(400, 500),
  duplicateTrust: oneOf("refused", "accepted"),
  controlCenterRequestsPerMinute: count,
  pkcs7Label: oneOf("CERTIFICATE", "PKCS7"),
  certDeleteTakes: oneOf("store", "unit", "either"),
  firstPrompt: oneOf("once", "twice", "after newline"),
};

const SWITCH_VALUES = { ...Object.fromEntries(Object.keys(DEFAULT_SWITCHES).map((field) => [field, flag])), ...NAMED_SWITCHES } as { [Name in keyof Switches]: Check };

const estate = shape<EstateDescription>({
  name: required(name),
  clusters: required(listOf(cluster)),
  authorities: listOf(authority),
  timing,
  switches: shape(SWITCH_VALUES),
  faults: listOf(fault),
});

interface Placed {
  value: Record<string, unknown>;
  path: Path;
}

function placed(list: unknown, path: Path): Placed[] {
  return Array.isArray(list) ? list.map((value: unknown, index) => ({ value: isRecord(value) ? value : {}, path: [...path, index] })) : [];
}

function reportTwins(items: Placed[], field: string, report: Report): void {
  const seen = new Set<string>();
  for (const { value, path } of items) {
    const own = value[field];
    if (typeof own !== "string") continue;
    if (seen.has(own.toLowerCase())) report([...path, field], `${own} is there twice`);
    seen.add(own.toLowerCase());
  }
}

/** CUCM has exactly one publisher; so has IM and Presence, where there is any. Not counted while a product or role is misspelt. */
function reportPublishers({ value, path }: Placed, nodes: Placed[], report: Report): void {
  const clear = nodes.every((node) => PRODUCTS.includes(node.value.product as Product) && ROLES.includes(node.value.role as Role));
  if (!Array.isArray(value.nodes) || !clear) return;
  for (const product of PRODUCTS) {
    const own = nodes.filter((node) => node.value.product === product);
    const publishers = own.filter((node) => node.value.role === "publisher").length;
    if (publishers !== 1 && (own.length > 0 || product === "CUCM")) report([...path, "nodes"], `must hold one ${product} publisher, not ${publishers}`);
  }
}

/** Reports everything that is wrong with an estate. */
export function checkEstate(value: unknown, report: Report): void {
  estate(value, [], report);
  if (!isRecord(value)) return;
  const clusters = placed(value.clusters, ["clusters"]);
  const authorities = placed(value.authorities, ["authorities"]);
  const nodes = clusters.map((one) => placed(one.value.nodes, [...one.path, "nodes"]));
  clusters.forEach((one, index) => reportPublishers(one, nodes[index]!, report));
  reportTwins([...nodes.flat(), ...authorities], "fqdn", report);
  reportTwins([...clusters, ...authorities], "name", report);
}

/** Reports everything that is wrong with a fault that comes from outside. */
export function checkFault(value: unknown, report: Report): void {
  fault(value, [], report);
}
