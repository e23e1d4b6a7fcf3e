// Whom a phone believes: what it holds, and the TVS that it asks. procedures.md 1.1, "What the phone does"; platform-interfaces.md 5.1 and 5.4.
import type { Occasion } from "../faults";
import type { Lab } from "../lab";
import type { ReadList, ReadRecord } from "../trust-list/read";
import { ROLE } from "../trust-list/write";
import type { Found } from "../tvs/messages";
import type { VosNode } from "../vos/node";
import { TVS } from "../vos/tvs";
import { nodeNamed } from "./network";

/** What a phone holds. */
export interface Holdings {
  readonly ctl?: ReadList;
  readonly itl?: ReadList;
  /** From its present configuration: the nodes of its CallManager group, whose TVS it asks, in their order. */
  readonly members: readonly string[];
}

interface Subject {
  issuer: string;
  serial: string;
}

export function recordsOf({ ctl, itl }: Holdings): ReadRecord[] {
  return [...(ctl?.records ?? []), ...(itl?.records ?? [])];
}

/** Whether TVS of a node takes the connection of a phone. */
function open(node: VosNode): boolean {
  const occasion: Occasion = { node: node.fqdn, interface: "tvs", action: "connect" };
  return !node.down && node.services.started(TVS) && !node.faults.strike("dropped connection", occasion);
}

/** What the first TVS says that answers and is in the ITL; why not, in words. */
export function askTvs(lab: Lab, { itl, members }: Holdings, { issuer, serial }: Subject): Found | string {
  const reasons: string[] = [];
  for (const name of members) {
    const node = nodeNamed(lab, name);
    const identity = node && open(node) ? node.tvs.identity : undefined;
    if (!node || !identity) reasons.push(`TVS of ${name} does not answer`);
    else if (!itl?.records.some(({ role, certificate }) => role === ROLE.TVS && certificate.equals(identity.certificate.parsed.raw))) reasons.push(`TVS of ${name} shows a certificate that is not in the ITL`);
    else return node.tvs.find({ issuer, serial }) ?? `TVS of ${name} does not know it`;
  }
  return reasons.join("; ") || "there is no TVS to ask";
}

/** Why a phone does not believe a file; undefined when it does. One that holds no record at all believes the first that it gets. */
export function doubt(lab: Lab, held: Holdings, list: ReadList): string | undefined {
  const known = recordsOf(held);
  if (known.length === 0) return undefined;
  const { issuer, serial } = list.signer;
  const signer = known.find((record) => record.role === ROLE.SAST && record.serial === serial && record.issuer === issuer);
  if (signer) return list.signedBy(signer.certificate) ? undefined : "its signature is wrong";
  const found = askTvs(lab, held, list.signer);
  if (typeof found === "string") return `its signer ${serial} is unknown: ${found}`;
  if (!found.roles.includes(ROLE.SAST)) return `its signer ${serial} is none: TVS knows it for something else`;
  return list.signedBy(found.certificate) ? undefined : "its signature is wrong";
}

export type Directory = "opened" | "not trusted" | "unreachable";

/** What comes of opening the corporate directory, by HTTPS on 8443 of the first node of the CallManager group. */
export function openDirectory(lab: Lab, held: Holdings): Directory {
  const [name] = held.members;
  const node = name === undefined ? undefined : nodeNamed(lab, name);
  const shown = node && !node.down && node.services.started(node.front) ? node.served[0]?.certificate : undefined;
  if (!shown) return "unreachable";
  const known = recordsOf(held);
  if (known.length === 0 || known.some(({ certificate }) => certificate.equals(shown.parsed.raw))) return "opened";
  return typeof askTvs(lab, held, { issuer: shown.issuer, serial: shown.parsed.serialNumber }) === "string" ? "not trusted" : "opened";
}
