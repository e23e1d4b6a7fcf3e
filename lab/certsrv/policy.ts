// What becomes of a request: the policy module's refusals, what a template leaves of it, and the faults that an authority can have.
import { publicKeyOf } from "../keys";
import type { Content, Validity } from "../pki/make";
import type { DescribedRequest } from "../pki/read";
import type { RequestAttributes } from "./attributes";
import type { Authority } from "./authority";
import type { Template } from "./templates";

const DAY = 86_400_000;

/** AD CS begins a certificate this long before now, so that a slow clock accepts it. */
const CLOCK_SKEW_MS = 10 * 60_000;

const DEFAULT_VALIDITY_DAYS = 730;

/** Everything that the issuing key signs. */
export interface Draft {
  publicKey: Buffer;
  content: Content;
  validity: Validity & { notBefore: Date; notAfter: Date };
}

/** AD CS's own words for the requests that it refuses whatever an administrator decides. */
export const DENIALS = {
  unreadable: "Error Parsing Request  ASN1 bad tag value met. 0x8009310b (ASN: 267 CRYPT_E_ASN1_BADTAG)",
  signature: "Error Verifying Request Signature or Signing Certificate  Invalid Signature. 0x80090006 (-2146893818 NTE_BAD_SIGNATURE)",
  noTemplate: "Denied by Policy Module  0x80094801, The request does not contain a certificate template extension or the CertificateTemplate request attribute.",
  unknownTemplate: (name: string) =>
    `Denied by Policy Module  0x80094800, The request was for a certificate template that is not supported by the Active Directory Certificate Services policy: ${name}.`,
  policy: "Denied by Policy Module",
};

/** Why the policy module refuses the request; undefined when it does not. */
export function refusalOf(request: DescribedRequest | undefined, { template }: RequestAttributes, templates: Map<string, Template>): string | undefined {
  if (!request) return DENIALS.unreadable;
  if (!request.verified) return DENIALS.signature;
  if (!template) return DENIALS.noTemplate;
  return templates.has(template.toLowerCase()) ? undefined : DENIALS.unknownTemplate(template);
}

function periodOf(authority: Authority, wanted: Date | undefined, now = Date.now()): Draft["validity"] {
  const { notBefore: first, notAfter: last } = authority.hierarchy.issuerCertificate;
  const notBefore = new Date(Math.max(now - CLOCK_SKEW_MS, first.getTime()));
  const usual = notBefore.getTime() + (authority.description.validityDays ?? DEFAULT_VALIDITY_DAYS) * DAY;
  const notAfter = new Date(Math.min(usual, last.getTime(), wanted?.getTime() ?? Infinity));
  return { notBefore, notAfter };
}

/** What the authority signs for a request when nothing goes wrong. */
export function draftOf(authority: Authority, request: DescribedRequest, template: Template, attributes: RequestAttributes = {}): Draft {
  const keyUsage = request.keyUsages === 0 ? template.keyUsage : request.keyUsages & template.keyUsage;
  const content = { subject: request.subject, names: attributes.names ?? request.names, keyUsage, extendedKeyUsage: template.extendedKeyUsage };
  return { publicKey: request.publicKey, content, validity: periodOf(authority, attributes.notAfter) };
}

/** The list without `name`, or without its last entry. */
function without(list: string[] = [], name: string | undefined): string[] {
  return name === undefined ? list.slice(0, -1) : list.filter((item) => item !== name);
}

/** The draft after the faults that are switched on for this request. */
export async function misbehave(authority: Authority, draft: Draft, action: string): Promise<Draft> {
  const occasion = { node: authority.fqdn, interface: "certsrv" as const, action };
  const { names, extendedKeyUsage, ...content } = draft.content;
  const droppedName = authority.faults.strike("drops a SAN", occasion);
  const droppedUsage = authority.faults.strike("drops an extended key usage", occasion);
  const period = authority.faults.strike("ignores the requested validity", occasion);
  const otherKey = authority.faults.strike("issues for another key", occasion);
  const otherSubject = authority.faults.strike("issues for another subject", occasion);
  const otherNames = authority.faults.strike("issues for other names", occasion);
  const expired = authority.faults.strike("issues what has expired", occasion);
  const { notBefore } = draft.validity;
  const end = period ? notBefore.getTime() + (period.days ?? 30) * DAY : Date.now() - DAY;
  return {
    publicKey: otherKey ? publicKeyOf(await authority.keys.shared("rsa-2048")).export({ type: "spki", format: "der" }) : draft.publicKey,
    content: {
      ...content,
      ...(otherSubject && { subject: otherSubject.name ?? "CN=another.example.com" }),
      names: otherNames ? [otherNames.name ?? "another.example.com"] : droppedName ? without(names, droppedName.name) : names,
      extendedKeyUsage: droppedUsage ? without(extendedKeyUsage, droppedUsage.name) : extendedKeyUsage,
    },
    validity: period || expired ? { notBefore: new Date(Math.min(notBefore.getTime(), end - DAY)), notAfter: new Date(end) } : draft.validity,
  };
}
