// What an estate may look like when a person writes it: one line per field of `estate.ts`.
import {
  type AuthorityDescription,
  type ClusterDescription,
  CONTACT_CENTER_PRODUCTS,
  DEFAULT_SWITCHES,
  DEFAULT_TIMING,
  type EstateDescription,
  isContactCenter,
  type NodeDescription,
  type Product,
  type Role,
  type SftpServerDescription,
  type Switches,
  type TemplateDescription,
} from "./estate";
import { type Fault, type FaultName, FAULTS, LASTING } from "./faults";
import type { Interface } from "./history";
import { isRelease } from "./vos/releases";
import { PHONE_FIELDS, reportPhones } from "./phones/schema";
import { type ContactCenterDescription, isWindowsRelease, WINDOWS_PRODUCTS, type WindowsHostDescription } from "./windows/description";
import { amount, type Check, count, flag, fqdn, isRecord, listOf, mapOf, must, oneOf, type Path, required, type Report, shape, text } from "./shape";

const INTERFACES: Record<Interface, true> = { tls: true, https: true, rest: true, soap: true, axl: true, ris: true, cli: true, ssh: true, certsrv: true, tftp: true, tvs: true, phone: true, "windows ssh": true, sftp: true, platform: true, management: true };

/** Names become parts of file names and of connections. */
const name = must("made of small letters, digits and dashes", (value) => typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value));

const WINDOWS_RELEASE = must("a release, such as 12.5(1), 12.5(1a), 12.5(1) ES55 or 12.6(2)", isWindowsRelease);
const variable = must("a text", (value) => typeof value === "string");

const PRODUCTS: Product[] = ["CUCM", "IM and Presence", ...CONTACT_CENTER_PRODUCTS];
const ROLES: Role[] = ["publisher", "subscriber"];

const node = shape<NodeDescription>({
  fqdn: required(fqdn),
  product: required(oneOf(...PRODUCTS)),
  role: required(oneOf(...ROLES)),
  address: text,
  services: mapOf(oneOf("started", "stopped", "not activated")),
  highestTls: oneOf("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
  oldSsh: flag,
  certificateName: text,
});

const cluster = shape<ClusterDescription>({
  name: required(name),
  release: must("a release, such as 14SU2, 12.5(1)SU7 or 15.0.1.11900-40", isRelease),
  nodes: required(listOf(node)),
  sso: flag,
  backupAgeDays: must("a number of days, or null for never", (value) => value === null || (typeof value === "number" && value >= 0)),
  httpsCiphers: oneOf("RSA Only", "All"),
  securityMode: oneOf("non-secure", "mixed", "mixed with tokens"),
  preparedForRollback: flag,
  ...PHONE_FIELDS,
  organization: shape<Required<ClusterDescription>["organization"]>({
    organizationalUnit: required(text),
    organization: required(text),
    locality: required(text),
    state: required(text),
    country: required(text),
  }),
});

const windowsHost = shape<WindowsHostDescription>({
  fqdn: required(fqdn),
  product: required(oneOf(...WINDOWS_PRODUCTS)),
  address: text,
  release: WINDOWS_RELEASE,
  language: oneOf("en", "fr", "es"),
  elevated: flag,
  jdk: text,
  storePassword: must("a text of at least 6 characters", (value) => typeof value === "string" && value.length >= 6),
  propertiesPassword: text,
  services: mapOf(oneOf("running", "stopped", "disabled")),
  environment: mapOf(variable),
  sessionEnvironment: mapOf(variable),
  certificateName: text,
  commonNames: mapOf(text),
});

const contactCenter = shape<ContactCenterDescription>({
  name: required(name),
  release: WINDOWS_RELEASE,
  windows: required(listOf(windowsHost)),
  authorizedKeys: listOf(text),
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

const sftpServer = shape<SftpServerDescription>({
  name: required(name),
  fqdn: required(fqdn),
  address: text,
  users: must("a list of user names, at least one", (value) => Array.isArray(value) && value.length > 0 && value.every((user) => typeof user === "string" && /^[a-z0-9][a-z0-9._-]*$/i.test(user))),
  directories: listOf(must("an absolute path", (value) => typeof value === "string" && value.startsWith("/"))),
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
  bulkItlRecovery: oneOf("own type", "in tftp"),
  phoneSastUpload: oneOf("accepted", "page only"),
  itlFollows: oneOf("certificates", "a restart"),
  tvsReads: oneOf("at its start", "at every question"),
  risRequestsPerMinute: count,
  risOverRate: oneOf("fault", "503"),
};

const SWITCH_VALUES = { ...Object.fromEntries(Object.keys(DEFAULT_SWITCHES).map((field) => [field, flag])), ...NAMED_SWITCHES } as { [Name in keyof Switches]: Check };

const estate = shape<EstateDescription>({
  name: required(name),
  clusters: required(listOf(cluster)),
  authorities: listOf(authority),
  contactCenters: listOf(contactCenter),
  sftpServers: listOf(sftpServer),
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

/** Each product of a cluster has one publisher. IM and Presence needs a CUCM, and those of a contact centre are alone. Not counted while a product or role is misspelt. */
function reportPublishers({ value, path }: Placed, nodes: Placed[], report: Report): void {
  const clear = nodes.every((node) => PRODUCTS.includes(node.value.product as Product) && ROLES.includes(node.value.role as Role));
  if (!Array.isArray(value.nodes) || !clear) return;
  const products = new Set(nodes.map((node) => node.value.product as Product));
  const [alone] = [...products].filter((product) => isContactCenter(product));
  if (alone && products.size > 1) report([...path, "nodes"], `must hold ${alone} alone: every product of a contact centre is a cluster of its own`);
  for (const product of alone ? products : new Set<Product>(["CUCM", ...products])) {
    const publishers = nodes.filter((node) => node.value.product === product && node.value.role === "publisher").length;
    if (publishers !== 1) report([...path, "nodes"], `must hold one ${product} publisher, not ${publishers}`);
  }
}

/** Reports everything that is wrong with an estate. */
export function checkEstate(value: unknown, report: Report): void {
  estate(value, [], report);
  if (!isRecord(value)) return;
  const clusters = placed(value.clusters, ["clusters"]);
  const authorities = placed(value.authorities, ["authorities"]);
  const nodes = clusters.map((one) => placed(one.value.nodes, [...one.path, "nodes"]));
  const contactCenters = placed(value.contactCenters, ["contactCenters"]);
  const hosts = contactCenters.flatMap((one) => placed(one.value.windows, [...one.path, "windows"]));
  const sftpServers = placed(value.sftpServers, ["sftpServers"]);
  clusters.forEach((one, index) => reportPublishers(one, nodes[index]!, report));
  reportPhones(clusters, report);
  reportTwins([...nodes.flat(), ...authorities, ...hosts, ...sftpServers], "fqdn", report);
  reportTwins([...clusters, ...authorities, ...contactCenters, ...sftpServers], "name", report);
}

/** Reports everything that is wrong with a fault that comes from outside. */
export function checkFault(value: unknown, report: Report): void {
  fault(value, [], report);
}
