// What the resources of a phone migration check of their inputs. Pure.
import type { VosNode } from "../../../sdk/topology";
import { type Failure, UNKNOWN, type Unknown } from "../../lifecycle";
import { checkNode, known } from "./checks";

/** Names that CUCM takes for a device. */
const DEVICE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?=\d)|$)){4}$/;

/** A publisher that answers for its cluster. */
export function checkPublisher(property: string, node: VosNode | Unknown): Failure[] {
  if (node === UNKNOWN) return [];
  const failures = checkNode(node).map(({ reason }) => ({ property, reason }));
  if (failures.length > 0 || (node.product === "CUCM" && node.role === "publisher")) return failures;
  return [{ property, reason: `${node.fqdn} is no CUCM publisher: take cluster.publisher("CUCM"), which knows the phones` }];
}

/** The same for one that may be left out. */
export function checkOptionalPublisher(property: string, node: VosNode | undefined | Unknown): Failure[] {
  return node === undefined ? [] : checkPublisher(property, node);
}

export function checkPhones(phones: readonly string[] | Unknown): Failure[] {
  if (phones === UNKNOWN) return [];
  const names = phones ?? [];
  if (names.length === 0) return [{ property: "phones", reason: "is empty: name the phones, such as SEP001122334455 (live.getPhones lists those of a cluster)" }];
  const upper = names.map((name) => String(name).toUpperCase());
  return names.flatMap((name, index) => [
    ...(DEVICE.test(String(name)) ? [] : [{ property: `phones[${index}]`, reason: `"${name}" is no name of a phone: write it as on the page, such as SEP001122334455` }]),
    ...(upper.indexOf(upper[index]!) < index ? [{ property: `phones[${index}]`, reason: `${name} stands there twice` }] : []),
  ]);
}

/** Option 150 holds addresses; CUCM has a field for the first and one for the second. */
export function checkTftp(tftp: readonly string[] | Unknown): Failure[] {
  if (tftp === UNKNOWN) return [];
  const addresses = tftp ?? [];
  const number = addresses.length === 1 || addresses.length === 2 ? [] : [{ property: "tftp", reason: `has ${addresses.length} addresses: name the first TFTP server of the destination, and at most a second` }];
  return [...number, ...addresses.flatMap((address, index) => (IPV4.test(String(address)) ? [] : [{ property: `tftp[${index}]`, reason: `"${address}" is no IPv4 address: option 150 holds addresses, not names` }]))];
}

/** Two clusters that are not the same. */
export function checkClusters(source: VosNode | Unknown, destination: VosNode | undefined | Unknown): Failure[] {
  const [from, to] = [known(source), known(destination)];
  if (!from?.cluster || !to?.cluster || from.cluster.name !== to.cluster.name) return [];
  return [{ property: "destination", reason: `is the cluster that the phones leave ("${to.cluster.name}")` }];
}
