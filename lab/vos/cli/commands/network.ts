import { createHash } from "node:crypto";
import type { VosNode } from "../../node";
import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";

interface Resolved {
  name: string;
  address: string;
}

const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

function everyNode(node: VosNode): VosNode[] {
  return node.cluster.lab.clusters.flatMap(({ nodes }) => nodes);
}

/** Names that are no node of the estate get an address of the documentation range, always the same. */
function inventedAddress(name: string): string {
  return `192.0.2.${1 + (createHash("sha256").update(name).digest()[0]! % 254)}`;
}

function resolve(node: VosNode, asked: string): Resolved | undefined {
  const wanted = asked.toLowerCase();
  const found = everyNode(node).find(({ fqdn, address }) => [fqdn.toLowerCase(), fqdn.split(".")[0]!.toLowerCase(), address].includes(wanted));
  const { unresolved } = node.health;
  if ([asked, found?.fqdn, found?.address].some((text) => text !== undefined && unresolved.has(text))) return undefined;
  if (found) return { name: found.fqdn, address: found.address };
  return ADDRESS.test(asked) ? undefined : { name: asked, address: inventedAddress(asked) };
}

function host(call: Call): string[] {
  const asked = first(call);
  const resolved = resolve(call.node, asked);
  if (!resolved) return ["Local Resolution:", "No local resolution found", "", "External Resolution:", "No external servers found"];
  const { name, address } = resolved;
  if (!ADDRESS.test(asked)) return ["Local Resolution:", `${name} resolves locally to ${address}`, "", "External Resolution:", `${name} has address ${address}`];
  const reversed = address.split(".").reverse().join(".");
  return ["Local Resolution:", `${address} resolves locally to ${name}`, "", "External Resolution:", `${reversed}.in-addr.arpa domain name pointer ${name}.`];
}

const PROBES = [1, 2, 3, 4];

function ping(call: Call): string[] {
  const asked = first(call);
  const resolved = resolve(call.node, asked) ?? (ADDRESS.test(asked) ? { name: asked, address: asked } : undefined);
  if (!resolved) throw new Refusal(`ping: unknown host ${asked}`);
  const { name, address } = resolved;
  const down = everyNode(call.node).some((node) => node.address === address && node.down);
  const replies = down ? [] : PROBES.map((sequence) => `64 bytes from ${name} (${address}): icmp_seq=${sequence} ttl=64 time=0.25 ms`);
  const loss = down ? "0 received, 100% packet loss" : "4 received, 0% packet loss";
  return [`PING ${name} (${address}) 56(84) bytes of data.`, ...replies, "", `--- ${name} ping statistics ---`, `4 packets transmitted, ${loss}, time 3000ms`];
}

export const networkCommands: Command[] = [
  { name: "utils network host", takes: [1, 1], run: host },
  { name: "utils network ping", takes: [1, 1], run: ping },
];
