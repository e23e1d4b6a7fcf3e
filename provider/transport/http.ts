// Plain HTTP, for what is the same for everybody and signed by itself. Nobody logs in, and nothing is verified here.
import { request } from "node:http";
import { PlatformError } from "../errors";

export interface HttpPlace {
  /** By its own name, for messages. */
  host: string;
  address: string;
  port: number;
}

export interface HttpAnswer {
  status: number;
  body: Buffer;
}

/** More than any file of TFTP that is asked for here; phones take much less. */
const ANSWER_BYTES = 4_000_000;

/** One GET over a connection of its own. Every answer is an answer; what is none is a PlatformError. `limit` in milliseconds. */
export function httpGet({ host, address, port }: HttpPlace, path: string, action: string, limit: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (kind: "connection" | "timeout" | "unknown", answer: string, cause?: Error) => {
      clearTimeout(timer);
      asked.destroy();
      reject(new PlatformError(kind, { node: host, action, answer, cause }));
    };
    const lost = (error: NodeJS.ErrnoException) => fail("connection", `no answer from ${address}:${port} (${error.code ?? error.message})`, error);
    const asked = request({ host: address, port, path, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES) fail("unknown", `the answer is longer than ${ANSWER_BYTES} bytes`);
      });
      answer.on("error", lost);
      answer.on("end", () => {
        clearTimeout(timer);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
    });
    const timer = setTimeout(() => fail("timeout", `no answer from ${address}:${port} in time`), limit);
    asked.on("error", lost);
    asked.end();
  });
}
