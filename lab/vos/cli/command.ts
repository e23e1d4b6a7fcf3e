import type { VosNode } from "../node";
import type { CliSettings } from "./host";
import type { Terminal } from "./terminal";

/** A command line that was understood. */
export interface Call {
  readonly node: VosNode;
  readonly settings: CliSettings;
  readonly terminal: Terminal;
  /** The OS account that is logged in. */
  readonly username: string;
  /** The words after the command's own. */
  readonly words: string[];
  /** Aborted by Ctrl-C or when the session is lost. */
  readonly lost: AbortSignal;
}

/** One command of the platform. A `Refusal` that it throws is printed in its words. */
export interface Command {
  readonly name: string;
  /** Least and most words that may follow the name. Default none. */
  readonly takes?: readonly [number, number];
  /** True when the platform refuses it while an upgrade runs. */
  readonly notDuringUpgrade?: true;
  /** The lines to print, page by page; what must be seen at once goes to the terminal. */
  run(call: Call): string[] | void | Promise<string[] | void>;
}

/** The first word that follows. */
export function first({ words }: Call): string {
  return words[0] ?? "";
}
