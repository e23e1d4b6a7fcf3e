// ITL, CTL and mixed mode. platform-interfaces.md 3.6 and 5.3.
import { type ListKind, showMissing, showTrustList } from "../../../trust-list/text";
import { Refusal } from "../../refusal";
import type { TrustFile } from "../../trust-file";
import type { SecurityMode } from "../../trust-files";
import type { Call, Command } from "../command";
import { zonedDate } from "../dates";
import { isYes } from "./unit";

const RESTART = "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster that run these services";

function requireCallManager({ node }: Call): void {
  if (node.product !== "CUCM") throw new Refusal("This command is not supported on this node");
}

function requirePublisher(call: Call): void {
  requireCallManager(call);
  if (!call.node.publisher) throw new Refusal("This command can be executed only on the publisher node");
}

function shown(kind: ListKind, found: TrustFile | undefined): string[] {
  if (!found) return showMissing(kind);
  const { content, file } = found;
  return showTrustList({ kind, content, file, modified: zonedDate(content.writtenAt) });
}

function showItl(call: Call): string[] {
  requireCallManager(call);
  return shown("ITL", call.node.tftp.itl);
}

function showCtl(call: Call): string[] {
  requireCallManager(call);
  return shown("CTL", call.node.tftp.ctl);
}

/** Asks, and does it when the answer is yes. */
async function confirmed(call: Call, question: string, work: () => string[]): Promise<string[]> {
  requirePublisher(call);
  if (!isYes(await call.terminal.ask(`${question} Do you want to continue? (y/n):`))) return ["Operation cancelled"];
  return [...work(), RESTART];
}

function update(call: Call): Promise<string[]> {
  const { trustFiles } = call.node.cluster;
  requirePublisher(call);
  if (trustFiles.mode !== "mixed") throw new Refusal("The cluster is not in mixed mode, there is no CTL file to update");
  if (trustFiles.signedByToken) throw new Refusal("The CTL file is signed by a security token, it can be updated only with the CTL client");
  return confirmed(call, "This operation updates the CTLFile.", () => {
    trustFiles.update();
    return ["Updating CTL file", "CTL file Updated"];
  });
}

function setCluster(mode: SecurityMode, asQuestion: string, asTitle: string) {
  return (call: Call) =>
    confirmed(call, `This operation sets the cluster to ${asQuestion} mode.`, () => {
      call.node.cluster.trustFiles.setMode(mode);
      return [`Moving Cluster to ${asTitle} Mode`, `Cluster set to ${asTitle} Mode`];
    });
}

export const trustListCommands: Command[] = [
  { name: "show itl", run: showItl },
  { name: "show ctl", run: showCtl },
  { name: "utils ctl update CTLFile", notDuringUpgrade: true, run: update },
  { name: "utils ctl set-cluster mixed-mode", notDuringUpgrade: true, run: setCluster("mixed", "Mixed", "Mixed") },
  { name: "utils ctl set-cluster non-secure-mode", notDuringUpgrade: true, run: setCluster("non-secure", "Non-secure", "Non-Secure") },
];
