// Folders of a test's own: an empty one, and one in which our package and an SDK can be required.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The checkout. */
export const ROOT = join(__dirname, "..", "..", "..");

/** The SDKs of Pulumi that are tested, by the name under which package.json has them. */
export const SDKS = { oldest: "pulumi-sdk-oldest", own: "@pulumi/pulumi", newest: "pulumi-sdk-newest" } as const;
export type Sdk = keyof typeof SDKS;

export interface Folder {
  readonly path: string;
  remove(): void;
}

/** An empty folder outside the checkout. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "uccerts-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder with the package as it was built and one of the SDKs, as links. */
export function makeProject(sdk: Sdk = "own"): Folder {
  const folder = makeFolder();
  mkdirSync(join(folder.path, "node_modules", "@pulumi"), { recursive: true });
  symlinkSync(ROOT, join(folder.path, "node_modules", "pulumi-uccerts"));
  symlinkSync(dirname(require.resolve(`${SDKS[sdk]}/package.json`)), join(folder.path, "node_modules", "@pulumi", "pulumi"));
  return folder;
}

/** The packages of the checkout, as links, with the package itself among them. */
export function linkModules(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  const names = readdirSync(join(ROOT, "node_modules")).filter((name) => name !== "pulumi-uccerts");
  for (const name of names) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  symlinkSync(ROOT, join(modules, "pulumi-uccerts"));
}
