// What keeps a program from a file: another program, a full disk, missing rights.
import type { Deed, Guard, Trouble } from "./drive";
import type { WindowsHost } from "./host";

const STORES = /\\(cacerts|\.keystore)$/i;

/** What somebody who is no administrator may not do. */
function privileged(path: string, what: Deed): Trouble | undefined {
  if (/^c:\\cisco\\cvp\\conf\\security/i.test(path)) return "denied";
  return what === "write" && !/^c:\\(users\\|temp(\\|$)|windows\\temp\\)/i.test(path) ? "denied" : undefined;
}

/** A fault without `action` concerns the stores (of a full disk, any file); one with it, every path that holds it. */
function struck({ fqdn, faults }: WindowsHost, fault: "store locked" | "disk full", path: string): boolean {
  const action = `write ${path}`;
  const named = faults.list.some(({ fault: name, action: part }) => name === fault && part !== undefined && action.includes(part));
  return (named || fault === "disk full" || STORES.test(path)) && faults.strike(fault, { node: fqdn, interface: "platform", action }) !== undefined;
}

export function guardOf(host: WindowsHost): Guard {
  return (path, what) => {
    if (what === "fill") return struck(host, "disk full", path) ? "full" : undefined;
    if (what === "write" && struck(host, "store locked", path)) return "locked";
    return host.elevated ? undefined : privileged(path, what);
  };
}
