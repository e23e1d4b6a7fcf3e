// The management port: what a person decides at the estate's consoles, for a program in another process. It is no part of the emulated platforms.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { Authority, EnrolmentRequest } from "./certsrv/authority";
import { checkFault } from "./estate-schema";
import type { Fault } from "./faults";
import type { Lab } from "./lab";
import { Listening } from "./listening";
import { PHONE_CALLS } from "./management-phones";
import { describe } from "./pki/read";
import { isRecord, pathText } from "./shape";
import { isOperation, OPERATION_NAMES } from "./vos/bulk/operations";
import type { IdentityName } from "./windows/layout";

const LIMIT_BYTES = 100_000;

export interface Call {
  /** What stands for the `:names` of the path. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface Operation {
  /** `METHOD /path/:parameter`. */
  route: string;
  does: string;
  run: (lab: Lab, call: Call) => unknown;
}

/** A call that cannot be carried out; the words go to the caller. */
class Unfit extends Error {}

function requestRow({ id, state, template, requester, submitted, decided, disposition, request, certificate }: EnrolmentRequest) {
  const { subject, names } = request ?? {};
  return { id, state, template, requester, submitted, decided, disposition, subject, names, certificate: certificate?.pem };
}

function certificateRow(pem: string) {
  const { subject, issuer, serial, names, notBefore, notAfter, parsed } = describe(pem);
  return { subject, issuer, serial, names, notBefore, notAfter, keyType: parsed.publicKey.asymmetricKeyType, fingerprint: parsed.fingerprint256 };
}

function nodeRows(lab: Lab) {
  const nodes = lab.clusters.flatMap((cluster) =>
    cluster.nodes.map(({ fqdn, product, description: { role }, ports, served }) => ({ cluster: cluster.name, fqdn, product, role, ports, serves: served.map(({ certificate }) => certificateRow(certificate.pem)) })),
  );
  const hosts = lab.contactCenters.flatMap((contactCenter) =>
    contactCenter.hosts.map(({ fqdn, product, release, ports, served }) => ({ contactCenter: contactCenter.name, fqdn, product, release, ports, serves: [...served].map(([port, { certificate }]) => ({ port, ...certificateRow(certificate.pem) })) })),
  );
  const authorities = lab.authorities.map(({ name, fqdn, ports, served }) => ({ authority: name, fqdn, ports, serves: [certificateRow(served.certificate)] }));
  const sftpServers = lab.sftpServers.map(({ name, fqdn, address, ports }) => ({ sftpServer: name, fqdn, address, ports, serves: [] }));
  return [...nodes, ...hosts, ...authorities, ...sftpServers];
}

function authorityOf(lab: Lab, { parameters: { authority } }: Call): Authority {
  return lab.authority(authority!);
}

function requestRows(lab: Lab, call: Call) {
  const wanted = call.query.get("state");
  return authorityOf(lab, call)
    .requests.filter(({ state }) => wanted === null || state === wanted)
    .map(requestRow);
}

function addFault(lab: Lab, { body }: Call): readonly Fault[] {
  const mistakes: string[] = [];
  checkFault(body, (path, mistake) => mistakes.push(`${pathText(path)} ${mistake}`));
  if (mistakes.length > 0) throw new Unfit(mistakes.join("; "));
  lab.faults.add(body as unknown as Fault);
  return lab.faults.list;
}

async function enableSso(lab: Lab, { parameters, body: { test = "passed", metadata = "new" } }: Call) {
  if (test !== "passed" && test !== "failed") throw new Unfit('"test" must be "passed" or "failed"');
  if (metadata !== "new" && metadata !== "old") throw new Unfit('"metadata" must be "new" or "old"');
  const cluster = lab.cluster(parameters.cluster!);
  await cluster.enableSso({ test, metadata });
  return cluster.nodes.map(({ fqdn, health }) => ({ fqdn, sso: health.sso }));
}

