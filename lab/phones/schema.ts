// What phones of an estate may look like when a person writes them.
import { isIPv4 } from "node:net";
import { count, type Check, fqdn, isRecord, listOf, mapOf, must, oneOf, type Path, type Report, shape, text } from "../shape";
import { DEFAULT, type DhcpDescription, type PhoneClusterDescription, type PhonesDescription, setsOf, type SubnetDescription } from "./description";

const ipv4 = must("an IPv4 address", (value) => typeof value === "string" && isIPv4(value));

const phoneSet = shape<PhonesDescription>({
  count,
  names: listOf(must("SEP and twelve capital hexadecimal digits, such as SEP001122334455", (value) => typeof value === "string" && /^SEP[0-9A-F]{12}$/.test(value))),
  devicePool: text,
  dhcp: text,
  subnet: ipv4,
  alternateTftp: listOf(text),
  foreignItl: count,
  alsoIn: listOf(text),
});

const phones: Check = (value, path, report) => (Array.isArray(value) ? listOf(phoneSet) : phoneSet)(value, path, report);

const two = must("a list of one or two addresses or names", (value) => Array.isArray(value) && value.length > 0 && value.length < 3 && value.every((one) => typeof one === "string" && one !== ""));

export const PHONE_FIELDS: { [Name in keyof Required<PhoneClusterDescription>]: Check } = {
  phones,
  callManagerGroups: mapOf(listOf(fqdn)),
  devicePools: mapOf(text),
  dhcp: shape<DhcpDescription>({ server: oneOf("CUCM", "elsewhere"), subnets: listOf(shape<SubnetDescription>({ address: ipv4, option150: two })) }),
  phoneInteraction: oneOf("automatic", "manual"),
};

interface Cluster {
  value: Record<string, unknown>;
  path: Path;
}

const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The CUCM nodes of a cluster, by their lower-case names. */
function membersOf({ value }: Cluster): Set<string> {
  const nodes = listIn(value.nodes).filter(isRecord);
  return new Set(nodes.flatMap(({ product, fqdn: name }) => (product === "CUCM" && typeof name === "string" ? [name.toLowerCase()] : [])));
}

function reportGroups({ value, path }: Cluster, report: Report): void {
  const own = membersOf({ value, path });
  for (const [name, members] of Object.entries(recordOf(value.callManagerGroups)))
    for (const [index, member] of listIn(members).entries())
      if (typeof member === "string" && !own.has(member.toLowerCase())) report([...path, "callManagerGroups", name, index], `must be a CUCM node of this cluster, not ${member}`);
  const groups = value.callManagerGroups === undefined ? [DEFAULT] : Object.keys(recordOf(value.callManagerGroups));
  for (const [pool, group] of Object.entries(recordOf(value.devicePools)))
    if (typeof group === "string" && !groups.includes(group)) report([...path, "devicePools", pool], `must be one of the CallManager groups ${groups.join(", ")}, not ${group}`);
}

interface Surroundings {
  own: Cluster;
  clusters: Cluster[];
  report: Report;
}

function reportAmounts({ count: made = 0, names, foreignItl = 0 }: PhonesDescription, path: Path, report: Report): void {
  const total = made + listIn(names).length;
  if (total === 0) report(path, "must have a count or names");
  if (foreignItl > total) report([...path, "foreignItl"], `must not be more than the ${total} phones that there are`);
}

function reportSet(set: PhonesDescription, path: Path, { own, clusters, report }: Surroundings): void {
  const named = (name: unknown) => clusters.find(({ value }) => value.name === name);
  const pools = own.value.devicePools === undefined ? [DEFAULT] : Object.keys(recordOf(own.value.devicePools));
  const pool = set.devicePool ?? DEFAULT;
  reportAmounts(set, path, report);
  if (!pools.includes(pool)) report([...path, "devicePool"], `must be one of the device pools ${pools.join(", ")}, not ${pool}`);
  for (const [index, name] of listIn(set.alsoIn).entries()) if (!named(name) || name === own.value.name) report([...path, "alsoIn", index], `must be another cluster of this estate, not ${String(name)}`);
  const asked = named(set.dhcp ?? own.value.name);
  if (!asked) return report([...path, "dhcp"], `must be a cluster of this estate, not ${String(set.dhcp)}`);
  const subnets = listIn(recordOf(asked.value.dhcp).subnets).map((subnet) => recordOf(subnet).address);
  if (set.subnet !== undefined && !subnets.includes(set.subnet)) report([...path, "subnet"], `must be the address of a subnet of that DHCP server, not ${set.subnet}`);
}

/** Reports what is wrong with the phones of all clusters together. */
export function reportPhones(clusters: Cluster[], report: Report): void {
  const seen = new Set<unknown>();
  for (const own of clusters) {
    reportGroups(own, report);
    const { phones: given } = own.value as PhoneClusterDescription;
    if (given !== undefined && membersOf(own).size === 0) report([...own.path, "phones"], "need a CUCM node in the cluster");
    for (const [index, set] of setsOf({ phones: given }).entries()) {
      const path = [...own.path, "phones", ...(Array.isArray(given) ? [index] : [])];
      if (!isRecord(set)) continue;
      reportSet(set, path, { own, clusters, report });
      for (const name of listIn(set.names)) {
        if (seen.has(name)) report([...path, "names"], `${String(name)} is there twice`);
        seen.add(name);
      }
    }
  }
}
