// The HTML of web enrolment, reduced to what a client looks at. Words follow the server's language, ids and links do not.
import type { EnrolmentRequest } from "./authority";
import type { CertsrvAnswer } from "./types";

const WORDS = {
  en: {
    welcome: "Welcome",
    issued: "Certificate Issued",
    issuedText: "The certificate you requested was issued to you.",
    pending: "Certificate Pending",
    pendingText: "Your certificate request has been received. An administrator must issue it first.",
    denied: "Certificate Request Denied",
    deniedText: "Your certificate request was denied.",
    id: (id: number) => `Your Request Id is ${id}.`,
    quotedDisposition: (text: string) => `The disposition message is "${text}".`,
    disposition: "Disposition message:",
    status: "LastStatus:",
    error: "Error",
    errorText: "An unexpected error has occurred:",
    download: "Download certificate",
    chain: "Download certificate chain",
    authorities: "Download a CA Certificate, Certificate Chain, or CRL",
    done: "The operation completed successfully.",
  },
  de: {
    welcome: "Willkommen",
    issued: "Zertifikat ausgestellt",
    issuedText: "Das angeforderte Zertifikat wurde für Sie ausgestellt.",
    pending: "Zertifikat ausstehend",
    pendingText: "Ihre Zertifikatanforderung ist eingegangen. Ein Administrator muss sie zuerst ausstellen.",
    denied: "Zertifikatanforderung verweigert",
    deniedText: "Ihre Zertifikatanforderung wurde verweigert.",
    id: (id: number) => `Ihre Anforderungs-ID ist ${id}.`,
    quotedDisposition: (text: string) => `Die Dispositionsmeldung lautet "${text}".`,
    disposition: "Dispositionsmeldung:",
    status: "Letzter Status:",
    error: "Fehler",
    errorText: "Ein unerwarteter Fehler ist aufgetreten:",
    download: "Zertifikat herunterladen",
    chain: "Zertifikatkette herunterladen",
    authorities: "Zertifizierungsstellenzertifikat, Zertifikatkette oder Sperrliste herunterladen",
    done: "Der Vorgang wurde erfolgreich beendet.",
  },
} as const;

export type Language = keyof typeof WORDS;

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
}

function page(title: string, ...lines: string[]): CertsrvAnswer {
  const text = ["<HTML>", `<Head><Title>Microsoft Active Directory Certificate Services</Title></Head>`, "<Body>", `<P ID=locPageTitle> <B> ${title} </B>`, ...lines, "</Body>", "</HTML>", ""];
  return { status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body: text.join("\r\n") };
}

/** The first page; clients use it to try a credential. */
export function welcomePage(language: Language): CertsrvAnswer {
  return page(WORDS[language].welcome, `<A Href="certcarc.asp">${WORDS[language].authorities}</A>`);
}

function issuedPage({ id }: EnrolmentRequest, language: Language): CertsrvAnswer {
  const words = WORDS[language];
  const link = (file: string, encoding: string) => `<A Href="${file}?ReqID=${id}&amp;Enc=${encoding}">${encoding}</A>`;
  return page(
    words.issued,
    `<Script Language="JavaScript">`,
    `function handleGetCert() { location="certnew.cer?ReqID=${id}&"+getEncoding(); }`,
    `function handleGetChain() { location="certnew.p7b?ReqID=${id}&"+getEncoding(); }`,
    "</Script>",
    `<P ID=locInfo> ${words.issuedText} </P>`,
    `<P> ${words.download} ${link("certnew.cer", "bin")} ${link("certnew.cer", "b64")} </P>`,
    `<P> ${words.chain} ${link("certnew.p7b", "bin")} ${link("certnew.p7b", "b64")} </P>`,
  );
}

/** What the submission of a request is answered with. */
export function submissionPage(request: EnrolmentRequest, language: Language): CertsrvAnswer {
  const words = WORDS[language];
  if (request.state === "issued") return issuedPage(request, language);
  if (request.state === "pending") return page(words.pending, `<P> ${words.pendingText} </P>`, `<P> ${words.id(request.id)} </P>`);
  return page(words.denied, `<P ID=locDenied> ${words.deniedText} </P>`, `<P> ${words.id(request.id)} ${words.quotedDisposition(escaped(request.disposition))} </P>`);
}

/** Instead of a certificate that is not there: why, behind two tabs. */
export function dispositionPage(disposition: string, language: Language, status?: string): CertsrvAnswer {
  const words = WORDS[language];
  return page(
    words.error,
    `<P> ${words.errorText} </P>`,
    "<Pre>",
    `${words.disposition} </LocID>\t\t${escaped(disposition)}`,
    `${words.status} </LocID>\t\t${escaped(status ?? `${words.done} 0x0 (WIN32: 0)`)}`,
    "</Pre>",
  );
}

/** The page that says how often the CA certificate was renewed. */
export function renewalsPage(renewals: number, language: Language): CertsrvAnswer {
  return page(WORDS[language].authorities, `<Script Language="JavaScript">`, `var nRenewals=${renewals};`, "</Script>");
}
