// npm run bench [-- <part> …]: measures, prints a table per point, and fails when a limit is not held.
import { calls } from "./calls";
import { footprint } from "./footprint";
import { machine } from "./machine";
import { allHeld, type Table, textOf } from "./report";
import { unchanged } from "./unchanged";

const PARTS: Record<string, () => Promise<Table[]>> = { unchanged, calls, footprint };

function chosen(names: readonly string[]): string[] {
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"; there are: ${Object.keys(PARTS).join(", ")}`);
  return names.length > 0 ? [...names] : Object.keys(PARTS);
}

async function main(): Promise<void> {
  const names = chosen(process.argv.slice(2));
  const all = [machine()];
  console.log(textOf(all[0]!));
  for (const name of names) {
    for (const table of await PARTS[name]!()) {
      all.push(table);
      console.log(textOf(table));
    }
  }
  process.exitCode = allHeld(all) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
