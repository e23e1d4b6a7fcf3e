// Names and ports of the estate, as its hosts see them.
import type { Lab } from "../lab";

/** The ports of a server, by the numbers that it has in the estate. */
function portsOf(lab: Lab, fqdn: string): Record<number, number> | undefined {
  const same = (one: { fqdn: string }) => one.fqdn.toLowerCase() === fqdn.toLowerCase();
  const host = lab.contactCenters.flatMap(({ hosts }) => hosts).find(same);
  if (host) return { 22: host.ports.ssh, 443: host.ports.https443, 7890: host.ports.https7890, 8111: host.ports.https8111 };
  const node = lab.clusters.flatMap(({ nodes }) => nodes).find(same);
  if (node) return { 22: node.ports.ssh, 443: node.ports.https443, 8443: node.ports.https8443 };
  const authority = lab.authorities.find(same);
  return authority ? { 443: authority.ports.https443 } : undefined;
}

/** The port on 127.0.0.1; what keeps from it, in Java's words. */
export function endpointOf(lab: Lab, fqdn: string, port: number): { local: number } | { trouble: string } {
  const ports = portsOf(lab, fqdn);
  if (!ports) return { trouble: `java.net.UnknownHostException: ${fqdn}` };
  return ports[port] ? { local: ports[port] } : { trouble: "java.net.ConnectException: Connection refused: connect" };
}
