// What Windows says, in one language. lab/README.md tells how sure the words are.
import type { Trouble } from "../drive";

export interface Words {
  trouble: Record<Trouble, string>;
  copied: string;
  moved: string;
  notRecognized(name: string): string;
  couldNotFind(path: string): string;
  fileNotFound: string;
  folderExists(path: string): string;
  syntax: string;
  registryMissing: string;
  processedFile(path: string): string;
  processed(done: number, failed: number): string;
  noMapping(name: string): string;
  hash(algorithm: string, path: string): string;
  hashDone: string;
  noInstances: string;
  /** Error 1115. */
  goingDown: string;
  services: ServiceWords;
  groups: GroupWords;
  /** Replaced in what `keytool` prints, where the JDK has no such language. */
  keytool: readonly (readonly [english: string, own: string])[];
}

export interface ServiceWords {
  /** `SERVICE_NAME` and so on, each as wide as it is printed. */
  name: string;
  displayName: string;
  status: readonly [type: string, state: string, exit: string, serviceExit: string, checkpoint: string, hint: string];
  configuration: readonly [type: string, start: string, error: string, binary: string, group: string, tag: string, display: string, dependencies: string, account: string];
  success: string;
  /** `FAILED 1060:` */
  failed(code: number): string;
  errors: Record<number, string>;
}

export interface GroupWords {
  title: string;
  columns: readonly [name: string, type: string, sid: string, attributes: string];
  wellKnown: string;
  alias: string;
  label: string;
  usual: string;
  owner: string;
  denyOnly: string;
  everyone: string;
  administrators: string;
  users: string;
  high: string;
  medium: string;
}
