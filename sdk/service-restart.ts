import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";
import type { WindowsHost } from "./windows-host";

/** One service on one node or host. */
export interface ServiceRestartInputs {
  node: VosNode | WindowsHost;
  /** Name as on the platform's page, such as `"Cisco Tomcat"`; on a Windows host its display name, its service name, or the beginning of one that only one service has, such as `"Apache Tomcat"`. */
  service: string;
  /** `changeId`s of what asks for the restart: another value restarts; while one is `due`, so is the restart. */
  triggers: string[];
  /** When the certificate changed, by the node's clock, ISO 8601: a service that started later needs no restart. Empty: nothing changed. */
  changedAt?: string;
  /** The certificates that port 8443 of the node must serve afterwards, one per key type; for services that front it. What is only `stored` (`status` of its IdentityCertificate) need not be served. */
  expects?: { fingerprint: string; keyType: "RSA" | "EC"; status?: string }[];
  /** Serial numbers that the CTL file must hold that the node serves afterwards; for Cisco Tftp in mixed mode. */
  expectsInCtl?: string[];
  /** `status` of the restart before this one: while that is due, so is this. */
  after?: string;
  /** Do not restart yet, leave it due. Default false. */
  hold?: boolean;
  /** When it may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
  /** Skip it, and say so, where the service is not active. Default false: a service that is down is an error. */
  onlyWhereActive?: boolean;
  /** Why, for the table at the end of a preview. */
  reason?: string;
  /** What users notice, for the table. */
  notice?: string;
  /** Usual minutes: must fit into what is left of the window. Default 1. */
  minutes?: number;
}

export interface ServiceRestartOutputs {
  /** ISO 8601, UTC; empty when it never had to. */
  restartedAt: string;
  /** What port 8443 of the node served afterwards; empty where nothing is expected. */
  servedFingerprint: string;
  /** `done`, `due`, or `skipped`. */
  status: string;
  /** Why it is due or was skipped or not needed. */
  remark: string;
  /** While a restart is not proved: the services that ran before it, and must run again. */
  ranBefore: string[];
}

const seeds: Seeds<ServiceRestartOutputs> = { restartedAt: undefined, servedFingerprint: undefined, status: undefined, remark: undefined, ranBefore: undefined };

export interface ServiceRestart extends Offers<ServiceRestartInputs, ServiceRestartOutputs> {}

/**
 * Restarts a service when its triggers change, and waits until it is really up: started, serving the expected certificate, the product's page
 * and the certificate REST answering, every service that ran before running again. Outside the maintenance window it is recorded as due. In mixed mode Cisco CallManager
 * and Cisco Tftp are not restarted while the CTL file lacks the node's CallManager certificate (R57): declare a CtlFileUpdate before them.
 */
export class ServiceRestart extends Resource<ServiceRestartInputs, ServiceRestartOutputs> {
  constructor(name: string, args: Args<ServiceRestartInputs>, options?: ResourceOptions) {
    super("ServiceRestart", name, args, seeds, options);
  }
}
