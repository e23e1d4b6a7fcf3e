#!/usr/bin/env node
// The `uccerts` command: the first word names the command, the rest is its own.
import { connectCommand } from "./connect";
import { labCommand } from "./lab";
import { servedCommand } from "./served";

interface Command {
  usage: string;
  does: string;
  run(args: string[]): Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  connect: {
    usage: "connect [publisher] [options]",
    does: "first contact: fingerprints, log-ins and the connections to paste, for a program's nodes or a publisher's",
    run: connectCommand,
  },
  lab: {
    usage: "lab [estate.yaml] [--json]",
    does: "starts an emulated estate on this machine and waits until it is stopped (Ctrl-C)",
    run: labCommand,
  },
  served: {
    usage: "served --lab <name>",
    does: "shows which certificate every node and Windows host of a running lab serves",
    run: servedCommand,
  },
};

function help(): string {
  return ["Usage: uccerts <command>", "", ...Object.values(COMMANDS).map(({ usage, does }) => `  ${usage.padEnd(30)}  ${does}`), ""].join("\n");
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    process.stdout.write(help());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command.run(args);
  process.stderr.write(`uccerts: "${name}" is no command; there are: ${Object.keys(COMMANDS).join(", ")}\n`);
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`uccerts: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
