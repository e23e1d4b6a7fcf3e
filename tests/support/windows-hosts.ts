// The contact centre of A21 and A25 as tests start from it.
import { readFileSync } from "node:fs";
import { combined, ESTATE_A21, ESTATE_A25, type IdentityName, type Lab } from "../../lab";
import type { WindowsHost } from "../../sdk/windows-host";

export const AW = "awa.example.com";
export const ROGGER = "roggera.example.com";
export const PG = "pga.example.com";
export const OAMP = "oamp.example.com";
export const CSA = "csa.example.com";

export const ESTATE = combined("contact-center", ESTATE_A21, ESTATE_A25);

/** A host of the lab, as a program declares it. */
export function hostOf(lab: Lab, fqdn: string, release?: string): WindowsHost {
  const host = lab.host(fqdn);
  return { fqdn, product: host.product, release: release ?? host.release, connection: "contact-center", contactCenter: "contact-center" };
}

/** A certificate of a host's own. */
export function own(lab: Lab, fqdn: string, name: IdentityName): string {
  return lab.host(fqdn).identities.get(name)!.certificate.pem;
}

/** The trust store of a host, byte for byte. */
export function storeOf(lab: Lab, fqdn: string, path = lab.host(fqdn).layout.store.path): Buffer {
  return readFileSync(lab.host(fqdn).drive.local(path));
}

/** Every command line that was given to a host since a mark. */
export function commands(lab: Lab, fqdn: string, since = 0): string[] {
  return lab.history.since(since).filter(({ interface: at, node, action }) => at === "windows ssh" && node === fqdn && action !== "log in" && action !== "connect").map(({ action }) => action);
}

/** How often the host started Java for us since a mark. */
export function javaStarts(lab: Lab, fqdn: string, since = 0): number {
  return commands(lab, fqdn, since).filter((command) => /^"[^"]*keytool\.exe" /.test(command)).length;
}

/** The files beside the trust store of a host that are ours: backups, and folders that somebody forgot. */
export function beside(lab: Lab, fqdn: string): string[] {
  const { drive, layout } = lab.host(fqdn);
  const folder = layout.store.path.slice(0, layout.store.path.lastIndexOf("\\"));
  return drive.list(folder).filter((name) => name.includes("uccerts"));
}
