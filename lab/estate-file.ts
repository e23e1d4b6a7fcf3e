import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import type { EstateDescription } from "./estate";
import { checkEstate } from "./estate-schema";
import { isRecord, type Path, pathText } from "./shape";

/** An estate that cannot be started, with everything that is wrong with it. */
export class EstateMistakes extends Error {
  constructor(
    /** One sentence each, with file and line. */
    readonly mistakes: string[],
  ) {
    super(mistakes.join("\n"));
  }
}

/** The line of what `path` names, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const found = document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return lines.linePos(found.range[0]).line;
  }
  return 1;
}

/** Reads an estate from YAML; `file` is only named in the mistakes. Without `name` it is called like the file. */
export function parseEstate(source: string, file: string): EstateDescription {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) throw new EstateMistakes(document.errors.map((error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`));
  const read: unknown = document.toJS();
  const value = isRecord(read) ? { name: basename(file, extname(file)).toLowerCase(), ...read } : read;
  const mistakes: { line: number; sentence: string }[] = [];
  checkEstate(value, (path, mistake) => {
    const line = lineOf(document, lines, path);
    mistakes.push({ line, sentence: `${file}:${line}: ${pathText(path) || "the estate"} ${mistake}` });
  });
  if (mistakes.length > 0) throw new EstateMistakes(mistakes.sort((a, b) => a.line - b.line).map(({ sentence }) => sentence));
  return value as EstateDescription;
}

export function readEstate(file: string): EstateDescription {
  return parseEstate(readFileSync(file, "utf8"), file);
}
