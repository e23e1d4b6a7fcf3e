import type { VosNode } from "../node";

/** What `set session maxlimit` and `set cli session timeout` set: for the whole node, for new sessions. */
export interface CliSettings {
  /** Concurrent sessions. Default 10. */
  sessionLimit: number;
  /** Idle minutes after which a session ends. Default 30. */
  sessionTimeoutMinutes: number;
}

/** What one SSH connection knows of the node that it is connected to. */
export interface Host {
  readonly node: VosNode;
  readonly settings: CliSettings;
  /** Sessions that are open on the node now; hung ones count too. */
  readonly sessions: Set<object>;
  /** Cuts the connection without a word. */
  drop(): void;
}
