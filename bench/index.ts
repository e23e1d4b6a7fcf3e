// npm run bench [-- <part> …]: measures, prints a table per point, and fails when a limit is not held.
import { ansible } from "./ansible";
import { calls } from "./calls";
import { exchange } from "./exchange";
import { footprint } from "./footprint";
import { hosts } from "./hosts";
import { machine } from "./machine";
import { migration } from "./migration";
import { allHeld, type Table, textOf } from "./report";
import { unchanged } from "./unchanged";

type Part = () => Promise<Table[]>;

const PARTS: Record<string, Part> = { unchanged, calls, footprint, exchange, hosts, migration };
/** Only where they are asked for by name: they install what the project does not need. */
const ON_REQUEST: Record<string, Part> = { ansible };
const ALL = { ...PARTS, ...ON_REQUEST };

function chosen(names: readonly string[]): string[] {
  const unknown = names.find((name) => !Object.hasOwn(ALL, name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"; there are: ${Object.keys(ALL).join(", ")}`);
  return names.length > 0 ? [...names] : Object.keys(PARTS);
}

async function main(): Promise<void> {
  const names = chosen(process.argv.slice(2));
  const all = [machine()];
  console.log(textOf(all[0]!));
  for (const name of names) {
    for (const table of await ALL[name]!()) {
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
