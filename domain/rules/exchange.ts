// Whether every server of a contact centre trusts whom it must: R107–R110, R112, R125, R127. procedures.md 4.11.
import type { SecureLink } from "../exchange";
import type { MaintenanceWindow } from "../windows";
import type { Cell } from "../exchange-cells";
import { type Finding, fromFindings, type Rule } from "./rule";

/** An entry that is declared (S) or was read back (P). */
export interface PresentEntry {
  importer: string;
  store: string;
  /** Of a Java keystore. */
  alias?: string;
  /** Of a platform's trust store. */
  owner?: string;
  kind?: string;
}

export interface ExchangeFacts {
  /** Every cell that the matrix demands. */
  wanted: readonly Cell[];
  present: readonly PresentEntry[];
  /** Connections that are declared to be encrypted. */
  secureLinks?: readonly SecureLink[];
}

const same = (a: string | undefined, b: string | undefined) => a?.toLowerCase() === b?.toLowerCase();

function isPresent({ importer, store, alias, owner, kind }: Cell, present: readonly PresentEntry[]): boolean {
  const here = present.filter((one) => same(one.importer, importer.fqdn) && one.store === store);
  return alias === "" ? here.some((one) => same(one.owner, owner.fqdn) && one.kind === kind) : here.some((one) => same(one.alias, alias));
}

/** An own certificate, and what a person does, only warn. */
function missing({ wanted, present }: ExchangeFacts, rule: string): Finding[] {
  const lost = wanted.filter((cell) => cell.rules.includes(rule) && !isPresent(cell, present));
  return lost.map((cell) => {
    const { importer, store, alias, owner, kind, byHand } = cell;
    const found = `its ${store} lacks ${kind} of ${owner.fqdn}${alias ? ` (alias ${alias})` : ""}${byHand ? `: ${byHand}` : ""}`;
    return { where: importer.fqdn, found, ...(byHand !== undefined || same(importer.fqdn, owner.fqdn) ? { severity: "advisory" as const } : {}) };
  });
}

type MatrixRule = Pick<Rule<never>, "id" | "title" | "source" | "comply">;
const matrixRule = (described: MatrixRule): Rule<ExchangeFacts> => ({ ...described, severity: "mandatory", levels: ["S", "P"], decide: (facts) => fromFindings(missing(facts, described.id)) });
const COMPLY = "Declare the exchange (ContactCenterExchange), or import it";

export const R107 = matrixRule({ id: "R107", title: "Every AW trusts IIS and DFP of every Router, Logger, PG and AW", source: "Cisco 215445", comply: COMPLY });
export const R108 = matrixRule({ id: "R108", title: "Every Router, Logger and PG trusts IIS of every AW", source: "Cisco 215445", comply: COMPLY });
export const R109 = matrixRule({ id: "R109", title: "Every AW trusts every VOS node, publisher and subscriber", source: "Cisco 215445", comply: COMPLY });
export const R110 = matrixRule({ id: "R110", title: "OAMP trusts WSM of every CVP and Reporting server, and they trust OAMP's", source: "Cisco 215445", comply: COMPLY });
export const R125 = matrixRule({ id: "R125", title: "Finesse, Live Data and CUIC trust each other as they need", source: "Cisco PCCE 12.5, Live Data certificates", comply: COMPLY });

export const R112: Rule<Pick<ExchangeFacts, "wanted">> = {
  id: "R112",
  title: "An alias is of one certificate: {fqdn}_IIS, {fqdn}_DFP, {fqdn}, {fqdn}_wsm",
  severity: "mandatory",
  levels: ["V", "S"],
  source: "Cisco 215445; UCCE installation guide (the two aliases of one server differ)",
  comply: "Give each certificate an alias of its own",
  decide({ wanted }) {
    const named = wanted.filter(({ alias }) => alias !== "");
    const place = ({ importer, store, alias }: Cell) => [importer.fqdn, store, alias].join("\n").toLowerCase();
    const what = ({ kind, keyType, owner }: Cell) => `${kind}${keyType === "EC" ? " (EC)" : ""} of ${owner.fqdn}`;
    const first = new Map<string, Cell>();
    const findings = named.flatMap((cell): Finding[] => {
      const other = first.get(place(cell));
      if (!other) first.set(place(cell), cell);
      return other ? [{ where: cell.importer.fqdn, found: `alias ${cell.alias} is wanted for ${what(other)} and for ${what(cell)}` }] : [];
    });
    return fromFindings(findings);
  },
};

export const R127: Rule<ExchangeFacts> = {
  id: "R127",
  title: "CVP and VVB trust each other where their connection is encrypted",
  severity: "advisory",
  levels: ["S"],
  source: "Cisco 215445 (optional); CVP 15.0 configuration guide",
  comply: COMPLY,
  decide(facts) {
    return fromFindings(facts.secureLinks?.some((link) => link.startsWith("CVP and VVB")) ? missing(facts, "R127") : []);
  },
};

/** Servers whose restart ends calls, and the window in which it may happen. */
export interface CallFacts {
  callServers: readonly string[];
  maintenanceWindow?: MaintenanceWindow;
}

/** No interface tells how many calls a server has: a window says when there are few, or a person says that there are none. */
export const U9: Rule<CallFacts> = {
  id: "U9",
  title: "A server that carries calls restarts inside a maintenance window, or while nobody calls",
  severity: "mandatory",
  levels: ["S"],
  source: "Cisco 215445 (one call server at a time); pulumi-uccerts, docs/contact-center.md",
  comply: "Declare the maintenanceWindow of the contact centre",
  acceptable: true,
  decide: ({ callServers, maintenanceWindow }) => fromFindings(maintenanceWindow ? [] : callServers.map((where) => ({ where, found: "its restart ends the calls on it, and no maintenance window is declared" }))),
};

export const EXCHANGE_RULES: readonly Rule<ExchangeFacts>[] = [R107, R108, R109, R110, R112, R125, R127];
