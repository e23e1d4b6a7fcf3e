// The database of a cluster, for `run sql` and AXL's executeSQLQuery: real SQL (SQLite) where the platform has Informix.
import initSqlJs, { type Database, type SqlJsStatic } from "sql.js";
import type { VosCluster } from "./cluster";
import { tablesOf, type Value } from "./database-tables";

/** The database says no; in the words and with the number of Informix where there are such. */
export class SqlError extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

export interface SqlResult {
  columns: string[];
  rows: (string | null)[][];
}

const WORDS: [pattern: RegExp, code: number, words: string][] = [
  [/^no such table: (?:main\.)?(.+)/, -206, "The specified table ($1) is not in the database."],
  [/^no such column: (.+)/, -217, "Column ($1) not found in any table in the query (or SLV is undefined)."],
  [/^ambiguous column name: (.+)/, -324, "Ambiguous column ($1)."],
  [/^no such function: (.+)/, -674, "Routine ($1) can not be resolved."],
  [/.*/s, -201, "A syntax error has occurred."],
];

let engine: Promise<SqlJsStatic> | undefined;

function informixError(error: unknown): SqlError {
  const said = error instanceof Error ? error.message : String(error);
  const [pattern, code, words] = WORDS.find(([one]) => one.test(said))!;
  return new SqlError(said.replace(pattern, words), code);
}

/** Informix: text may stand in double quotes, and `select skip 5 first 10 …` pages. */
function toSqlite(sql: string): string {
  const verb = /^\s*(\w*)/.exec(sql)![1]!.toLowerCase();
  if (verb !== "select") throw new SqlError(`This lab's database is only read: "${verb}" is not emulated, see lab/README.md`, -1);
  const quoted = sql.replace(/'(?:[^']|'')*'|"((?:[^"]|"")*)"/g, (all, text?: string) => (text === undefined ? all : `'${text.replace(/""/g, '"').replace(/'/g, "''")}'`));
  const paged = /^\s*select\s+(?:skip\s+(\d+)\s+)?(?:first\s+(\d+)\s+)?/i.exec(quoted)!;
  const [head, skip, first] = paged;
  if (!skip && !first) return quoted;
  return `select ${quoted.slice(head.length).replace(/;\s*$/, "")} limit ${first ?? -1} offset ${skip ?? 0}`;
}

/** Names come back in lower case; a result without a name is called after its function, as in `(count)`. */
function columnName(name: string): string {
  if (/^[a-z_]\w*$/i.test(name)) return name.toLowerCase();
  return `(${/^(count|sum|min|max|avg)\s*\(/i.exec(name)?.[1]?.toLowerCase() ?? "expression"})`;
}

function fill(database: Database, cluster: VosCluster): void {
  // `like` tells case apart in Informix.
  database.run("pragma case_sensitive_like = on");
  for (const [name, { columns, rows }] of Object.entries(tablesOf(cluster))) {
    database.run(`create table ${name} (${columns})`);
    const insert = database.prepare(`insert into ${name} values (${columns.split(",").map(() => "?").join(",")})`);
    for (const row of rows) insert.run(row);
    insert.free();
  }
}

function read(database: Database, sql: string): SqlResult {
  let result: SqlResult | undefined;
  for (const statement of database.iterateStatements(sql)) {
    if (result) throw new SqlError("A syntax error has occurred.", -201);
    result = { columns: statement.getColumnNames().map(columnName), rows: [] };
    while (statement.step()) result.rows.push((statement.get() as Value[]).map((value) => (value === null ? null : String(value))));
  }
  return result!;
}

/**
 * What a query answers, with nulls and with the columns of an empty answer.
 * The tables are made anew for every query: a cluster has some hundred rows, which takes a few milliseconds, and so no
 * change of the estate has to be told to the database.
 */
export async function querySql(cluster: VosCluster, sql: string): Promise<SqlResult> {
  const statement = toSqlite(sql);
  engine ??= initSqlJs();
  const { Database: Made } = await engine;
  const database = new Made();
  try {
    fill(database, cluster);
    return read(database, statement);
  } catch (error) {
    throw error instanceof SqlError ? error : informixError(error);
  } finally {
    database.close();
  }
}

/** The rows that a query answers, columns in their order, null as empty text. Only `select`; throws a SqlError. */
export async function runSql(cluster: VosCluster, sql: string): Promise<Record<string, string>[]> {
  const { columns, rows } = await querySql(cluster, sql);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice) throw new SqlError(`Two columns are called ${twice}: give one another name with "as"`, -1);
  return rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index]!, value ?? ""])));
}

/** A result as the CLI prints it: header, a line of `=`, the rows. */
export function sqlLines({ columns, rows }: SqlResult): string[] {
  const text = rows.map((row) => row.map((value) => value ?? "NULL"));
  const widths = columns.map((name, index) => Math.max(name.length, ...text.map((row) => row[index]!.length)));
  const line = (cells: string[]) => cells.map((cell, index) => cell.padEnd(widths[index]!)).join(" ").trimEnd();
  return [line(columns), line(widths.map((width) => "=".repeat(width))), ...text.map(line)];
}

/** The same for the rows of `runSql`; nothing for none, because rows know their columns and an empty list does not. */
export function sqlTable(rows: Record<string, string>[]): string[] {
  if (rows.length === 0) return [];
  return sqlLines({ columns: Object.keys(rows[0]!), rows: rows.map((row) => Object.values(row)) });
}
