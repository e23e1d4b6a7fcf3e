// The package as a user gets it: packed, and installed by npm in a project of its own.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./engine";
import { ROOT } from "./project";

/** Where npm keeps the packages that it has fetched already is the user's; nothing else of the user's npm set-up is used. */
const QUIET = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

export interface Tarball {
  path: string;
  /** Paths in it. */
  files: string[];
}

/** What `npm pack` makes of the package as it was built. */
export async function pack(folder: string): Promise<Tarball> {
  const { code, text } = await run("npm", ["pack", "--ignore-scripts", "--json", "--loglevel=silent", "--pack-destination", folder], { cwd: ROOT });
  if (code !== 0) throw new Error(`npm pack ended with ${code}: ${text}`);
  const [packed] = JSON.parse(text.slice(text.indexOf("["))) as { filename: string; files: { path: string }[] }[];
  return { path: join(folder, packed!.filename), files: packed!.files.map(({ path }) => path) };
}

/** `npm install` of these packages in a project. */
export async function install(project: string, ...packages: string[]): Promise<void> {
  const { code, text } = await run("npm", ["install", ...QUIET, ...packages], { cwd: project });
  if (code !== 0) throw new Error(`npm install ended with ${code}: ${text}`);
}

/** The version of an installed package. */
export function versionIn(project: string, name: string): string | undefined {
  const file = join(project, "node_modules", name, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}
