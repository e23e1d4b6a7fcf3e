import { type Operation, runBulk } from "../../bulk/operations";
import { PROMPTS, REFUSALS, SAVED } from "../../bulk/words";
import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";

/** Bulk Certificate Management is on the publisher of CUCM only. */
function requirePublisher({ node }: Call): void {
  if (node !== node.cluster.publisher || node.product !== "CUCM") throw new Refusal(REFUSALS.subscriber);
}

function portNumber(text: string): number {
  const port = Number(text || "22");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(REFUSALS.port(text));
  return port;
}

/** Saved without being tried. */
async function sftp(call: Call): Promise<string[]> {
  requirePublisher(call);
  const { node, terminal } = call;
  const address = await terminal.ask(PROMPTS.address);
  const port = portNumber(await terminal.ask(PROMPTS.port));
  const username = await terminal.ask(PROMPTS.username);
  const password = await terminal.askSecret(PROMPTS.password);
  const directory = await terminal.ask(PROMPTS.directory);
  if (!address || !username || !directory) throw new Refusal(REFUSALS.incomplete);
  node.cluster.bulkSftp = { address, port, username, password, directory };
  node.record("save bulk SFTP server", { address, port, username, directory });
  return [SAVED];
}

function bulk(operation: Operation): Command {
  return {
    name: `set cert bulk ${operation}`,
    takes: [1, 1],
    async run(call) {
      requirePublisher(call);
      await runBulk(operation, { node: call.node, given: first(call), say: (line) => call.terminal.say(line), lost: call.lost });
    },
  };
}

export const bulkCommands: Command[] = [{ name: "set cert bulk sftp", run: sftp }, bulk("export"), bulk("consolidate"), bulk("import")];
