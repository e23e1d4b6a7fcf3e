// Questions to the person at the keyboard.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** The terminal of this process; undefined when nobody sits there. Questions go to standard error, so that the result can be redirected. */
export function terminal(): Terminal | undefined {
  return process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
}

/** One line, without its end. With `hidden` nothing that is typed is shown. */
export function ask({ input, output }: Terminal, question: string, { hidden = false } = {}): Promise<string> {
  output.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: hidden ? silent : output, terminal: hidden || undefined, historySize: 0 });
  return new Promise((resolve) => {
    let answer = "";
    lines.once("line", (line) => {
      answer = line;
      lines.close();
    });
    lines.once("SIGINT", () => {
      output.write("\n");
      process.kill(process.pid, "SIGINT");
    });
    lines.once("close", () => {
      if (hidden) output.write("\n");
      resolve(answer);
    });
  });
}
