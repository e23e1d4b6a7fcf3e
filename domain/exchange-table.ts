// The exchange as text: which certificate goes where, and what is restarted for it.
import { columns } from "./columns";
import type { Cell } from "./exchange-cells";
import type { ExchangePlan } from "./exchange-plan";

/** The table of an exchange, numbered in the order of imports, with the restarts after each importer and what is left to people. */
export function exchangeTable({ importers, byHand }: ExchangePlan): string {
  const headings = ["#", "into", "store", "alias", "certificate", "found at", "then restart"];
  const cells = importers.flatMap(({ batches }) => batches.flatMap((batch) => batch.cells.map((cell) => ({ cell, restarts: batch.restarts }))));
  const rows = cells.map(({ cell, restarts }, index) => [String(index + 1), cell.importer.fqdn, cell.store, cell.alias || "(the platform's)", certificateOf(cell), originText(cell), restarts.join(", ")]);
  const restarts = importers.flatMap((importer) => importer.restarts);
  const minutes = restarts.reduce((sum, one) => sum + one.minutes, 0);
  const stores = importers.reduce((sum, { batches }) => sum + new Set(batches.map(({ store }) => store)).size, 0);
  const sum = `${cells.length} certificates in ${stores} stores of ${importers.length} servers; ${restarts.length} restarts, usually ${minutes} minutes where all are needed.`;
  return ["Who trusts whom after this:", columns([headings, ...rows]), sum, ...handText(importers, byHand)].join("\n");
}

function handText(importers: ExchangePlan["importers"], byHand: readonly Cell[]): string[] {
  const nodes = importers.flatMap(({ importer, restarts }) => (importer.product === "VVB" ? [...new Set(restarts.map(({ fqdn }) => fqdn))] : []));
  const lines = [
    ...byHand.map((cell) => `  ${certificateOf(cell)} into ${cell.store} of ${cell.importer.fqdn}: ${cell.byHand ?? ""}; then restart ${cell.restarts.join(", ")}`),
    ...nodes.map((fqdn) => `  on ${fqdn}: switch TLS on where it is off (VVB Administration, System Parameters), then restart Cisco VVB Engine`),
  ];
  return lines.length > 0 ? ["Left to people:", ...lines] : [];
}

function certificateOf({ owner, kind, keyType }: Cell): string {
  if (kind === "authority") return `CA ${owner.fqdn}`;
  return `${kind === "endpoint" ? "endpoint" : kind}${keyType === "EC" ? " (EC)" : ""} of ${owner.fqdn}`;
}

function originText({ from }: Cell): string {
  if ("keystoreAlias" in from) return from.port === undefined ? from.keystoreAlias : `${from.keystoreAlias}, port ${from.port}`;
  if ("port" in from) return `port ${from.port}`;
  return "file" in from ? from.file : "given chain";
}
