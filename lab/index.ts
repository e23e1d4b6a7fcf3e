// `pulumi-uccerts/lab`: an emulated estate for tests.
import { connectionsOf } from "./connections";
import { ESTATE_A1, type EstateDescription } from "./estate";
import { Lab, refuseMistakes } from "./lab";

export type { EnrolmentRequest } from "./certsrv/authority";
export type { AuthorityConnection, ClusterConnection, Connections, ContactCenterConnection, SftpConnection } from "./connections";
export { type AuthorityDescription, type ClusterDescription, ESTATE_A1, type EstateDescription, type NodeDescription, type SftpServerDescription } from "./estate";
export { type Fault, type FaultName, FAULTS } from "./faults";
export type { HistoryEntry, Interface, Watcher } from "./history";
export type { Lab } from "./lab";
export type { Attempt, Outcome } from "./windows/connect";
export type { ContactCenterDescription, WindowsHostDescription, WindowsLanguage, WindowsProduct } from "./windows/description";
export { combined, ESTATE_A21, ESTATE_A24, ESTATE_A25, estateA21 } from "./windows/estates";
export type { WindowsHost } from "./windows/host";
export { findJdks, type Jdk } from "./windows/jdk";
export type { IdentityName } from "./windows/layout";
export { isStill, restore, type Snapshot, snapshot } from "./snapshot";

/** Starts an estate; without a description that of scenario A1. Stop it with `lab.stop()`. */
export async function startLab(description: EstateDescription = ESTATE_A1): Promise<Lab> {
  refuseMistakes(description);
  return new Lab(description).start();
}

/** The connections of a running lab, as `uccerts:connections` takes them. */
export { connectionsOf };
