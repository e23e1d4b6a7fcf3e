// From the wire's names to ours. No wire name leaves this folder.
import type { Member, ServiceReading, ServiceState, Snapshot, TrustEntry } from "../../../domain/readings";
import type { Question } from "../../../domain/question";
import { isPurpose } from "../../../domain/purposes";
import { type Certificate, parseCertificate } from "../../../domain/x509/certificate";
import { PlatformError, sentence } from "../../errors";
import type { WireProcessNode } from "./axl";
import type { Answer, WireCsrRequest, WireSnapshot, WireTrust } from "./certificate-rest";
import type { WireService } from "./control-center";

/** A certificate of a listing; one that cannot be read is left out, because a strange entry must not hide the others. */
function trustEntry(store: string, row: WireTrust): TrustEntry[] {
  try {
    const { filename, certificate } = row;
    const parsed = parseCertificate(certificate);
    return [{ store, fileName: filename ?? `${parsed.commonName.replace(/ /g, "_")}_${parsed.serialNumber.toLowerCase()}.pem`, certificate: parsed }];
  } catch {
    return [];
  }
}

/**
 * The certificate of a purpose. One that is not known here may have a certificate of a kind that is not; it must not hide the others.
 * @returns undefined for such a one
 * @throws when that of a known purpose cannot be read
 */
export function identityOf(host: string, service: string, pem: string): Certificate | undefined {
  try {
    return parseCertificate(pem);
  } catch (error) {
    if (!isPurpose(service)) return undefined;
    throw new PlatformError("unknown", { node: host, action: "read certificates", answer: `its ${service} certificate cannot be read (${sentence(error)})`, cause: error });
  }
}

/** @throws when it is no snapshot, or the certificate of a known purpose cannot be read */
export function snapshotOf(host: string, { body, date }: Answer<WireSnapshot>): Snapshot {
  if (!Array.isArray(body.identities) || !Array.isArray(body.trusts)) throw new PlatformError("unknown", { node: host, action: "read certificates", answer: "the snapshot does not hold its two lists, identities and trusts" });
  const identities = body.identities.flatMap(({ service, certificate }) => {
    const found = certificate && identityOf(host, service, certificate);
    return found ? [[service, found] as const] : [];
  });
  const requests = body.identities.filter(({ csr }) => csr).map(({ service, csr }) => [service, csr!] as const);
  const trusts = body.trusts.flatMap(({ service, certificate_data = [] }) => certificate_data.flatMap((row) => trustEntry(storeName(service), row)));
  return { identities: new Map(identities), requests: new Map(requests), trusts, clock: date };
}

/** Some clients see `tomcat` where others see `tomcat-trust`. */
function storeName(service: string): string {
  return service.endsWith("-trust") ? service : `${service}-trust`;
}

export function trustEntriesOf(store: string, body: WireTrust[] | { certificates?: WireTrust[] }): TrustEntry[] {
  const rows = Array.isArray(body) ? body : body.certificates;
  return (Array.isArray(rows) ? rows : []).flatMap((row) => trustEntry(store, row));
}

/** The base name that uploads and queries of a trust store take. */
export function baseName(store: string): string {
  return store.replace(/-trust$/, "");
}

/** REST has no member for the parent domain: every name beyond the nodes' own goes into `altNames`, and the CSR that comes back is compared. */
export function csrRequestOf(question: Question, covered: readonly string[]): WireCsrRequest {
  const beside = question.names.filter((name) => !covered.includes(name));
  return {
    service: question.purpose,
    distribution: question.distribution,
    commonName: question.commonName,
    keyType: question.keyType.toLowerCase(),
    keyLength: question.keyLength,
    hashAlgorithm: question.hashAlgorithm.toLowerCase(),
    ...(beside.length > 0 ? { altNames: beside } : {}),
  };
}

const STATES: readonly ServiceState[] = ["Started", "Stopped", "Starting", "Stopping"];

export function serviceOf({ ServiceName, ServiceStatus, ReasonCodeString, UpTime }: WireService): ServiceReading {
  const state = STATES.find((one) => one.toLowerCase() === ServiceStatus.toLowerCase()) ?? "Unknown";
  const upSeconds = Number(UpTime);
  return { name: ServiceName, state, reason: state === "Started" ? "" : ReasonCodeString.trim(), upSeconds: UpTime !== "" && upSeconds >= 0 ? upSeconds : undefined };
}

/** The pseudo node of enterprise-wide data is no node (platform-interfaces.md 4.2). */
export function membersOf(nodes: readonly WireProcessNode[]): Member[] {
  return nodes
    .filter(({ name }) => name !== "EnterpriseWideData")
    .map(({ name, nodeUsage, processNodeRole }) => ({
      name,
      product: /IM and Presence/i.test(processNodeRole) ? "IM and Presence" : "CUCM",
      role: /Publisher/i.test(nodeUsage) ? "publisher" : "subscriber",
    }));
}
