// AD CS web enrolment pages: certsrv-keystores-ris.md section 1. They are localised: links and ids first, words second.
import { plainText } from "../../../domain/plain-text";

export interface Answer {
  status: "issued" | "pending" | "denied";
  requestId: string;
  message: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

function plain(html: string): string {
  return plainText(html).replace(/&(amp|lt|gt|quot|nbsp);/g, (_all, name: string) => ENTITIES[name]!).replace(/\s+/g, " ").trim();
}

/** What stands where the authority has decided nothing. */
const NOTHING_DECIDED = /^\((none|never set)\)$/i;

/** The text between quotation marks or behind a colon that says what the authority decided. */
function disposition(html: string): string {
  const quoted = /[Dd]isposition[^"<]{0,40}"([^"]+)"/.exec(html)?.[1];
  const labelled = /[Dd]isposition\w{0,20}(?: message)?\s{0,20}:\s*(?:<[^<>]*>\s*)*([^\s<][^<\r\n]*)/.exec(html)?.[1];
  const found = plain(quoted ?? labelled ?? "");
  return NOTHING_DECIDED.test(found) ? "" : found;
}

/** What the page behind `certfnsh.asp` says; undefined when it says none of the three things. */
export function submissionAnswer(html: string): Answer | undefined {
  const link = /certnew\.cer\?ReqID=(\d+)/i.exec(html);
  const message = disposition(html);
  if (link) return { status: "issued", requestId: link[1]!, message: "" };
  const requestId = /Request Id is (\d+)/i.exec(html)?.[1] ?? /(?:ID|Id)\D{0,20}?(\d+)/.exec(plain(html))?.[1] ?? "";
  if (/locDenied|Certificate Request Denied/i.test(html) || message) return { status: "denied", requestId, message: message || plain(html).slice(0, 200) };
  if (requestId !== "") return { status: "pending", requestId, message: "the request is waiting for the authority's administrator" };
  return undefined;
}

const PENDING = /under submission|pending/i;
const DENIED = /denied|verweigert|abgelehnt|refus/i;
/** CERTSRV_E_PROPERTY_EMPTY: the authority's database has no such request. */
const NO_SUCH_REQUEST = /0x80094004/i;
/** A failure code of Windows; 0x0 is none. */
const FAILED = /0x8[0-9a-f]{7}/i;

/** What the HTML says that comes instead of a certificate from `certnew.cer`: `unknown` request, or undefined when it says nothing of a request. */
export function fetchAnswer(html: string, requestId: string): Answer | "unknown" | undefined {
  const message = disposition(html);
  if (NO_SUCH_REQUEST.test(html)) return "unknown";
  if (message === "") return undefined;
  if (PENDING.test(message)) return { status: "pending", requestId, message };
  // In a language that is not known here it is taken for pending: nothing is asked twice, and a person reads the authority's own words.
  return { status: DENIED.test(message) || FAILED.test(html) ? "denied" : "pending", requestId, message };
}

/** `var nRenewals=<n>;` of `certcarc.asp`. */
export function renewals(html: string): number {
  return Number(/nRenewals\s*=\s*(\d+)/i.exec(html)?.[1] ?? 0);
}

/** What a page says in one line, for an error. */
export function pageText(html: string): string {
  return plain(html).slice(0, 300);
}
