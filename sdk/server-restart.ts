import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";
import type { WindowsHost } from "./windows-host";

/** One server, restarted whole. */
export interface ServerRestartInputs {
  /** A Windows host, or a VOS node: that restarts by `utils system restart`. */
  node: VosNode | WindowsHost;
  /** `changeId`s of what asks for the restart: another value restarts; while one is `due`, so is the restart. */
  triggers: string[];
  /** When the change was, by the server's clock, ISO 8601: a server that started later needs no restart. Empty: nothing changed. */
  changedAt?: string;
  /** Ports that must answer again afterwards, such as 8111. Default: of a Windows host SSH alone, of a VOS node 8443. */
  ports?: number[];
  /** `status` of the restart before this one: while that is due, so is this. */
  after?: string;
  /** When it may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
  /** Why, for the table at the end of a preview. */
  reason?: string;
  /** What users notice, for the table. */
  notice?: string;
  /** Usual minutes: must fit into what is left of the window. Default 10. */
  minutes?: number;
}

export interface ServerRestartOutputs {
  /** ISO 8601, UTC; empty when it never had to. */
  restartedAt: string;
  /** `done` or `due`. */
  status: string;
  /** Why it is due or not needed. */
  remark: string;
  /** While a restart is not proved: the services that ran before it, and must run again. */
  ranBefore: string[];
}

const seeds: Seeds<ServerRestartOutputs> = { restartedAt: undefined, status: undefined, remark: undefined, ranBefore: undefined };

export interface ServerRestart extends Offers<ServerRestartInputs, ServerRestartOutputs> {}

/**
 * Restarts a whole server when its triggers change, and waits until it is back: started anew, the ports that are named and a node's page answering, every service that
 * ran before running again. Outside the maintenance window it is recorded as due. On an estate that is already as declared it does nothing, and says so.
 */
export class ServerRestart extends Resource<ServerRestartInputs, ServerRestartOutputs> {
  constructor(name: string, args: Args<ServerRestartInputs>, options?: ResourceOptions) {
    super("ServerRestart", name, args, seeds, options);
  }
}
