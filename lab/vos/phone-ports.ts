// The ports of a CUCM node that phones use: TFTP over HTTP, and TVS.
import type { Running } from "../lab";
import type { VosNode } from "./node";
import { TFTP } from "./trust-file";
import { TftpPort } from "./tftp-server";
import { TVS } from "./tvs";
import { TvsPort } from "./tvs-server";

export interface PhonePorts extends Running {
  /** Ends the connections of a service that went down; without a name, of both. */
  drop(service?: string): void;
}

/** Opens both ports; nodes of another product have none. */
export async function startPhonePorts(node: VosNode): Promise<PhonePorts> {
  if (node.product !== "CUCM") return { drop: () => {}, stop: () => Promise.resolve() };
  const ports = { [TFTP]: new TftpPort(node), [TVS]: new TvsPort(node) };
  const stop = async () => void (await Promise.all(Object.values(ports).map((port) => port.stop())));
  const drop = (service?: string) => Object.entries(ports).forEach(([name, port]) => (service === undefined || service === name ? port.drop() : undefined));
  try {
    node.ports.tftp = await ports[TFTP].listen();
    node.ports.tvs = await ports[TVS].listen();
  } catch (error) {
    await stop();
    throw error;
  }
  return { drop, stop };
}
