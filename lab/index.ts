// `pulumi-uccerts/lab`: an emulated estate for tests.
import { connectionsOf } from "./connections";
import { ESTATE_A1, type EstateDescription } from "./estate";
import { Lab, refuseMistakes } from "./lab";

export type { EnrolmentRequest } from "./certsrv/authority";
export type { AuthorityConnection, ClusterConnection, Connections } from "./connections";
export { type AuthorityDescription, type ClusterDescription, ESTATE_A1, type EstateDescription, type NodeDescription } from "./estate";
export { type Fault, type FaultName, FAULTS } from "./faults";
export type { HistoryEntry, Interface, Watcher } from "./history";
export type { Lab } from "./lab";
export { isStill, restore, type Snapshot, snapshot } from "./snapshot";

/** Starts an estate; without a description that of scenario A1. Stop it with `lab.stop()`. */
export async function startLab(description: EstateDescription = ESTATE_A1): Promise<Lab> {
  refuseMistakes(description);
  return new Lab(description).start();
}

/** The connections of a running lab, as `uccerts:connections` takes them. */
export { connectionsOf };
