import { type Operation, requirePublisher, runBulk, saveServer } from "../../bulk/operations";
import { PROMPTS, REFUSALS, SAVED } from "../../bulk/words";
import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";

function portNumber(text: string): number {
  const port = Number(text || "22");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(REFUSALS.port(text));
  return port;
}

async function sftp({ node, terminal }: Call): Promise<string[]> {
  requirePublisher(node);
  const address = await terminal.ask(PROMPTS.address);
  const port = portNumber(await terminal.ask(PROMPTS.port));
  const username = await terminal.ask(PROMPTS.username);
  const password = await terminal.askSecret(PROMPTS.password);
  const directory = await terminal.ask(PROMPTS.directory);
  saveServer(node, { address, port, username, password, directory });
  return [SAVED];
}

function bulk(operation: Operation): Command {
  return {
    name: `set cert bulk ${operation}`,
    takes: [1, 1],
    run: (call) => runBulk(operation, { node: call.node, given: first(call), say: (line) => call.terminal.say(line), lost: call.lost }),
  };
}

export const bulkCommands: Command[] = [{ name: "set cert bulk sftp", run: sftp }, bulk("export"), bulk("consolidate"), bulk("import")];
