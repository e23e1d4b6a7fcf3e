// Windows hosts of the lab for contract tests: a small contact centre, its stores, and what is done there.
import { type EstateDescription, ESTATE_A21, ESTATE_A25, combined, type HistoryEntry, type Lab, startLab } from "../../lab";
import type { StoreChange, StoreLocation, WindowsPlatform } from "../../provider/platforms/windows";
import { only } from "../support/exchange";
import { AW, beside, CSA, OAMP, own, ROGGER, storeOf } from "../support/windows-hosts";

export { AW, beside, CSA, OAMP, own, ROGGER, storeOf };

const ESTATE: EstateDescription = combined("windows", only(ESTATE_A21, "awa", "roggera"), only(ESTATE_A25, "oamp", "csa"));

/** A lab whose hosts have their drives. */
export async function startHosts(...fqdns: string[]): Promise<Lab> {
  const lab = await startLab(ESTATE);
  await Promise.all(fqdns.map((fqdn) => lab.host(fqdn).ready()));
  return lab;
}

/** The trust store of a host, opened as its product does. */
export function locationOf(lab: Lab, fqdn: string): StoreLocation {
  const { layout, storePassword } = lab.host(fqdn);
  return { path: layout.store.path, keytool: `${layout.javaHomes[0]}\\bin\\keytool.exe`, password: storePassword };
}

/** What a store holds, `alias: kind fingerprint`. */
export async function linesOf(windows: WindowsPlatform, location: StoreLocation): Promise<string[]> {
  const { entries } = await windows.keystore(location);
  return entries.map(({ alias, kind, fingerprint }) => `${alias}: ${kind} ${fingerprint}`).sort();
}

/** The certificates of the Rogger for the AW. */
export function roggerEntries(lab: Lab): StoreChange {
  return { put: { "rogger_iis": own(lab, ROGGER, "IIS"), "rogger_dfp": own(lab, ROGGER, "DFP") }, remove: [] };
}

/** What a service or the server did since a mark: `stop Tomcat9`, `restart server`. */
export function deedsOf(entries: readonly HistoryEntry[], fqdn: string): string[] {
  return entries.filter(({ node, interface: at, action }) => node === fqdn && at === "platform" && /^(stop|start|restart)/.test(action)).map(({ action }) => action);
}
