// The import table of the design, as a test: who may import what. A new arrow is decided in the design first, then written down here.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Import, importsOf, readSource, sourceFiles, targetOf } from "./support/imports";

/** One row. A pattern that ends in a slash is a folder; `node:` is every module of Node; `any library` is what package.json depends on. */
interface Row {
  from: string;
  /** Beside the files of its own folder, where `from` is a folder. `types of …` is an import that says `type`. */
  may: readonly string[];
  /** What stays forbidden of that. */
  never?: readonly string[];
}

const OURS = "pulumi-uccerts";
const DRIVERS = ["provider/platforms/vos/", "provider/platforms/windows/", "provider/platforms/certsrv/", "provider/platforms/sftp/", "provider/platforms/tls/"];
/** What every driver may import beside its own contract. */
const DRIVER = ["provider/transport/", "domain/", "provider/errors.ts", "fast-xml-parser", "node-html-parser", "axios-ntlm"];

/** With these a resource would speak to a device by itself. */
const NETWORK = ["node:net", "node:http", "node:https", "node:http2", "node:dgram", "node:dns", "node:child_process"];

/** In the order of the design; the first row that fits a file counts. */
const TABLE: readonly Row[] = [
  { from: "domain/", may: ["node:crypto", "asn1js", "@peculiar/x509"] },
  { from: "sdk/tokens.ts", may: [] },
  { from: "sdk/", may: ["@pulumi/pulumi", "domain/"] },
  { from: "live/", may: ["@pulumi/pulumi", "provider/settings.ts", "provider/runtime.ts", "domain/", "sdk/program-error.ts", "types of sdk/"] },
  { from: "provider/registry.ts", may: ["provider/", "sdk/tokens.ts"], never: DRIVERS },
  { from: "provider/runtime.ts", may: ["provider/", "domain/", "types of sdk/", "node:"] },
  // The part of the runtime that creates drivers; the runtime loads it at the first use, so that a preview does not.
  { from: "provider/drivers.ts", may: ["provider/", "domain/", "types of sdk/", "node:"] },
  { from: "provider/settings.ts", may: ["provider/errors.ts", "provider/connections.ts", "provider/connection-shape.ts", "provider/timing.ts", "yaml", "node:"] },
  // Everything may stand on it, and through it on nothing else.
  { from: "provider/waiting.ts", may: [] },
  { from: "provider/context.ts", may: ["types of provider/", "types of domain/", "types of sdk/"] },
  {
    from: "provider/resources/",
    may: ["domain/", "provider/lifecycle.ts", "provider/errors.ts", "provider/difference.ts", "provider/waiting.ts", "types of provider/context.ts", "types of provider/platforms/*.ts", "types of sdk/", "node:"],
    never: NETWORK,
  },
  // The one driver that makes a connection without a transport: it looks at what a port shows and sends nothing.
  { from: "provider/platforms/tls/", may: ["provider/platforms/tls.ts", ...DRIVER, "node:tls"] },
  { from: "provider/platforms/vos/", may: ["provider/platforms/vos.ts", "types of provider/platforms/bulk.ts", "types of provider/platforms/phones.ts", "types of provider/platforms/trust-files.ts", "provider/platforms/tls.ts", "provider/platforms/tls/", ...DRIVER] },
  { from: "provider/platforms/windows/", may: ["provider/platforms/windows.ts", ...DRIVER, "node:crypto", "iconv-lite"] },
  { from: "provider/platforms/certsrv/", may: ["provider/platforms/authority.ts", ...DRIVER] },
  { from: "provider/platforms/sftp/", may: ["provider/platforms/sftp.ts", ...DRIVER, "node:path"] },
  { from: "provider/platforms/*.ts", may: ["types of provider/platforms/*.ts", "types of domain/", "types of provider/errors.ts"] },
  { from: "provider/transport/", may: ["node:", "axios", "ssh2", "ssh2-sftp-client", "provider/errors.ts", "provider/waiting.ts"] },
  { from: "provider/host.ts", may: ["@pulumi/pulumi", "provider/"], never: DRIVERS },
  { from: "provider/index.ts", may: ["@pulumi/pulumi", "provider/"], never: DRIVERS },
  // Everything else in provider/ serves those above: no Pulumi, no driver, no transport.
  { from: "provider/*.ts", may: ["provider/*.ts", "domain/", "types of sdk/", "node:", "types of provider/platforms/*.ts"], never: ["provider/drivers.ts"] },
  { from: "policies/", may: ["@pulumi/policy", "domain/", "sdk/tokens.ts"] },
  { from: "cli/", may: ["provider/runtime.ts", "provider/settings.ts", "provider/errors.ts", "types of provider/connections.ts", "types of sdk/", "domain/", "lab/", "yaml", "node:"] },
  { from: "tools/", may: ["node:"] },
  { from: "lab/", may: ["any library", "node:"] },
  { from: "examples/", may: [OURS, `${OURS}/live`, "@pulumi/pulumi"] },
  { from: "templates/", may: [OURS, `${OURS}/live`, "@pulumi/pulumi"] },
];
const FOLDERS = ["domain", "sdk", "live", "provider", "policies", "cli", "tools", "lab", "examples", "templates"];

