import { PHONE_SAST_UNIT } from "../../purposes";
import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";
import { isYes, requireUnit } from "./unit";

const PASTE = "Paste the Certificate and Hit Enter";
const CANCELLED = ["Operation cancelled"];

const TOKENLESS = [
  "WARNING: If you are using a tokenless CTL and if the CallManager certificate is recently",
  "generated, please ensure that the CTL File already has the new CallManager certificate and is",
  "updated to the endpoints, before generating the ITL Recovery certificate. Are you sure want",
  "to proceed?",
];

function imported(unit: string): string[] {
  return [`Successfully imported certificate for ${unit}.`, `Please restart services related to ${unit} for the new certificate to become active.`];
}

/** One certificate; the platform splits no chain on this way. */
async function pasteOne({ terminal }: Call): Promise<string> {
  const pem = await terminal.paste(PASTE);
  if (pem.split("-----BEGIN").length > 2) throw new Refusal("Error reading the certificate, more than one certificate was given");
  return pem;
}

async function importOwn(call: Call): Promise<string[]> {
  const { node } = call;
  const [unit = "", caFile] = call.words;
  requireUnit(node, unit);
  if (caFile && !node.store.find(node.certificates.trustStore(unit), caFile)) throw new Refusal("CA certificate is not available in the trust-store");
  const pem = await pasteOne(call);
  const multiServer = node.store.requests.get(unit)?.distribution === "multi-server";
  if (multiServer && !node.facts.multiServerByCli) throw new Refusal("Multi-server certificates cannot be imported through the CLI");
  node.certificates.uploadIdentity(unit, pem);
  return imported(unit);
}

async function importTrust(call: Call): Promise<string[]> {
  const unit = first(call);
  if (unit === PHONE_SAST_UNIT) call.node.certificates.storeForUpload(unit);
  else requireUnit(call.node, unit);
  call.node.certificates.uploadTrust(unit, await pasteOne(call), "Trust Certificate");
  return imported(unit);
}

async function regenerate(call: Call): Promise<string[]> {
  const { node, terminal } = call;
  const unit = first(call);
  requireUnit(node, unit);
  const recovery = unit === "ITLRecovery";
  const warning = recovery ? TOKENLESS : [`WARNING: This operation will overwrite any CA signed certificate previously imported for ${unit}`];
  for (const line of ["", ...warning, ""]) terminal.say(line);
  if (!isYes(await terminal.ask("Proceed with regeneration (yes|no)? "))) return CANCELLED;
  await node.certificates.regenerate(unit);
  if (!recovery) return [`Successfully regenerated certificate for ${unit}.`];
  return ["Successfully Regenerated Certificate for ITLRecovery.", "", "You must restart the services related to ITLRecovery for the regenerated certificates to become active."];
}

/** `tomcat-trust`, or `tomcat` for the same store: which of the two the platform means is not established. */
function storeOf({ node }: Call, given: string, file: string): string {
  const store = node.certificates.trustStore(given);
  const kind = store === given ? "store" : "unit";
  const { certDeleteTakes } = node.switches;
  if (certDeleteTakes !== "either" && certDeleteTakes !== kind) throw new Refusal(`Certificate ${given}/${file} does not exist`);
  return store;
}

async function remove(call: Call): Promise<string[]> {
  const { node, terminal } = call;
  const [given = "", file = ""] = call.words;
  const store = storeOf(call, given, file);
  if (node.switches.certDeleteAsks && !isYes(await terminal.ask(`Do you want to delete ${file} (yes/no) ? `))) return CANCELLED;
  node.certificates.deleteTrust(store, file);
  return [`Successfully deleted certificate ${file}`];
}

export const certificateChangeCommands: Command[] = [
  { name: "set cert import own", takes: [1, 2], run: importOwn },
  { name: "set cert import trust", takes: [1, 1], run: importTrust },
  { name: "set cert regen", takes: [1, 1], notDuringUpgrade: true, run: regenerate },
  { name: "set cert delete", takes: [2, 2], run: remove },
];
