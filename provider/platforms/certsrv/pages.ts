// AD CS web enrolment pages: certsrv-keystores-ris.md section 1. They are localised: links and ids first, words second.

export type Answer = { status: "issued" | "pending" | "denied"; requestId: string; message: string };

function plain(html: string): string {
  return html.replace(/<(style|script)[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ").replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/\s+/g, " ").trim();
}

/** The text between quotation marks or behind a colon that says what the authority decided. */
function disposition(html: string): string {
  const quoted = /(?:disposition message is|[Dd]isposition\w*)[^"<]{0,20}"([^"]+)"/.exec(html)?.[1];
  const labelled = /[Dd]isposition\w*(?: message)?\s*:\s*(?:<[^>]*>|\s)*([^<]+)/.exec(html)?.[1];
  return (quoted ?? labelled ?? "").replace(/\s+/g, " ").trim();
}

/** What the page behind `certfnsh.asp` says; undefined when it says none of the three things. */
export function submissionAnswer(html: string): Answer | undefined {
  const link = /certnew\.cer\?ReqID=(\d+)/i.exec(html);
  const message = disposition(html);
  if (link) return { status: "issued", requestId: link[1]!, message: "" };
  const requestId = /Request Id is (\d+)/i.exec(html)?.[1] ?? /(?:ID|Id)\D{0,20}?(\d+)/.exec(plain(html))?.[1] ?? "";
  if (/locDenied|Certificate Request Denied/i.test(html) || message) return { status: "denied", requestId, message: message || plain(html).slice(0, 200) };
  if (/Certificate Pending|locPending/i.test(html) || requestId !== "") return { status: "pending", requestId, message: "the request is waiting for the authority's administrator" };
  return undefined;
}

const PENDING = /Taken Under Submission|under submission|pending/i;
const DENIED = /denied|verweigert|abgelehnt|refus/i;

/** What the HTML says that comes instead of a certificate from `certnew.cer`. */
export function fetchAnswer(html: string, requestId: string): Answer {
  const message = disposition(html) || plain(html).slice(0, 200);
  if (PENDING.test(html)) return { status: "pending", requestId, message };
  return { status: DENIED.test(html) ? "denied" : "pending", requestId, message };
}

/** `var nRenewals=<n>;` of `certcarc.asp`. */
export function renewals(html: string): number {
  return Number(/nRenewals\s*=\s*(\d+)/i.exec(html)?.[1] ?? 0);
}

/** What a page says in one line, for an error. */
export function pageText(html: string): string {
  return plain(html).slice(0, 300);
}