function matches(pattern: string, path: string): boolean {
  const expression = pattern.replace(/[.]/g, "\\.").replace("*", "[^/]+");
  return new RegExp(pattern.endsWith("/") ? `^${expression}` : `^${expression}$`).test(path);
}

/** Whether an entry of a row allows an import of `target`. */
function allows(entry: string, target: string, typeOnly: boolean): boolean {
  if (entry.startsWith("types of ")) return typeOnly && allows(entry.slice("types of ".length), target, true);
  if (entry === "node:") return target.startsWith("node:");
  const library = !target.includes(".ts") && !target.startsWith("node:");
  if (entry === "any library") return library && !target.startsWith(OURS) && !FOLDERS.some((folder) => target.startsWith(`${folder}/`));
  return matches(entry, target) || (library && !entry.startsWith(OURS) && target.startsWith(`${entry}/`));
}

/** The sentence about an import that the table does not allow; undefined when it does. */
function breach(file: string, target: string, typeOnly: boolean): string | undefined {
  const row = TABLE.find(({ from }) => matches(from, file));
  if (!row) return `${file} is in no row of the import table`;
  const own = row.from.endsWith("/") && matches(row.from, target);
  const may = own || row.may.some((entry) => allows(entry, target, typeOnly));
  if (may && !row.never?.some((entry) => matches(entry, target))) return undefined;
  return `${file} imports ${typeOnly ? "types of " : ""}${target}; ${row.from} may import ${row.may.join(", ") || "nothing"}${row.never ? `, never ${row.never.join(", ")}` : ""}`;
}

const files = FOLDERS.flatMap(sourceFiles);
const known = new Set(files);

interface Arrow extends Import {
  file: string;
  target: string;
}

const arrows: Arrow[] = files.flatMap((file) => importsOf(file, readSource(file)).map((one) => ({ ...one, file, target: targetOf(file, one.specifier, known) })));

