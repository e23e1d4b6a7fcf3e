// What a run does to Windows hosts, as the walk over all moments at which it can be cut sees it.
import type { Lab } from "../../lab";
import { keytool } from "../../lab/windows/jdk";
import { short } from "./exchange";
import type { Effects } from "./walk";

const COMMANDS: readonly [pattern: RegExp, effect: string][] = [
  [/^copy \/B \/Y "[^"]*" "[^"]*\\backup" && move /, "back up the store"],
  [/ -importkeystore /, "import into a copy of the store"],
  [/^copy \/B \/Y "[^"]*\\copy" /, "replace the store"],
];

/** Each when it has ended: the backup, the import, the replacement of a store; what services and servers do. */
export const WINDOWS_EFFECTS: Effects = ({ interface: at, action, node, until }) => {
  if (until === undefined) return undefined;
  const command = at === "windows ssh" ? COMMANDS.find(([pattern]) => pattern.test(action))?.[1] : undefined;
  if (command) return `${command} of ${short(node)}`;
  return at === "platform" && /^(stop|start|restart server)\b/.test(action) ? `${action} of ${short(node)}` : undefined;
};

/** Without what a server starts by itself when it restarts. */
export function withoutBoot(effects: readonly string[]): string[] {
  const booted = new Set<string>();
  for (const effect of effects) if (effect.startsWith("restart server")) booted.add(effect.replace("restart server of ", ""));
  return effects.filter((effect) => !effect.startsWith("start ") || !booted.has(effect.split(" of ").at(-1)!));
}

/** The aliases that the real keytool lists in the store of a host. @throws when it does not open it */
export async function listed(lab: Lab, fqdn: string): Promise<string[]> {
  const { jdk, drive, layout, storePassword } = lab.host(fqdn);
  const said = (await keytool(jdk, ["-J-Duser.language=en", "-list", "-keystore", drive.local(layout.store.path), "-storepass", storePassword])).toString();
  return said.split("\n").flatMap((line) => /^(.+), \w+ \d+, \d{4}, \w+Entry/.exec(line)?.[1] ?? []);
}

/** What runs have left beside the stores, besides backups. */
export function leftovers(lab: Lab): string[] {
  return lab.contactCenters.flatMap(({ hosts }) =>
    hosts.flatMap(({ fqdn, drive, layout }) => drive.list(layout.store.path.slice(0, layout.store.path.lastIndexOf("\\"))).filter((name) => name.startsWith("uccerts-")).map((name) => `${short(fqdn)}: ${name}`)),
  );
}

