// The HTTPS front of an authority: IIS with one site. Requests that are answered 401 are in the history too: each leg of NTLM is one.
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FaultName } from "../faults";
import type { Running } from "../lab";
import { Listening } from "../listening";
import type { Authority } from "./authority";
import { Door } from "./authentication";
import { actionOf, answerPage } from "./enrolment";
import type { CertsrvAnswer, CertsrvRequest } from "./types";

const LIMIT_BYTES = 1_000_000;

function lowerCaseNames(parameters: URLSearchParams): Map<string, string> {
  return new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
}

async function readRequest(message: IncomingMessage): Promise<CertsrvRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Error("request too large");
    chunks.push(chunk);
  }
  const url = new URL(message.url ?? "/", "https://ca");
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
  const form = lowerCaseNames(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
  return { method: message.method ?? "GET", path: url.pathname.toLowerCase(), query: lowerCaseNames(url.searchParams), form, headers };
}

/** Lets the request in or answers 401; `detail` is what the history learns. */
async function admitted(authority: Authority, door: Door, request: CertsrvRequest, socket: Socket, detail: Record<string, unknown>): Promise<CertsrvAnswer> {
  const admission = door.admit(request, socket);
  if ("offers" in admission) {
    detail.refused = admission.reason;
    return { status: 401, headers: { "content-type": "text/html", "www-authenticate": admission.offers }, body: "401 - Unauthorized: Access is denied due to invalid credentials." };
  }
  Object.assign(detail, { requester: admission.requester, authentication: admission.by });
  try {
    return await answerPage(authority, request, admission.requester);
  } catch (error) {
    return { status: 500, headers: { "content-type": "text/plain" }, body: `the lab itself failed: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** Answers one request; undefined when a fault drops the connection. */
async function respond(authority: Authority, door: Door, request: CertsrvRequest, socket: Socket): Promise<CertsrvAnswer | undefined> {
  const occasion = { node: authority.fqdn, interface: "certsrv" as const, action: actionOf(request) };
  const strike = (name: FaultName) => authority.faults.strike(name, occasion);
  const detail: Record<string, unknown> = request.form.has("certattrib") ? { attributes: request.form.get("certattrib") } : {};
  const entry = authority.history.record({ ...occasion, detail }) as { outcome: string };
  await authority.waits.sleep(authority.timing.latency + authority.faults.delay("slow answer", occasion));
  if (strike("no answer")) {
    entry.outcome = "no answer";
    return new Promise(() => {});
  }
  if (strike("dropped connection")) return void (entry.outcome = "dropped connection");
  if (strike("unavailable")) return { status: 503, body: (entry.outcome = "503") };
  const answer = await admitted(authority, door, request, socket, detail);
  entry.outcome = answer.status < 400 ? "ok" : String(answer.status);
  // A 401 is no work that was done: the fault waits for the leg that is let in.
  return answer.status !== 401 && strike("dropped answer") ? undefined : answer;
}

async function handle(authority: Authority, door: Door, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await respond(authority, door, await readRequest(message), message.socket);
    if (!answer || authority.down) return void message.socket.destroy();
    response.writeHead(answer.status, { server: "Microsoft-IIS/10.0", "content-length": String(Buffer.byteLength(answer.body)), ...answer.headers });
    response.end(answer.body);
  } catch {
    message.socket.destroy();
  }
}

/** Opens the authority's port. */
export async function startCertsrv(authority: Authority): Promise<Running> {
  const door = new Door(authority);
  const chain = [authority.served.certificate, ...authority.hierarchy.chain().slice(0, -1)].join("\n");
  const server = createServer({ key: authority.served.key, cert: chain }, (message, response) => void handle(authority, door, message, response));
  server.on("tlsClientError", () => {});
  const port = new Listening(server, () => !authority.faults.strike("node down", { node: authority.fqdn, interface: "certsrv", action: "connect" }));
  authority.ports.https443 = await port.listen();
  return port;
}
