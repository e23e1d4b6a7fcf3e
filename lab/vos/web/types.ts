import type { Occasion } from "../../faults";
import type { Interface } from "../../history";
import type { VosNode } from "../node";

/** A request as the web applications see it. */
export interface WebRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface WebResponse {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** One web application of a node. */
export interface WebApplication {
  interface: Interface;
  serves(path: string): boolean;
  /** The container that it lives in: while that is not STARTED the answer is 503. */
  container(node: VosNode): string;
  /** What a request asks for, in the words of the history. */
  action(request: WebRequest): string;
  /** `occasion` is what faults are asked about. */
  answer(node: VosNode, request: WebRequest, occasion: Occasion): Promise<WebResponse>;
}

/** User name and password of an HTTP Basic header. */
export function basicCredential({ headers }: WebRequest): { username?: string; password?: string } {
  const match = /^Basic (.+)$/i.exec(headers["authorization"] ?? "");
  if (!match) return {};
  const [username, ...password] = Buffer.from(match[1]!, "base64").toString("utf8").split(":");
  return { username, password: password.join(":") };
}
