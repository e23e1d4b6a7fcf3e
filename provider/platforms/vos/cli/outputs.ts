// What CLI commands print, read into plain values: platform-interfaces.md 3.2–3.7. Pure; every shape that is not known is undefined, never a guess.
import type { ServiceReading, ServiceState } from "../../../../domain/readings";
import type { Uptime } from "../../vos";

const STATES: Record<string, ServiceState> = { STARTED: "Started", RUNNING: "Started", STOPPED: "Stopped", STARTING: "Starting", STOPPING: "Stopping" };

/** `Cisco Tomcat[STARTED]`, `Cisco Tftp[STOPPED]  Service Not Activated`. */
export function serviceLine(line: string): ServiceReading | undefined {
  const match = /\[([A-Z]+)\]/.exec(line);
  const name = line.slice(0, match?.index).trim();
  return match && name !== "" ? { name, state: STATES[match[1]!] ?? "Unknown", reason: line.slice(match.index + match[0].length).trim() } : undefined;
}

/** `utils service list`. */
export function serviceList(output: string): ServiceReading[] {
  return output.split("\n").flatMap((line) => serviceLine(line) ?? []);
}

/** `show version active`: `Active Master Version: 15.0.1.11900-40`. */
export function activeVersion(output: string): string | undefined {
  return /Active Master Version:\s*(\S+)/i.exec(output)?.[1];
}

/** `show status`: `Disk/active  19990260K  3567892K  16218784K (82%)` → per cent used by partition. */
export function diskUsed(output: string): Record<string, number> {
  return Object.fromEntries([...output.matchAll(/Disk\/(\S{1,80})\s{1,80}.{0,200}?\((\d+)%\)/g)].map(([, name, used]) => [name!, Number(used)]));
}

/** `show status`: ` 11:06:13 up 20 days,  1:34,  1 user` → seconds; the platform counts whole minutes. */
export function uptime(output: string): Uptime | undefined {
  const [, days, hours, minutes, alone] = /\bup\s+(?:(\d{1,6})\s+days?,?)?\s*(?:(\d{1,2}):(\d{2})\b|(\d{1,2})\s+min\b)?/.exec(output) ?? [];
  const exact = minutes ?? alone;
  if (days === undefined && exact === undefined) return undefined;
  const least = Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(exact ?? 0) * 60;
  return { least, most: least + (exact === undefined ? 86_400 : 60) };
}

/** `utils ntp status`: whether it says synchronised, in either spelling. */
export function ntpSynchronised(output: string): boolean | undefined {
  if (/\bunsynchroni[sz]ed|not synchroni[sz]ed/i.test(output)) return false;
  return /synchroni[sz]ed to/i.test(output) ? true : undefined;
}

/** `utils fips status`: `The system is not operating in FIPS mode.`, and other wordings of on and off. */
export function fipsMode(output: string): boolean | undefined {
  if (!/FIPS/i.test(output)) return undefined;
  if (/\bnot\b[^.\n]{0,200}FIPS|NON-?FIPS|FIPS[^.\n]{0,200}\b(off|disabled)\b/i.test(output)) return false;
  return /operating in FIPS|FIPS[^.\n]{0,200}\b(on|enabled)\b/i.test(output) ? true : undefined;
}

/** `utils sso status`: `SSO Status: SAML SSO Enabled`. */
export function ssoEnabled(output: string): boolean | undefined {
  const match = /SSO Status\s{0,80}[:=]\s{0,80}.{0,200}?\b(enabled|disabled)\b/i.exec(output);
  return match ? match[1]!.toLowerCase() === "enabled" : undefined;
}

/** `utils sso status`: `SAML SSO Test Status = passed`. */
export function ssoTest(output: string): string | undefined {
  return /SSO Test Status\s*[:=]\s*(\S.*?)\s*$/im.exec(output)?.[1];
}

