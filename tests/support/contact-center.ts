// Contact centres for tests of pure functions: those of scenarios A21, A24, A25, A26.
import type { Cell } from "../../domain/exchange-cells";
import type { Solution, SolutionHost, SolutionNode } from "../../domain/exchange";
import type { Side, WindowsProduct } from "../../domain/hosts";
import type { Product, Role } from "../../domain/purposes";

export const host = (name: string, product: WindowsProduct, side: Side, release = "12.5(1)"): SolutionHost => ({ fqdn: `${name}.example.com`, product, side, release });
export const node = (name: string, product: Product, role: Role, writable = false): SolutionNode => ({ fqdn: `${name}.example.com`, product, role, release: "12.5(1)", cluster: product, writable });
/** A publisher and a subscriber, such as finesse-a and finesse-b. */
export const pair = (name: string, product: Product, writable = false): SolutionNode[] => [node(`${name}-a`, product, "publisher", writable), node(`${name}-b`, product, "subscriber", writable)];

export const solution = (rest: Partial<Solution> = {}): Solution => ({ deployment: "UCCE", hosts: [], nodes: [], others: [], ...rest });

export const CORE = (release = "12.5(1)"): SolutionHost[] => [
  host("rogger-a", "Rogger", "A", release),
  host("rogger-b", "Rogger", "B", release),
  host("pg-a", "Peripheral Gateway", "A", release),
  host("pg-b", "Peripheral Gateway", "B", release),
  host("aw-a", "AW", "A", release),
  host("aw-b", "AW", "B", release),
];
export const VOS: SolutionNode[] = [...pair("finesse", "Finesse"), ...pair("cuic", "CUIC"), ...pair("livedata", "Live Data"), ...pair("ids", "IdS"), ...pair("cloudconnect", "Cloud Connect")];
export const CVP: SolutionHost[] = [host("oamp", "CVP OAMP", "A"), host("csa", "CVP Server", "A"), host("csb", "CVP Server", "B"), host("repa", "CVP Reporting", "A"), host("repb", "CVP Reporting", "B")];
export const VVB: SolutionNode[] = [{ ...node("vvb1", "VVB", "publisher", true), cluster: "vvb1" }, { ...node("vvb2", "VVB", "publisher", true), cluster: "vvb2" }];

export const A21 = (release?: string) => solution({ hosts: CORE(release) });
export const A24 = solution({ hosts: CORE().filter(({ product }) => product === "AW"), nodes: VOS });
export const A25 = solution({ hosts: CVP });
export const A26 = solution({ hosts: CVP, nodes: [...VVB, ...pair("cucm", "CUCM"), ...pair("cloudconnect", "Cloud Connect")] });
export const A28 = solution({ hosts: [...CORE(), ...CVP], nodes: VOS });

const short = (fqdn: string) => fqdn.replace(/\.example\.com/g, "");

/** `aw-a truststore rogger-a_IIS`, one line per cell that is not left to people. */
export function lines(cells: readonly Cell[]): string[] {
  return cells.filter(({ byHand }) => byHand === undefined).map(({ importer, store, alias, owner, kind }) => `${short(importer.fqdn)} ${store} ${short(alias) || `${kind} of ${short(owner.fqdn)}`}`);
}

/** Aliases that one importer takes in. */
export function aliasesOf(cells: readonly Cell[], importer: string, store?: string): string[] {
  return cells.filter((cell) => short(cell.importer.fqdn) === importer && (!store || cell.store === store)).map(({ alias }) => short(alias));
}
