// A client that is not ours, for tests of the lab's nodes. It trusts whatever is served: what that is, the tests look at themselves.
import { X509Certificate } from "node:crypto";
import { request } from "node:https";
import { connect } from "node:tls";
import type { VosNode } from "../../../lab/vos/node";

const BASE = "/platformcom/api/v1/certmgr/config";

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: Record<string, unknown>;
}

export interface How {
  port?: "https8443" | "https443";
  headers?: Record<string, string>;
  /** Sent as it is, instead of JSON. */
  raw?: string;
}

/** One request over a connection of its own. */
export function fetchFrom(node: VosNode, operation: string, body?: unknown, { port = "https8443", headers = {}, raw }: How = {}): Promise<Reply> {
  const [method, path] = operation.split(" ") as [string, string];
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: node.ports[port], servername: node.fqdn, method, path, headers, agent: false, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const json = response.headers["content-type"] === "application/json";
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: json ? (JSON.parse(text) as Record<string, unknown>) : {} });
      });
    });
    sent.on("error", reject);
    sent.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  });
}

export function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** One call of the certificate REST as OS administrator: `GET /snapshot/server`. */
export function rest(node: VosNode, operation: string, body?: unknown, how: How = {}): Promise<Reply> {
  const { username, password } = node.cluster.osAdministrator;
  const headers = { ...basic(username, password), "content-type": "application/json", ...how.headers };
  return fetchFrom(node, operation.replace(" ", ` ${BASE}`), body, { ...how, headers });
}

/** The same, where it must succeed. */
export async function done(node: VosNode, operation: string, body?: unknown): Promise<Record<string, unknown>> {
  const reply = await rest(node, operation, body);
  if (reply.status !== 200) throw new Error(`${operation}: ${reply.status} ${reply.text}`);
  return reply.body;
}

/** Status and the platform's words, for one that must fail. */
export async function refusal(node: VosNode, operation: string, body?: unknown): Promise<[status: number, words: string]> {
  const { status, body: answer } = await rest(node, operation, body);
  return [status, (answer.messages as string[] | undefined)?.join("; ") ?? ""];
}

/** The certificate that a port shows, and those that it sends along; `sigalgs` makes the client choose RSA or EC. */
export function shown(node: VosNode, { port = "https8443", sigalgs }: { port?: "https8443" | "https443"; sigalgs?: string } = {}): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: node.ports[port], servername: node.fqdn, rejectUnauthorized: false, sigalgs }, () => {
      const chain: X509Certificate[] = [];
      for (let one = socket.getPeerX509Certificate(); one && !chain.some((other) => other.fingerprint256 === one!.fingerprint256); one = one.issuerCertificate) chain.push(one);
      socket.destroy();
      resolve(chain);
    });
    socket.on("error", reject);
  });
}

/** Fingerprint of the certificate that a port shows. */
export async function fingerprintShown(node: VosNode, port?: "https8443" | "https443"): Promise<string> {
  return (await shown(node, { port }))[0]!.fingerprint256;
}

/** Whether a TLS connection is cut before it is there. */
export async function refuses(node: VosNode, port?: "https8443" | "https443"): Promise<boolean> {
  try {
    await shown(node, { port });
    return false;
  } catch {
    return true;
  }
}