describe("who imports what", () => {
  for (const folder of FOLDERS)
    test(`${folder} imports what the design allows, and nothing else`, () => {
      const breaches = arrows.filter(({ file }) => file.startsWith(`${folder}/`)).flatMap(({ file, target, typeOnly }) => breach(file, target, typeOnly) ?? []);
      assert.deepEqual(breaches, []);
    });

  test("every import of TypeScript is written out, so that it can be checked", () => {
    assert.deepEqual(arrows.filter(({ file, specifier }) => file.endsWith(".ts") && specifier === "(computed)").map(({ file }) => file), []);
  });

  test("every relative import leads to a file", () => {
    const lost = arrows.filter(({ file, specifier, target }) => file.endsWith(".ts") && specifier.startsWith(".") && !known.has(target));
    assert.deepEqual(lost.map(({ file, specifier }) => `${file} imports ${specifier}`), []);
  });

  test("only provider/settings.ts reads the environment", () => {
    const readers = files.filter((file) => /^(domain|sdk|live|provider|policies)\//.test(file) && readSource(file).includes("process.env"));
    assert.deepEqual(readers.filter((file) => file !== "provider/settings.ts"), []);
  });
});

describe("the table refuses", () => {
  const REFUSED: [string, string, string][] = [
    ["domain that reads a file", "domain/windows.ts", 'import { readFileSync } from "node:fs";'],
    ["domain that knows Pulumi", "domain/rules/content.ts", 'import type { Output } from "@pulumi/pulumi";'],
    ["sdk that knows the provider", "sdk/renewal.ts", 'import { settings } from "../provider/settings";'],
    ["tokens that import anything", "sdk/tokens.ts", 'import type { Purpose } from "../domain/purposes";'],
    ["a resource that creates a driver", "provider/resources/renewal.ts", 'import { VosDriver } from "../platforms/vos/driver";'],
    ["a resource that knows a contract by more than its types", "provider/resources/renewal.ts", 'import { parse } from "../platforms/vos";'],
    ["a resource that loads a transport when it runs", "provider/resources/renewal.ts", 'export const ssh = () => import("../transport/ssh");'],
    ["a resource that connects by itself", "provider/resources/renewal.ts", 'import { connect } from "node:net";'],
    ["a resource that knows Pulumi", "provider/resources/renewal.ts", 'const pulumi = require("@pulumi/pulumi");'],
    ["a driver that imports another", "provider/platforms/vos/driver.ts", 'import { CertsrvDriver } from "../certsrv/driver";'],
    ["a driver that connects without a transport", "provider/platforms/vos/driver.ts", 'import { connect } from "node:tls";'],
    ["a driver that waits by itself", "provider/platforms/vos/driver.ts", 'import { poll } from "../../waiting";'],
    ["waiting that stands on something", "provider/waiting.ts", 'import { PlatformError } from "./errors";'],
    ["settings that know a transport", "provider/settings.ts", 'import { tlsPolicy } from "./transport/pins";'],
    ["a driver that knows a resource", "provider/platforms/vos/driver.ts", 'import { renewal } from "../../resources/renewal";'],
    ["a transport that knows a platform", "provider/transport/https.ts", 'import type { VosPlatform } from "../platforms/vos";'],
    ["a policy that loads the provider", "policies/index.ts", 'import { runtime } from "../provider/runtime";'],
    ["a policy that takes more than tokens from sdk", "policies/index.ts", 'export { Renewal } from "../sdk/renewal";'],
    ["the lab that shares our mistakes", "lab/lab.ts", 'import { parseCertificate } from "../domain/x509/certificate";'],
    ["a source that imports its own package", "lab/lab.ts", 'import { Renewal } from "pulumi-uccerts";'],
    ["an example that reaches into the lab", "examples/quick-start/index.ts", 'import { startLab } from "pulumi-uccerts/lab";'],
    ["a tool that needs an installed library", "tools/test.js", 'const yaml = require("yaml");'],
  ];
  for (const [what, file, text] of REFUSED)
    test(what, () => {
      const sentences = importsOf(file, text).map(({ specifier, typeOnly }) => breach(file, targetOf(file, specifier, known), typeOnly));
      assert.match(sentences.join(), new RegExp(`^${file.replaceAll(".", "\\.")} imports `));
    });
});

describe("the table allows", () => {
  const ALLOWED: [string, string, string][] = [
    ["domain its own files", "domain/rules/content.ts", 'import { PURPOSES } from "../purposes";'],
    ["a resource the types of a contract", "provider/resources/renewal.ts", 'import { type VosPlatform } from "../platforms/vos";'],
    ["a resource a random id and the ways to wait", "provider/resources/renewal.ts", 'import { randomUUID } from "node:crypto";\nimport { poll } from "../waiting";'],
    ["the look at a port a handshake", "provider/platforms/tls/served.ts", 'import { connect } from "node:tls";'],
    ["a driver its contract and a transport", "provider/platforms/vos/driver.ts", 'import { retry } from "../../transport/retry";\nimport type { VosPlatform } from "../vos";'],
    ["the lab any library", "lab/lab.ts", 'import axios from "axios";\nimport { createServer } from "https";'],
    ["an example the published names", "examples/quick-start/index.ts", 'import { Renewal } from "pulumi-uccerts";\nimport { getClusterNodes } from "pulumi-uccerts/live";'],
  ];
  for (const [what, file, text] of ALLOWED)
    test(what, () => {
      assert.deepEqual(importsOf(file, text).flatMap(({ specifier, typeOnly }) => breach(file, targetOf(file, specifier, known), typeOnly) ?? []), []);
    });
});
