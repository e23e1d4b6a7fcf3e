const FQDN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;

/** Whether a text is a fully qualified domain name; an IP address is none (no top-level domain is a number). */
export function isFqdn(text: string): boolean {
  return FQDN.test(text) && !/\.\d+$/.test(text);
}

/** Whether a list of a cluster means this node: by its name, its host name or its address. */
export function isListedAs(listed: string, { fqdn, address }: { fqdn: string; address?: string }): boolean {
  const [name, own] = [listed.toLowerCase(), fqdn.toLowerCase()];
  return name === own || own.startsWith(`${name}.`) || listed === address;
}

/** What is wrong with the names of a list: no FQDN, or there twice without regard to case. */
export function nameFailures(list: string, fqdns: readonly string[]): string[] {
  const lower = fqdns.map((fqdn) => String(fqdn).toLowerCase());
  return fqdns.flatMap((fqdn, index) => [
    ...(isFqdn(String(fqdn)) ? [] : [`${list}[${index}].fqdn "${fqdn}" is no fully qualified domain name`]),
    ...(lower.indexOf(lower[index]!) < index ? [`${list}[${index}].fqdn "${fqdn}" stands there twice`] : []),
  ]);
}
