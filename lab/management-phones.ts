// What a person does with phones, their DHCP server and enterprise parameters, for a program in another process.
import type { Lab } from "./lab";
import type { Call, Operation } from "./management";
import { everyPhone, followPhones } from "./phones/cluster-phones";
import type { Phone } from "./phones/phone";

function phoneRow({ name, home, cluster, node, trusts, directory, underWay }: Phone) {
  return { name, home: home.name, cluster, node, trusts, directory, underWay: underWay !== undefined };
}

function phoneRows(lab: Lab, { query }: Call) {
  const cluster = query.get("cluster");
  followPhones(lab);
  return everyPhone(lab).map(phoneRow).filter((row) => cluster === null || row.cluster === cluster);
}

const isText = (value: unknown): value is string => typeof value === "string";
const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** Resolves when the phones have arrived somewhere. */
async function resetPhones(lab: Lab, { parameters, body: { names } }: Call) {
  if (names !== undefined && !areTexts(names)) throw new Error('"names" must be a list of phones, such as ["SEP001122334455"]');
  const { phones } = lab.cluster(parameters.cluster!);
  const meant = phones.registered.filter(({ name }) => names?.includes(name) ?? true);
  for (const phone of meant) phone.reset("a person");
  await phones.settled();
  return meant.map(phoneRow);
}

function setOption150(lab: Lab, { parameters, body: { subnet, option150 } }: Call) {
  const { dhcp } = lab.cluster(parameters.cluster!).phones;
  const address = subnet ?? dhcp.subnet()?.address ?? "";
  if (!isText(address) || !areTexts(option150) || option150.length > 2) throw new Error('wanted is { "option150": [ at most two addresses or names ], "subnet": … }');
  const [primaryTftp = "", secondaryTftp = ""] = option150;
  dhcp.set(address, { primaryTftp, secondaryTftp });
  return dhcp.subnets;
}

function setParameter(lab: Lab, { parameters: { cluster }, body: { name, value } }: Call) {
  const { parameters, trustFiles } = lab.cluster(cluster!);
  if (!isText(name) || !isText(value) || !parameters.has(name)) throw new Error(`wanted is { "name": …, "value": … } with one of the parameters ${[...parameters.keys()].join(", ")}`);
  parameters.set(name, value);
  trustFiles.changed();
  return Object.fromEntries(parameters);
}

export const PHONE_CALLS: Operation[] = [
  { route: "GET /phones", does: "every phone: with whom it is registered, and the signers that it believes; ?cluster=<name> narrows to those that are registered there", run: phoneRows },
  { route: "POST /clusters/:cluster/phones/reset", does: 'resets the phones that are registered with a cluster, or those of { "names": [ … ] }, and waits until they have arrived', run: resetPhones },
  { route: "POST /clusters/:cluster/dhcp", does: 'a person changes option 150: { "option150": [ … ], "subnet": … }', run: setOption150 },
  { route: "POST /clusters/:cluster/parameters", does: 'a person changes an enterprise parameter: { "name": its label, "value": … }', run: setParameter },
];
