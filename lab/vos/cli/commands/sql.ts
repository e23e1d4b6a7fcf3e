import { querySql, SqlError, sqlLines } from "../../database";
import type { Call, Command } from "../command";

async function runSql({ node, words }: Call): Promise<string[]> {
  try {
    return sqlLines(await querySql(node.cluster, words.join(" ")));
  } catch (error) {
    if (error instanceof SqlError) return [error.message];
    throw error;
  }
}

export const sqlCommands: Command[] = [{ name: "run sql", takes: [1, 999], run: runSql }];
