// A server that is restarted whole, whatever it is: host-machine.ts is a Windows host, node-machine.ts a VOS node.
import type { Context, Host, Node } from "../../context";
import { unlessPassing } from "../../errors";

export interface Machine {
  /** When it was started last, or a little before that. */
  startedAt(): Promise<Date>;
  /** When it was started last, or a little after that: only the next start is certainly later. */
  startedBy(): Promise<Date>;
  /** Names of the services that run now and must run again. */
  running(): Promise<string[]>;
  /** Orders the restart. Nobody knows whether the order was taken when the connection is lost over it. */
  restart(): Promise<void>;
  /** What is not yet as it was, one sentence each; none when it was started after `since` and everything is. */
  missing(expected: Expected): Promise<string[]>;
}

/** What must be so after a restart. */
export interface Expected {
  since: Date;
  ranBefore: readonly string[];
  ports?: readonly number[];
}

export const NOT_DOWN_YET = "the server has not gone down yet";

/** One sentence for each port that does not answer. */
export async function closedPorts({ fqdn, address, connection }: Node | Host, ports: readonly number[], context: Context): Promise<string[]> {
  const closed = ports.map((port) => context.served({ fqdn, address, connection }, port, "RSA").then(() => [], (error: unknown) => (unlessPassing(error), [`port ${port} does not answer`])));
  return (await Promise.all(closed)).flat();
}