function historySince(lab: Lab, { query }: Call) {
  const since = Number(query.get("since") ?? 0);
  if (!Number.isInteger(since) || since < 0) throw new Unfit("since must be a whole number, 0 or more");
  return { mark: lab.history.mark(), entries: lab.history.since(since) };
}

async function regenerate(lab: Lab, { parameters: { host, certificate } }: Call) {
  const { certificate: made } = await lab.host(host!).regenerate(certificate as IdentityName);
  return certificateRow(made.pem);
}

async function updateJava(lab: Lab, { parameters: { host }, body: { home } }: Call) {
  if (home !== undefined && !isText(home)) throw new Unfit('"home" must be a path, such as "C:\\Program Files (x86)\\Java\\jre1.8.0_301"');
  const one = lab.host(host!);
  await one.updateJava(home);
  return { fqdn: one.fqdn, javaHomes: one.layout.javaHomes, store: one.layout.store.path };
}

const isText = (value: unknown): value is string => typeof value === "string";

async function makeRequest(lab: Lab, { parameters: { node }, body }: Call) {
  const { purpose, distribution, commonName, altNames, keyLength } = body;
  const fits = isText(purpose) && (distribution === "this-server" || distribution === "multi-server") && (commonName === undefined || isText(commonName));
  const namesFit = altNames === undefined || (Array.isArray(altNames) && altNames.every(isText));
  if (!fits || !namesFit || (keyLength !== undefined && typeof keyLength !== "number")) throw new Unfit('wanted is { "purpose": …, "distribution": "this-server" or "multi-server", "commonName": …, "altNames": [ … ], "keyLength": … }');
  const { pem, names, nodes } = await lab.node(node!).certificates.generateRequest({ purpose, distribution, commonName, altNames, keyLength });
  return { csr: pem, names, nodes };
}

async function uploadTrust(lab: Lab, { parameters: { node }, body: { store, certificate, description = "" } }: Call) {
  if (!isText(store) || !isText(certificate) || !isText(description)) throw new Unfit('wanted is { "store": "Phone-SAST-trust", "certificate": <PEM>, "description": … }');
  const one = lab.node(node!);
  await one.administration.uploadTrust(store, certificate, description);
  return one.store.entries(one.certificates.trustStore(store)).map(({ fileName }) => fileName);
}

async function saveBulkServer(lab: Lab, { parameters: { node }, body }: Call) {
  const { address, port = 22, username, password, directory } = body;
  if (!isText(address) || typeof port !== "number" || !isText(username) || !isText(password) || !isText(directory)) throw new Unfit('wanted is { "address": …, "port": 22, "username": …, "password": …, "directory": … }');
  await lab.node(node!).administration.saveBulkServer({ address, port, username, password, directory });
  return { address, port, username, directory };
}

async function bulk(lab: Lab, { parameters: { node, operation }, body: { type = "all" } }: Call) {
  if (!isOperation(operation)) throw new Unfit(`the operations are ${OPERATION_NAMES.join(", ")}`);
  if (!isText(type)) throw new Unfit('"type" must be a type, such as "tftp", or "all"');
  return lab.node(node!).administration.bulk(operation, type);
}

