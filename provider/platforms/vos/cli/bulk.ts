// `set cert bulk …`: platform-interfaces.md 6. Its prompts are not recorded in public: they are told by the field that they name, and any other one aborts.
import { PlatformError } from "../../../errors";
import type { BulkOperation, BulkPlatform, BulkServer } from "../../bulk";
import type { Asked } from "./platform-cli";
import type { Reply } from "./session";

/** What a session is asked through. */
export interface BulkCliParts {
  host: string;
  write(command: Asked): Promise<string>;
  /** Milliseconds; an operation waits for the nodes and for the SFTP server. */
  limit: number;
}

/** Words by which a prompt names its field; a prompt that names two is not known. */
const FIELDS: readonly [keyof BulkServer, RegExp][] = [
  ["address", /\b(ip address|host ?name|address)\b/i],
  ["port", /\bport\b/i],
  ["username", /\b(user ?id|user ?name|login)\b/i],
  ["password", /\bpass(word|phrase)\b/i],
  ["directory", /\b(directory|path)\b/i],
];

/** A prompt ends with a colon; a default may stand before it. */
const PROMPT = /:\s*$/;

const FAILED = /unsuccessful|^\s*(error|fail(ed|ure)?|unable|invalid|cannot|no valid)\b/im;
const DONE = /^\s*successfully (?:exported|consolidated|imported) (\S+) certificate/gim;
const SAVED = /success/i;

/** A pattern that matches a prompt which names this field and no other. */
function promptOf(field: keyof BulkServer): RegExp {
  const others = FIELDS.filter(([name]) => name !== field).map(([, words]) => `(?!.*${words.source})`);
  const own = FIELDS.find(([name]) => name === field)![1].source;
  return new RegExp(`^${others.join("")}(?=.*${own}).*${PROMPT.source}`, "i");
}

export class BulkCli implements BulkPlatform {
  constructor(private readonly parts: BulkCliParts) {}

  async configure(server: BulkServer): Promise<void> {
    const action = "configure the SFTP server of bulk certificate management";
    const replies = FIELDS.map(([field]): Reply => ({ question: promptOf(field), answer: String(server[field]) }));
    const output = await this.parts.write({ line: "set cert bulk sftp", action, replies });
    if (FAILED.test(output) || !SAVED.test(output)) this.rejected(action, output, server.password);
  }

  async run(operation: BulkOperation, type: string): Promise<string[]> {
    const action = `bulk ${operation} of ${type === "all" ? "all types" : type}`;
    const output = await this.parts.write({ line: `set cert bulk ${operation} ${type}`, action, limit: this.parts.limit });
    const done = [...output.matchAll(DONE)].map(([, name]) => name!);
    if (FAILED.test(output) || done.length === 0) this.rejected(action, output);
    return done;
  }

  /** In the platform's own words, without the lines of what went well. */
  private rejected(action: string, output: string, secret?: string): never {
    const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !/^executed command unsuccessfully|^successfully /i.test(line));
    const words = lines.slice(-3).join("; ") || "no answer";
    throw new PlatformError("rejected", { node: this.parts.host, action, answer: secret ? words.split(secret).join("[secret]") : words });
  }
}
