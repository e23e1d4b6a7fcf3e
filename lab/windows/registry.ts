// The part of a host's registry that is looked at: the machine's variables, where ICM is installed, and its name.
import type { WindowsHostDescription } from "./description";
import { isCvp } from "./description";
import { type Layout, MACHINE_VARIABLES } from "./layout";

export const ENVIRONMENT_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";
export const ICM_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Cisco Systems, Inc.\\ICM\\SystemSettings";

export interface RegistryValue {
  type: "REG_SZ" | "REG_EXPAND_SZ" | "REG_DWORD";
  data: string;
}

/** Key → name → value. */
export type Registry = Map<string, Map<string, RegistryValue>>;

function valueOf(data: string): RegistryValue {
  return { type: data.includes("%") ? "REG_EXPAND_SZ" : "REG_SZ", data };
}

/** What differs is put in; what is empty is taken out. Names count without regard to case. */
export function changed(variables: Readonly<Record<string, string>>, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const rest = Object.entries(variables).filter(([name]) => !Object.keys(changes).some((other) => other.toLowerCase() === name.toLowerCase()));
  return Object.fromEntries([...rest, ...Object.entries(changes).filter(([, value]) => value !== "")]);
}

export function registryOf({ product, environment }: WindowsHostDescription, layout: Layout, computer: string): Registry {
  const variables = changed({ ...MACHINE_VARIABLES, ...layout.environment }, environment);
  const values = (entries: Record<string, string>) => new Map(Object.entries(entries).map(([name, data]) => [name, valueOf(data)]));
  return new Map([
    [ENVIRONMENT_KEY, values(variables)],
    ["HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName", values({ ComputerName: computer })],
    ...(isCvp(product) ? [] : [[ICM_KEY, values({ InstallDrive: "C" })] as const]),
  ]);
}

/** The machine's variables as the registry has them now, `%NAME%` in them replaced. */
export function machineVariables(registry: Registry): Record<string, string> {
  const raw = [...(registry.get(ENVIRONMENT_KEY) ?? [])];
  return Object.fromEntries(raw.map(([name, { data }]) => [name, data.replace(/%SystemRoot%/gi, "C:\\Windows")]));
}
