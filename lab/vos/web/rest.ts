// Certificate Management REST of release 14 and later: platform-interfaces.md section 1. What is not known answers 501 by name.
import { randomUUID } from "node:crypto";
import type { Hash } from "../../pki/make";
import type { CertificateStore, Distribution } from "../certificate-store";
import type { VosNode } from "../node";
import { Refusal } from "../refusal";
import { page } from "./soap";
import { basicCredential, type WebApplication, type WebRequest, type WebResponse } from "./types";

const BASE = "/platformcom/api/v1/certmgr/config";

type Body = Record<string, unknown>;
type Operation = (node: VosNode, request: WebRequest) => Promise<Body>;

const HASHES: Record<string, Hash> = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

function trackingId(): string {
  return `UC_${randomUUID()}`;
}

function json(status: number, body: Body): WebResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function failure(status: number, ...messages: string[]): WebResponse {
  return json(status, { key: status, messages, trackingId: trackingId() });
}

function bodyOf({ body }: WebRequest): Body {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed && typeof parsed === "object") return parsed as Body;
  } catch {
    // falls through to the refusal
  }
  throw new Refusal("Invalid JSON Format");
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new Refusal(`Invalid value for ${name}`);
}

function strings(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) return value;
  throw new Refusal(`Invalid value for ${name}`);
}

function serviceQuery({ query }: WebRequest): string {
  const service = query.get("service");
  if (!service) throw new Refusal("Missing query parameter service");
  return service;
}

function purposeQuery(node: VosNode, request: WebRequest): string {
  const service = serviceQuery(request);
  node.certificates.requirePurpose(service);
  return service;
}

/** The store of a base name: REST takes `tomcat`, not `tomcat-trust`. */
function baseService(node: VosNode, service: string): string {
  const store = node.certificates.trustStore(service);
  if (store === service) throw new Refusal(`Invalid service ${service}`);
  return store;
}

function trustRows(store: CertificateStore, name: string) {
  return store.entries(name).map(({ fileName, certificate }) => ({ filename: fileName, certificate: certificate.pem }));
}

const snapshot: Operation = async (node) => ({
  server: node.fqdn,
  identities: node.listed.map((service) => ({
    service,
    certificate: node.store.identities.get(service)?.certificate.pem ?? "",
    csr: node.store.requests.get(service)?.pem ?? "",
  })),
  trusts: node.store.stores().map((service) => ({ service, certificate_data: trustRows(node.store, service) })),
  revokedCertificates: [],
});

const readIdentity: Operation = async (node, request) => {
  const service = purposeQuery(node, request);
  const identity = node.store.identities.get(service);
  if (!identity) throw new Refusal(`No certificate for ${service}`, 404);
  return { service, certificate: identity.certificate.pem };
};

const readTrust: Operation = async (node, request) => ({ certificates: trustRows(node.store, baseService(node, serviceQuery(request))) });

const readCsr: Operation = async (node, request) => {
  const service = purposeQuery(node, request);
  const pending = node.store.requests.get(service);
  if (!pending) throw new Refusal(`File /usr/local/platform/.security/${service}/keys/${service}.csr does not exist`, 404);
  return { csr: pending.pem };
};

const generateCsr: Operation = async (node, request) => {
  const body = bodyOf(request);
  const distribution = text(body.distribution, "distribution") as Distribution;
  if (distribution !== "this-server" && distribution !== "multi-server") throw new Refusal("Invalid value for distribution");
  const hashAlgorithm = text(body.hashAlgorithm, "hashAlgorithm");
  const hash = hashAlgorithm === undefined ? undefined : HASHES[hashAlgorithm];
  if (hashAlgorithm !== undefined && !hash) throw new Refusal(`Invalid value for hashAlgorithm: ${hashAlgorithm}`);
  const pending = await node.certificates.generateRequest({
    purpose: text(body.service, "service") ?? "",
    distribution,
    commonName: text(body.commonName, "commonName"),
    altNames: body.altNames === undefined ? [] : strings(body.altNames, "altNames"),
    keyType: text(body.keyType, "keyType") as "rsa" | "ec" | undefined,
    keyLength: body.keyLength as number | undefined,
    hash,
  });
  return { csr: pending.pem, messages: [`CSR export operation successful on the nodes [${pending.nodes.join(", ")}]`] };
};

const uploadIdentity: Operation = async (node, request) => {
  const body = bodyOf(request);
  if (typeof body.service !== "string") throw new Refusal("Invalid value for service");
  const [certificate = "", ...chain] = strings(body.certificates, "certificates");
  const nodes = node.certificates.uploadIdentity(body.service, certificate, chain);
  const hint = body.service.startsWith("tomcat") ? ` Restart Cisco Tomcat on the nodes ${nodes.join(",")} using the CLI.` : "";
  return { messages: [`Certificate upload operation successful for the nodes ${nodes.join(",")}.${hint}`] };
};

const uploadTrust: Operation = async (node, request) => {
  const body = bodyOf(request);
  const services = strings(body.service, "service");
  const certificates = strings(body.certificates, "certificates");
  const description = text(body.description, "description") ?? "";
  for (const service of services) {
    baseService(node, service);
    node.certificates.storeForUpload(service);
  }
  for (const service of services) for (const pem of certificates) node.certificates.uploadTrust(service, pem, description);
  return { messages: ["Certificate uploaded"] };
};

const OPERATIONS: Record<string, Operation> = {
  "GET /snapshot/server": snapshot,
  "GET /identity/certificate": readIdentity,
  "POST /identity/certificates": uploadIdentity,
  "GET /trust/certificate": readTrust,
  "POST /trust/certificates": uploadTrust,
  "GET /csr": readCsr,
  "POST /csr": generateCsr,
};

function operationName({ method, path }: WebRequest): string {
  return `${method} ${path.slice(BASE.length)}`;
}

function logIn(node: VosNode, request: WebRequest): WebResponse | undefined {
  const { username, password } = basicCredential(request);
  if (node.osAdministrator.logIn(username, password, "rest") === "accepted") return undefined;
  return { ...failure(401, "Unauthorized"), headers: { "content-type": "application/json", "www-authenticate": 'Basic realm="CMPlatform"' } };
}

/** The certificate REST of a node; per server, OS administrator, Basic. */
export const certificateRest: WebApplication = {
  interface: "rest",
  serves: (path) => path === BASE || path.startsWith(`${BASE}/`),
  container: () => "Cisco Tomcat",
  action: operationName,
  async answer(node, request) {
    if (!node.facts.certificateRest) return page(404, "404 Not Found");
    const refused = logIn(node, request);
    if (refused) return refused;
    const operation = OPERATIONS[operationName(request)];
    if (!operation) return failure(501, `${operationName(request)} is not emulated by this lab: see platform-interfaces section 1.2 and lab/README.md`);
    try {
      return json(200, { ...(await operation(node, request)), trackingId: trackingId() });
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.words);
      throw error;
    }
  },
};
