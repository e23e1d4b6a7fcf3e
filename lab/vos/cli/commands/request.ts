import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";
import { isYes, requireUnit } from "./unit";

function list({ node }: Call): string[] {
  return node.purposes.filter((unit) => node.store.requests.has(unit)).map((unit) => `${unit}/${unit}.csr`);
}

function show(call: Call): string[] {
  const [unit = "", file] = first(call).split("/");
  const pending = file === undefined || file === `${unit}.csr` ? call.node.store.requests.get(unit) : undefined;
  if (!pending) throw new Refusal(`File /usr/local/platform/.security/${unit}/keys/${file ?? `${unit}.csr`} does not exist`);
  return pending.pem.trim().split("\n");
}

/** For this server only: the command line has no word for a multi-server request. */
async function generate(call: Call): Promise<string[]> {
  const { node, terminal } = call;
  const purpose = first(call);
  requireUnit(node, purpose);
  const organizationalUnit = !node.facts.asksForUnit || isYes(await terminal.ask("Include OU in CSR (yes|no)? "));
  await node.certificates.generateRequest({ purpose, distribution: "this-server", organizationalUnit });
  return [`Successfully Generated CSR  for ${purpose}`];
}

export const requestCommands: Command[] = [
  { name: "show csr list own", run: list },
  { name: "show csr list type own", run: list },
  { name: "show csr own", takes: [1, 1], run: show },
  { name: "set csr gen", takes: [1, 1], notDuringUpgrade: true, run: generate },
];
