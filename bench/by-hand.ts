// What a person does at the console of each host: one `keytool -importcert` for each entry.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../lab";
import { domain } from "../tests/support/exchange";
import { command } from "./command";

/** An entry that a store is to get. The certificate lies on the host already: copying it there is not measured. */
export interface Entry {
  /** Without the domain. */
  host: string;
  alias: string;
  /** DER. */
  certificate: Buffer;
}

type Import = () => Promise<unknown>;

/** Every import, by host; certificates are written to a folder first. @param start options for the start of each JVM */
function importsOf(lab: Lab, folder: string, entries: readonly Entry[], start: readonly string[]): Map<string, Import[]> {
  const imports = new Map<string, Import[]>();
  entries.forEach(({ host: name, alias, certificate }, index) => {
    const { drive, layout, storePassword, jdk } = lab.host(domain(name));
    const file = join(folder, `${index}.cer`);
    writeFileSync(file, certificate);
    const store = ["-keystore", drive.local(layout.store.path), "-storetype", layout.store.type, "-storepass", storePassword];
    const one = () => command(jdk.keytool, [...start, "-importcert", "-noprompt", "-alias", alias, "-file", file, ...store]);
    imports.set(name, [...(imports.get(name) ?? []), one]);
  });
  return imports;
}

async function inTurn(imports: readonly Import[]): Promise<void> {
  for (const one of imports) await one();
}

export interface Manner {
  /** Whether a person for each host works at the same time. Default: one after the other. */
  sideBySide?: boolean;
  /** Options for the start of each JVM. Default: none, as a person types it. */
  start?: readonly string[];
}

/** Imports all of these. @returns how many milliseconds it took */
export async function importAll(lab: Lab, entries: readonly Entry[], { sideBySide = false, start = [] }: Manner = {}): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "uccerts-bench-"));
  try {
    const hosts = [...importsOf(lab, folder, entries, start).values()];
    const begin = performance.now();
    if (sideBySide) await Promise.all(hosts.map(inTurn));
    else await inTurn(hosts.flat());
    return performance.now() - begin;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