const OPERATIONS: Operation[] = [
  { route: "GET /", does: "what this port can do", run: () => OPERATIONS.map(({ route, does }) => ({ route, does })) },
  { route: "GET /nodes", does: "every node and authority with its ports and the certificates that it serves", run: nodeRows },
  { route: "POST /nodes/:node/requests", does: "a person makes a certificate request in OS Administration; body { purpose, distribution, commonName?, altNames?, keyLength? }", run: makeRequest },
  { route: "POST /nodes/:node/trust", does: "a person uploads a certificate to a trust store in OS Administration; body { store, certificate, description? }", run: uploadTrust },
  { route: "POST /nodes/:node/bulk-server", does: "a person saves the SFTP server of bulk certificate management; body { address, port?, username, password, directory }", run: saveBulkServer },
  { route: "POST /nodes/:node/bulk/:operation", does: 'a person orders export, consolidate or import in the page of bulk certificate management; body { "type": "tftp" }, by default all', run: bulk },
  { route: "GET /authorities/:authority/requests", does: "the requests of an authority; ?state=pending narrows", run: requestRows },
  { route: "POST /authorities/:authority/requests/:id/issue", does: "issues a pending request", run: async (lab, call) => requestRow(await authorityOf(lab, call).issue(Number(call.parameters.id))) },
  {
    route: "POST /authorities/:authority/requests/:id/deny",
    does: 'denies a pending request; body { "text": … } is the disposition',
    run: (lab, call) => requestRow(authorityOf(lab, call).deny(Number(call.parameters.id), typeof call.body.text === "string" ? call.body.text : undefined)),
  },
  {
    route: "POST /clusters/:cluster/sso",
    does: 'enables SSO as a person does; body { "test": "failed" } makes the test fail, { "metadata": "old" } leaves the SP metadata',
    run: enableSso,
  },
  { route: "POST /hosts/:host/certificates/:certificate", does: "a Windows host gets a new certificate of its own: IIS, DFP, WSM, callserver, vxml, oamp", run: regenerate },
  { route: "POST /hosts/:host/java", does: 'a Java update replaces cacerts; body { "home": … } moves Java to another folder', run: updateJava },
  ...PHONE_CALLS,
  { route: "GET /faults", does: "the faults that are switched on", run: (lab) => lab.faults.list },
  { route: "POST /faults", does: 'switches a fault on; body { "fault": … } as in an estate', run: addFault },
  { route: "DELETE /faults", does: "switches every fault off", run: (lab) => (lab.faults.clear(), []) },
  { route: "GET /history", does: "what was asked and done; ?since=<mark of an earlier answer> narrows", run: historySince },
];

function match(route: string, method: string, path: string): Record<string, string> | undefined {
  const [verb, pattern] = route.split(" ") as [string, string];
  const found = verb === method ? new RegExp(`^${pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`).exec(path) : null;
  return found ? { ...found.groups } : undefined;
}

async function bodyOf(message: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Unfit("the body is too large");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const value: unknown = text ? JSON.parse(text) : {};
  if (!isRecord(value)) throw new Unfit("the body must be a JSON object");
  return value;
}

function permitted(message: IncomingMessage, token: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/i.exec(message.headers.authorization ?? "")?.[1] ?? "");
  return given.length === token.length && timingSafeEqual(given, Buffer.from(token));
}

interface Answer {
  status: number;
  body: unknown;
}

async function answer(lab: Lab, token: string, message: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(message.url ?? "/", "http://lab");
  const method = message.method ?? "GET";
  if (!permitted(message, token)) return { status: 401, body: { error: "the bearer token of the lab file is needed" } };
  for (const { route, run } of OPERATIONS) {
    const parameters = match(route, method, pathname);
    if (!parameters) continue;
    // Reading changes nothing and would fill the history that it reads.
    const entry = method === "GET" ? undefined : (lab.history.record({ node: lab.description.name, interface: "management", action: `${method} ${pathname}` }) as { outcome: string });
    try {
      return { status: 200, body: await run(lab, { parameters, query: searchParams, body: await bodyOf(message) }) };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      if (entry) entry.outcome = words;
      return { status: 400, body: { error: words } };
    }
  }
  return { status: 404, body: { error: `${method} ${pathname} is not known; GET / lists what is` } };
}

/** A running management port. */
export interface Management {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** For the header `Authorization: Bearer …`. */
  token: string;
  stop(): Promise<void>;
}

/** Opens the management port of a lab. */
export async function startManagement(lab: Lab): Promise<Management> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer((message, response) => {
    void answer(lab, token, message).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  const listening = new Listening(server);
  const port = await listening.listen();
  return { url: `http://127.0.0.1:${port}`, token, stop: () => listening.stop() };
}
