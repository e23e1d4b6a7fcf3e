// The pages of `/certsrv/`: certsrv-keystores-ris.md section 1. What is not known answers 501 by name.
import { pkcs7 } from "../pki/make";
import type { Authority } from "./authority";
import type { FaultName } from "../faults";
import { dispositionPage, type Language, renewalsPage, submissionPage, welcomePage } from "./pages";
import type { CertsrvAnswer, CertsrvRequest } from "./types";

type Page = (authority: Authority, request: CertsrvRequest, requester: string) => CertsrvAnswer | Promise<CertsrvAnswer>;

const UNKNOWN_REQUEST = "The requested property value is empty. 0x80094004 (-2146877436 CERTSRV_E_PROPERTY_EMPTY)";

function languageOf({ description }: Authority): Language {
  return description.language ?? "en";
}

function base64Lines(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\r\n");
}

/** The file, in the encoding that was asked for; without a browser's user agent it goes by the name of a page. */
function file({ query, headers }: CertsrvRequest, contentType: string, label: string, der: Buffer): CertsrvAnswer {
  const browser = headers["user-agent"]?.startsWith("Mozilla/");
  const body = query.get("enc")?.toLowerCase() === "bin" ? der : base64Lines(label, der);
  return { status: 200, headers: { "content-type": browser ? contentType : "text/html" }, body };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

/** What `ReqID` and `Renewal` name: the certificate first, then up to the root; or why there is none. */
function named(authority: Authority, { query }: CertsrvRequest): string[] | { disposition: string; status?: string } {
  const [id = "", renewal = "-1"] = [query.get("reqid"), query.get("renewal")];
  if (id.toLowerCase() === "cacert") return authority.hierarchy.issuing(Number(renewal)) ? authority.hierarchy.chain(Number(renewal)) : { disposition: UNKNOWN_REQUEST, status: UNKNOWN_REQUEST };
  const request = authority.find(Number(id));
  if (!request) return { disposition: UNKNOWN_REQUEST, status: UNKNOWN_REQUEST };
  return request.state === "issued" ? [request.certificate!.pem, ...request.chain!] : { disposition: request.disposition };
}

function strikes(authority: Authority, request: CertsrvRequest, fault: FaultName): boolean {
  return authority.faults.strike(fault, { node: authority.fqdn, interface: "certsrv", action: actionOf(request) }) !== undefined;
}

/** What a proxy or a broken web server answers instead; nobody has seen the request. */
const ERROR_PAGE: CertsrvAnswer = { status: 200, headers: { "content-type": "text/html" }, body: "<html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1></body></html>" };

const submit: Page = async (authority, { form }, requester) => {
  const request = await authority.submit(form.get("certrequest") ?? "", form.get("certattrib") ?? "", requester);
  return submissionPage(request, languageOf(authority));
};

const certificate: Page = (authority, request) => {
  const found = named(authority, request);
  if (!Array.isArray(found)) return dispositionPage(found.disposition, languageOf(authority), found.status);
  if (strikes(authority, request, "answers with more certificates")) return file(request, "application/pkix-cert", authority.switches.pkcs7Label, pkcs7([...found.slice(1), found[0]!]));
  return file(request, "application/pkix-cert", "CERTIFICATE", derOf(found[0]!));
};

const chain: Page = (authority, request) => {
  const found = named(authority, request);
  if (!Array.isArray(found)) return dispositionPage(found.disposition, languageOf(authority), found.status);
  const pems = strikes(authority, request, "returns the chain unordered") ? [found.at(-1)!, ...found.slice(0, -1)] : found;
  return file(request, "application/x-pkcs7-certificates", authority.switches.pkcs7Label, pkcs7(pems));
};

const PAGES: Record<string, Page> = {
  "GET /certsrv": (authority) => welcomePage(languageOf(authority)),
  "GET /certsrv/": (authority) => welcomePage(languageOf(authority)),
  "POST /certsrv/certfnsh.asp": submit,
  "GET /certsrv/certnew.cer": certificate,
  "GET /certsrv/certnew.p7b": chain,
  "GET /certsrv/certcarc.asp": (authority) => renewalsPage(authority.hierarchy.renewals, languageOf(authority)),
};

/** A request in the words of the history, e.g. `GET /certsrv/certnew.cer?ReqID=32`. */
export function actionOf({ method, path, query }: CertsrvRequest): string {
  const id = query.get("reqid");
  return `${method} ${path}${id ? `?ReqID=${id}` : ""}`;
}

/** Answers one request of somebody who has logged in. */
export async function answerPage(authority: Authority, request: CertsrvRequest, requester: string): Promise<CertsrvAnswer> {
  const page = PAGES[`${request.method} ${request.path}`];
  if (/certfnsh\.asp|certnew\.cer/.test(request.path) && strikes(authority, request, "answers with an error page")) return ERROR_PAGE;
  if (page) return page(authority, request, requester);
  const name = `${request.method} ${request.path}`;
  if (!request.path.startsWith("/certsrv/")) return { status: 404, headers: { "content-type": "text/html" }, body: "404 - File or directory not found." };
  return { status: 501, headers: { "content-type": "text/plain" }, body: `${name} is not emulated by this lab: see lab/README.md` };
}