/** `utils sso status`: `SP Metadata Exported Date = Mon Mar 04 09:00:42 UTC 2024`. */
export function ssoMetadataExported(output: string): Date | undefined {
  const match = /SP Metadata Exported Date\s*[:=]\s*(?:\w{3} )?(\w{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\S+) (\d{4})/i.exec(output);
  return match ? zonedDate(match)[0] : undefined;
}

/**
 * `utils dbreplication runtimestate`: rows such as `sub1  10.0.0.2  0.01  Y/Y/Y  0  (g_3)  (2) Setup Completed`.
 * A node whose state is not understood (off-line, no number) is not healthy.
 */
export function replicationRows(output: string): { name: string; state: string; healthy: boolean }[] {
  return output.split("\n").flatMap((line) => {
    const [, name, rest = ""] = /^(\S+)\s+\d+\.\d+\.\d+\.\d+\s+(.*)$/.exec(line.trim()) ?? [];
    if (!name) return [];
    const [, number, words = ""] = /\((\d+)\)([^()]*)$/.exec(rest) ?? [];
    return [{ name, state: number ? `(${number}) ${words.trim()}` : rest.trim(), healthy: number === "2" }];
  });
}

/** `utils disaster_recovery history backup`: the last row that succeeded. */
export function lastBackup(output: string): Date | undefined {
  const dates = output.split("\n").flatMap((line) => {
    const match = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\S+) (\d{4})\s+SUCCESS/.exec(line);
    return match ? zonedDate(match) : [];
  });
  return dates.sort((a, b) => b.getTime() - a.getTime())[0];
}

/** A zone such as CEST is not known to JavaScript; the day counts here, so UTC is near enough. */
function zonedDate([, month, day, time, zone, year]: RegExpExecArray): Date[] {
  const readings = [zone, "UTC"].map((one) => new Date(`${month} ${day} ${year} ${time} ${one}`));
  return readings.filter((date) => !Number.isNaN(date.getTime())).slice(0, 1);
}

/** `utils disaster_recovery status backup`: whether one is running now. */
export function backupRunning(output: string): boolean {
  return /in progress|Percentage Complete:\s*(?!100)\d+|Status:\s*(STARTED|RUNNING|ACTIVE)/i.test(output) && !/no backup in progress/i.test(output);
}

/** `utils network host <name>`: whether the name was resolved, locally or by a name server. */
export function hostResolved(output: string): boolean | undefined {
  if (/has address|resolves locally to|is an alias for|domain name pointer/i.test(output)) return true;
  return /No external servers found|not found|NXDOMAIN|could not resolve|unknown host/i.test(output) ? false : undefined;
}

/** `show cert list own`: `tomcat/tomcat.pem: Self-signed certificate generated by system`. */
export function certificateUnits(output: string): string[] {
  return [...output.matchAll(/^\s*([\w-]+)\/\1\.pem\b/gm)].map(([, unit]) => unit!);
}

/** `show csr list own`: `tomcat/tomcat.csr`. */
export function requestUnits(output: string): string[] {
  return [...output.matchAll(/^\s*([\w-]+)\/\1\.csr\b/gm)].map(([, unit]) => unit!);
}

export interface TrustFile {
  store: string;
  fileName: string;
}

/** `show cert list trust`: `tomcat-trust/Example_Root_CA_01fd.pem: Trust Certificate`. */
export function trustFiles(output: string): TrustFile[] {
  return [...output.matchAll(/^\s*([\w-]+-trust)\/([^\s:/]+\.pem)(?=:|\s*$)/gm)].map(([, store, fileName]) => ({ store: store!, fileName: fileName! }));
}

/** The certificate at the end of `show cert own` and `show cert trust`: it follows the bracket of the text without a line end. */
export function certificatePem(output: string): string | undefined {
  return /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(output)?.[0];
}

export function requestPem(output: string): string | undefined {
  return /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END (NEW )?CERTIFICATE REQUEST-----/.exec(output)?.[0];
}

/** Whether `set cert import` says that it has done it; an older guide prints "regenerated". */
export function imported(output: string): boolean {
  return /\bSuccessfully (imported|regenerated) certificate/i.test(output);
}

/** What the platform says, in one line, without the pasted text and the invitation to it. */
export function wordsAfterPaste(output: string): string {
  const words = output.split(/-----END CERTIFICATE-----/).at(-1)!.split("\n").map((line) => line.trim());
  return words.filter((line) => line !== "" && !/^(Paste the Certificate and Hit Enter|Executed command unsuccessfully)$/i.test(line)).join(" ").slice(0, 300);
}
