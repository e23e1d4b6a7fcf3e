// From the cells of an exchange to its order: one batch per store, each restart once after its last import, one server at a time (R120, R121).
import type { Restart, Solution, VosService } from "./exchange";
import type { Cell, Importer } from "./exchange-cells";
import { isCvp, isWindowsProduct } from "./hosts";
import { RESTART_MATRIX } from "./restarts";
import { inRestartOrder } from "./rollout";

/** Cells that one resource imports: one part of one store. */
export interface Batch {
  store: Cell["store"];
  part?: Cell["part"];
  cells: readonly Cell[];
  /** What is restarted for it; the whole server makes its services' restarts unnecessary. */
  restarts: readonly Restart[];
}

/** One restart, in its place. */
export interface ExchangeRestart {
  /** The host or node that restarts. */
  fqdn: string;
  what: Restart;
  /** Places in `batches` of its importer of those that ask for it. */
  batches: readonly number[];
  /** Calls pass through it: at zero calls, or inside the maintenance window (R121). */
  carriesCalls: boolean;
  /** What users notice; empty for nothing. */
  notice: string;
  /** Usual minutes. */
  minutes: number;
}

/** All that happens on one importer. */
export interface ImporterPlan {
  importer: Importer;
  /** Servers of one group restart one after another; groups do not wait for each other. A VOS cluster is a group; every VVB is in one, because calls pass through it. */
  group: string;
  /** The importer of the same product whose restarts must be over before anything is imported here: the canary. */
  proved?: string;
  batches: readonly Batch[];
  restarts: readonly ExchangeRestart[];
}

export interface ExchangePlan {
  /** In the order of restarts. */
  importers: readonly ImporterPlan[];
  /** What a person does. */
  byHand: readonly Cell[];
}

const WHOLE: readonly Restart[] = ["server", "node"];
/** Products of which the second waits until the first is proved: an AW must remain, and a call server must always stay up. */
const CANARIES: readonly string[] = ["AW", "CVP Server"];

/** The order of an exchange; `cells` as exchangeCells gives them. */
export function planExchange(cells: readonly Cell[], solution: Solution): ExchangePlan {
  const importers: ImporterPlan[] = [];
  const automatic = cells.filter(({ byHand }) => byHand === undefined);
  for (const fqdn of new Set(automatic.map(({ importer }) => importer.fqdn))) {
    const own = automatic.filter(({ importer }) => importer.fqdn === fqdn);
    const [{ importer }] = own as [Cell];
    const batches = batchesOf(own);
    const before = importers.filter((other) => other.importer.product === importer.product).at(-1);
    const proved = before && CANARIES.includes(importer.product) ? { proved: before.importer.fqdn } : {};
    importers.push({ importer, group: groupOf(importer), ...proved, batches, restarts: restartsOf(importer, batches, solution) });
  }
  return { importers, byHand: cells.filter(({ byHand }) => byHand !== undefined) };
}

function groupOf({ product, cluster }: Importer): string {
  if (product === "VVB") return product;
  return cluster ?? (isCvp(product) ? "CVP" : "CCE");
}

function batchesOf(cells: readonly Cell[]): Batch[] {
  const batches = new Map<string, Cell[]>();
  for (const cell of cells) {
    // A platform's trust store takes every certificate by itself: there the restarts decide.
    const key = [cell.store, cell.part ?? "", ...(cell.alias === "" ? cell.restarts : [])].join("\n");
    batches.set(key, [...(batches.get(key) ?? []), cell]);
  }
  return [...batches.values()].map((own) => ({ store: own[0]!.store, ...(own[0]!.part ? { part: own[0]!.part } : {}), cells: own, restarts: needed(own.flatMap(({ restarts }) => restarts)) }));
}

function needed(restarts: readonly Restart[]): Restart[] {
  const whole = restarts.filter((one) => WHOLE.includes(one));
  return [...new Set(whole.length > 0 ? whole : restarts)];
}

/** Whole servers first: a service that started with them needs no restart of its own. */
function restartsOf(importer: Importer, batches: readonly Batch[], { nodes }: Solution): ExchangeRestart[] {
  const wanted = [...new Set(batches.flatMap(({ restarts }) => restarts))].sort((a, b) => Number(WHOLE.includes(b)) - Number(WHOLE.includes(a)));
  const servers = importer.cluster === undefined ? [importer] : inRestartOrder(nodes.filter(({ cluster, product }) => cluster === importer.cluster && product === importer.product));
  return servers.flatMap(({ fqdn }) =>
    wanted.map((what) => {
      const asking = [...batches.keys()].filter((index) => batches[index]!.restarts.includes(what));
      return { fqdn, what, batches: asking, carriesCalls: importer.product === "CVP Server" || importer.product === "VVB", ...usual(what, importer) };
    }),
  );
}

function usual(what: Restart, { product }: Importer): Pick<ExchangeRestart, "notice" | "minutes"> {
  if (what === "server" || what === "node") return { notice: SERVER_NOTICE[product] ?? "all services of this server", minutes: 10 };
  if (!isWindowsProduct(product)) return vosUsual(what as VosService, product);
  return { notice: SERVICE_NOTICE[`${what} of ${product}`] ?? SERVICE_NOTICE[what] ?? "", minutes: 3 };
}

const SERVER_NOTICE: Readonly<Record<string, string>> = {
  AW: "CCE Administration and all else on this AW",
  "CVP OAMP": "CVP Operations Console",
  "CVP Server": "calls on this CVP server",
  "CVP Reporting": "CVP reports",
  VVB: "calls on this VVB",
};

const SERVICE_NOTICE: Readonly<Record<string, string>> = {
  "Apache Tomcat of AW": "CCE Administration on this AW",
  "Cisco CVP Call Server": "calls on this CVP server",
  "Cisco CVP VXML Server": "calls in VXML applications of this CVP server",
};

function vosUsual(service: VosService, product: string): Pick<ExchangeRestart, "notice" | "minutes"> {
  const step = RESTART_MATRIX.filter((row) => row.product === product).flatMap(({ steps }) => steps).find((one) => one.service === service);
  return { notice: step?.notice ?? "", minutes: step?.minutes ?? 5 };
}
