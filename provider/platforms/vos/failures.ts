// What a VOS platform answers, mapped to our closed set of kinds. Its text decides, not the HTTP status (platform-interfaces.md 7.2).
import { plainText as bare } from "../../../domain/plain-text";
import { PlatformError, type PlatformErrorKind } from "../../errors";
import type { HttpsResponse } from "../../transport/https";

const BY_TEXT: readonly [RegExp, PlatformErrorKind][] = [
  [/exceeded allowed rate|try again later|is busy|in progress/i, "busy"],
  [/\.csr does not exist|no certificate for|not found|-1004|-1010/i, "notFound"],
  [/already (exists|present)/i, "conflict"],
  [/public key.*(do(es)? not|doesn't) match|SAN.*does not match|CA certificate is not available|could not be uploaded|expired|not yet valid|wildcard|invalid|not supported|reading the certificate|incorrect axl version/i, "rejected"],
  [/privilege|not authori[sz]ed|permission|forbidden/i, "permission"],
];

const BY_STATUS: Record<number, PlatformErrorKind> = { 400: "rejected", 401: "authentication", 403: "permission", 404: "notFound", 409: "conflict", 501: "rejected", 502: "busy", 503: "busy", 504: "busy" };

/** The platform's own words in an answer of the certificate REST: `messages`, then `message`, then `error`, then the text. */
export function restWords(body: string): string {
  try {
    const { messages, message, error } = JSON.parse(body) as { messages?: unknown[]; message?: unknown; error?: unknown };
    const words = Array.isArray(messages) && messages.length > 0 ? messages.map(String).join("; ") : (message ?? error);
    if (typeof words === "string" && words) return words;
  } catch {
    // not JSON: the text itself
  }
  return plainText(body);
}

/** A page as one line without its tags. */
export function plainText(body: string): string {
  return bare(body).slice(0, 300);
}

/** The kind that a text speaks of; undefined when it speaks of none that we know. */
export function kindOf(words: string): PlatformErrorKind | undefined {
  return BY_TEXT.find(([pattern]) => pattern.test(words))?.[1];
}

const AUTHENTICATION_REMEDY = "Nothing more was tried with this account in this run, because three wrong log-ins lock it. Correct the connection's user name and password";

/** An answer that is none, as an error with the platform's own words. */
export function restFailure(node: string, action: string, { status, body }: HttpsResponse): PlatformError {
  const words = restWords(body);
  if (status === 401) return new PlatformError("authentication", { node, action, answer: `the log-in was refused (401${words ? ` ${words}` : ""})`, remedy: AUTHENTICATION_REMEDY });
  const kind = status === 503 ? "busy" : (kindOf(words) ?? BY_STATUS[status] ?? "unknown");
  return new PlatformError(kind, { node, action, answer: words ? `${words} (HTTP ${status})` : `HTTP ${status}` });
}

/** Reads an answer that the platform gave; one of another shape than its call has is told as one sentence. */
export function understood<T>(node: string, action: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof PlatformError ? error : new PlatformError("unknown", { node, action, answer: "the answer is not what this call gives", cause: error });
  }
}

/** A refused log-in, wherever it happened. */
export function refusedLogIn(node: string, action: string, answer: string): PlatformError {
  return new PlatformError("authentication", { node, action, answer, remedy: AUTHENTICATION_REMEDY });
}
