// Service names: programs use the text of the platform's page, nodes have spellings of their own.

/** Services that more than one place asks for. */
export const CALL_MANAGER = "Cisco CallManager";
export const CAPF = "Cisco Certificate Authority Proxy Function";
export const TFTP = "Cisco Tftp";
/** Vouches for certificates to phones. */
export const TVS = "Cisco Trust Verification Service";

/** Names of one and the same service. procedures.md section 6, 11; platform-interfaces.md 2.3. */
const ALIASES: readonly (readonly string[])[] = [
  ["Cisco DRF Master", "Cisco DRF Primary"],
  ["Cisco Certificate Change Notification", "Cisco Certificate Change Notification Service"],
];

/** The node's own spelling of a service; undefined when it has no such service. */
export function spelling(wanted: string, present: readonly string[]): string | undefined {
  const group = ALIASES.find((names) => names.some((name) => name.toLowerCase() === wanted.toLowerCase())) ?? [wanted];
  return present.find((name) => group.some((one) => one.toLowerCase() === name.toLowerCase()));
}

/** Services that go down and come up with this one: Cisco HAProxy, where a node has it, with Cisco Tomcat (12.5(1)SU3 and later). */
export function comesUpWith(service: string): readonly string[] {
  return service === "Cisco Tomcat" ? ["Cisco HAProxy"] : [];
}
