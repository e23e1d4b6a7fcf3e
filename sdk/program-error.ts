import { RunError } from "@pulumi/pulumi";

/**
 * What is wrong with a program, in one sentence that needs no stack.
 * Without a stack for a second reason: Node 20.20 takes half a minute to colour the stacks of Pulumi's own frames (util.inspect, paths that end
 * behind `node_modules/@pulumi/`), and Pulumi colours the stack of whatever a program throws.
 */
export class ProgramError extends RunError {
  constructor(message: string) {
    super(message);
    this.stack = undefined;
  }
}

/** Runs `work`; what it throws becomes a ProgramError that names the resource. */
export function inProgram<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ProgramError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
