import type { EditFlag } from "../estate";

/** What `CertAttrib` asks for, as far as this authority listens. */
export interface RequestAttributes {
  /** Machine name of the template. */
  template?: string;
  /** Host names and addresses of the `SAN` attribute; they replace those of the request. */
  names?: string[];
  /** The end that the requester wants. */
  notAfter?: Date;
}

const DAYS: Record<string, number> = { seconds: 1 / 86_400, minutes: 1 / 1440, hours: 1 / 24, days: 1, weeks: 7, months: 30, years: 365 };

/** `Name:Value` lines; names without case, values trimmed. */
function linesOf(text: string): Map<string, string> {
  const pairs = text.split(/\r?\n/).map((line) => /^\s*([^:]+?)\s*:(.*)$/.exec(line));
  return new Map(pairs.flatMap((match) => (match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : [])));
}

function namesOf(value: string): string[] {
  return value.split("&").flatMap((part) => /^\s*(?:dns|ipaddress)=(.+)$/i.exec(part)?.[1]?.trim() ?? []);
}

function endOf(lines: Map<string, string>, now: Date): Date | undefined {
  const [date, period, units] = ["expirationdate", "validityperiod", "validityperiodunits"].map((name) => lines.get(name));
  if (date !== undefined && !Number.isNaN(Date.parse(date))) return new Date(date);
  const days = DAYS[period?.toLowerCase() ?? ""];
  return days && Number(units) > 0 ? new Date(now.getTime() + Number(units) * days * 86_400_000) : undefined;
}

/** Reads the attributes of a request; what no edit flag allows is ignored without a word, as AD CS does. */
export function readAttributes(text: string, flags: EditFlag[], now = new Date()): RequestAttributes {
  const lines = linesOf(text);
  const names = flags.includes("EDITF_ATTRIBUTESUBJECTALTNAME2") ? namesOf(lines.get("san") ?? "") : [];
  return {
    template: lines.get("certificatetemplate") || undefined,
    names: names.length > 0 ? names : undefined,
    notAfter: flags.includes("EDITF_ATTRIBUTEENDDATE") ? endOf(lines, now) : undefined,
  };
}
