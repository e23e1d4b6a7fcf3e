// The documentation says what the code does: tables are compared with the data that they show, inputs and outputs with the declarations.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { EXCHANGE_MATRIX, OWNED_CERTIFICATES } from "../domain/exchange";
import { CCE_PRODUCTS, CVP_PRODUCTS } from "../domain/hosts";
import { PURPOSE_FACTS, PURPOSES } from "../domain/purposes";
import { RESTART_MATRIX } from "../domain/restarts";
import { ALL_RULES } from "../domain/rules";
import { KEPT_BY_CONSTRUCTION } from "../domain/rules/construction";
import { storesOf } from "../domain/stores";
import { TIMING_TABLE } from "../provider/timing";
import { KINDS } from "../sdk/tokens";

const ROOT = join(__dirname, "..", "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const page = (name: string) => read(join("docs", name));

/** Cells of every table row of a page. */
function rows(text: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

describe("docs/rules.md", () => {
  it("has one row for every rule that is decided, with its severity, levels and whether it can be accepted", () => {
    const shown = rows(page("rules.md")).filter((cells) => cells.length === 7 && /^[RU]\d+$/.test(cells[0]!)).map(([id, title, severity, levels, acceptable]) => [id, title, severity, levels, acceptable]);
    const wanted = ALL_RULES.map(({ id, title, severity, levels, acceptable }) => [id, title, severity, levels.join(", "), acceptable ? "yes" : "no"]);
    assert.deepEqual(shown.sort(), wanted.sort());
  });

  it("has one row for every rule that is kept by construction", () => {
    const shown = rows(page("rules.md")).filter((cells) => cells.length === 5 && /^R\d+$/.test(cells[0]!));
    assert.deepEqual(shown, KEPT_BY_CONSTRUCTION.map(({ id, title, severity, levels, kept }) => [id, title, severity, levels.join(", "), kept]));
  });
});

describe("docs/matrices.md", () => {
  it("shows every row of the restart matrix, service by service", () => {
    const wanted = RESTART_MATRIX.flatMap((row) => row.steps.map((step) => [step.service, step.where, step.rhythm, step.onlyWhereActive ? "yes" : "no", step.onlyFor ?? "", step.notice, String(step.minutes)]));
    const restarts = page("matrices.md").split("\n## Purposes")[0]!;
    assert.deepEqual(rows(restarts).filter((cells) => cells.length === 7 && !["service", "---"].includes(cells[0]!)), wanted);
    for (const { purposes, product, from, shortList } of RESTART_MATRIX) {
      const heading = `### ${purposes.join(", ")} on ${product}, from release ${from}\n`;
      assert.ok(page("matrices.md").includes(heading + (shortList ? `\nShort list (R53): ${shortList.join(", ")}.\n` : "")), heading);
    }
  });

  it("shows every purpose", () => {
    const shown = rows(page("matrices.md")).filter((cells) => cells.length === 6 && (PURPOSES as readonly string[]).includes(cells[0]!));
    assert.deepEqual(shown, PURPOSES.map((purpose) => {
      const { trustStore, products, keyType, multiServer, extendedKeyUsages } = PURPOSE_FACTS[purpose];
      return [purpose, trustStore, products.join(", "), keyType, multiServer.join(", ") || "none", extendedKeyUsages.join(", ")];
    }));
  });
});

describe("docs/matrices.md, contact centre", () => {
  /** Rows below a heading, without the table's own. */
  const below = (heading: string) => rows(page("matrices.md").split(`## ${heading}\n`)[1]!.split("\n## ")[0]!).slice(2);

  it("shows where every certificate is found and under which alias it is imported", () => {
    const wanted = OWNED_CERTIFICATES.map(({ owners, kind, port, keystoreAlias, file, suffix, source }) => [owners.join(", "), kind, port === undefined ? "" : String(port), keystoreAlias ?? "", file ?? "", `{fqdn}${suffix}`, source]);
    assert.deepEqual(below("Certificates of a contact centre"), wanted);
  });

  it("shows every row of the exchange matrix", () => {
    const wanted = EXCHANGE_MATRIX.map(({ importers, owners, kinds, store, restarts, deployment, link, role, from, before, byHand, rules, source }) => {
      const only = [deployment, link, role, from && `from ${from}`, before && `before ${before}`, byHand && "by hand"].filter(Boolean).join("; ");
      return [importers.join(", "), owners.join(", "), kinds.join(", "), store, restarts.join(", "), only, rules.join(", "), source];
    });
    assert.deepEqual(below("Exchange of certificates in a contact centre"), wanted);
  });

  it("shows every keystore by release", () => {
    const releases = ["12.5(1)", "12.5(1) ES55", "12.6(2)"];
    const wanted = ([["CCE", CCE_PRODUCTS[0]], ["CVP", CVP_PRODUCTS[0]]] as const).flatMap(([family, product]) =>
      releases.flatMap((release) => storesOf(product, release).map(({ name, home, path, type, password }) => [family, release, name, `%${home}%\\${path}`, type, "default" in password ? password.default : `${password.key} in %${password.home}%\\${password.file}${password.shownBy ? `, or ${password.shownBy}` : ""}`])),
    );
    assert.deepEqual(below("Keystores by release"), wanted);
  });
});

describe("docs/timing.md", () => {
  it("shows every value with its default", () => {
    const wanted = Object.entries(TIMING_TABLE).map(([name, [value, meaning]]) => [name, value, meaning]);
    assert.deepEqual(rows(page("timing.md")).filter(([name]) => name !== "name" && name !== "---"), wanted);
  });
});

/** Members of the interfaces of a declaration file of sdk/. */
function members(file: string): string[] {
  const text = read(file);
  return [...text.matchAll(/^ {2}(\w+)\??: /gm)].map(([, name]) => name!).filter((name) => !new RegExp(`^ {2}${name}: undefined,?$`, "m").test(text) || new RegExp(`^ {2}${name}: (string|boolean)`, "m").test(text));
}

describe("docs/resources.md", () => {
  const text = page("resources.md");

  for (const kind of KINDS)
    it(`has a section for ${kind} that names every input and output`, () => {
      const file = join("sdk", `${kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.ts`);
      const section = new RegExp(`^## ${kind}\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m").exec(text)?.[1];
      assert.ok(section, `no section "## ${kind}"`);
      for (const name of members(file)) assert.match(section, new RegExp(`\`${name}\\??\``), `${kind} does not mention ${name}`);
    });

  for (const component of ["TrustChain", "MultiServerCertificate", "Rollout", "ContactCenterExchange", "BulkCertificateExchange", "PhoneMigration"])
    it(`has a section for ${component} that names every argument`, () => {
      const file = join("sdk", "components", `${component.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.ts`);
      const args = new RegExp(`interface ${component}Args[^{]*\\{([\\s\\S]*?)^\\}`, "m").exec(read(file))![1]!;
      const section = new RegExp(`^## ${component}\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m").exec(text)?.[1] ?? "";
      for (const [, name] of args.matchAll(/^ {2}(\w+)\??: /gm)) assert.match(section, new RegExp(`\`${name}\\??\``), `${component} does not mention ${name}`);
    });
});

describe("links", () => {
  const pages = ["README.md", "lab/README.md", ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
  for (const file of pages)
    it(`of ${file} lead to files that exist`, () => {
      const targets = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
      assert.deepEqual(targets.filter((target) => !existsSync(join(ROOT, file, "..", target))), []);
    });
});
