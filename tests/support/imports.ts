// What a source file imports, read by the compiler's own parser: import, export from, import = require, import(), require() and import types.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix } from "node:path";
import ts from "typescript";

/** The folder that holds package.json: dist/tests/support is three below it. */
export const ROOT = join(__dirname, "..", "..", "..");

/** One import, as it stands. */
export interface Import {
  /** What is written between the quotes; `(computed)` when that is no literal. */
  specifier: string;
  /** Gone after compilation, because it says `type`. */
  typeOnly: boolean;
}

/** Source files of a folder, relative to the package, with forward slashes. */
export function sourceFiles(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist", "bin", "fixtures"].includes(entry.name) ? [] : sourceFiles(path);
    return /\.(ts|mts|cts|js|mjs|cjs)$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Every import of a text. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const one = importOf(node);
    if (one) found.push(one);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) return { specifier: literal(node.moduleSpecifier), typeOnly: isTypeImport(node.importClause) };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return { specifier: literal(node.moduleSpecifier), typeOnly: node.isTypeOnly || onlyTypes(node.exportClause) };
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) return { specifier: literal(node.moduleReference.expression), typeOnly: node.isTypeOnly };
  if (ts.isImportTypeNode(node)) return { specifier: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : "(computed)", typeOnly: true };
  if (ts.isCallExpression(node) && isLoading(node.expression)) return { specifier: literal(node.arguments[0]), typeOnly: false };
  return undefined;
}

function isLoading(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require") || (ts.isPropertyAccessExpression(callee) && callee.getText() === "require.resolve");
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  return clause.isTypeOnly || (!clause.name && onlyTypes(clause.namedBindings));
}

function onlyTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  return names !== undefined && (ts.isNamedImports(names) || ts.isNamedExports(names)) && names.elements.length > 0 && (names.elements as ts.NodeArray<ts.ImportSpecifier | ts.ExportSpecifier>).every(({ isTypeOnly }) => isTypeOnly);
}

function literal(node: ts.Node | undefined): string {
  return node && ts.isStringLiteralLike(node) ? node.text : "(computed)";
}

/** Where an import leads: a file of the package (`domain/windows.ts`), `node:fs`, or the name of a library. */
export function targetOf(file: string, specifier: string, files: ReadonlySet<string>): string {
  if (!specifier.startsWith(".")) return builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
  const path = posix.join(posix.dirname(file), specifier);
  return [path, `${path}.ts`, `${path}/index.ts`, `${path}.js`, `${path}/index.js`, path.replace(/\.js$/, ".ts")].find((one) => files.has(one)) ?? path;
}

/** The folder of a file, with its slash. */
export function folderOf(file: string): string {
  return `${dirname(file)}/`;
}
