// What a CUCM node gives to phones: ITL and CTL by HTTP, and TVS; and the CTL update by CLI. platform-interfaces.md 3.6 and 5.
import { TVS_PORT, decodeTvsAnswer, encodeTvsQuery, type TvsAnswer, tvsMessageLength, type TvsQuery } from "../../../domain/tvs";
import { readTrustList, type TrustList } from "../../../domain/trust-list/read";
import { readShownTrustList, type ShownTrustList } from "../../../domain/trust-list/text";
import { toPem } from "../../../domain/x509/pem";
import { isLost, PlatformError, type PlatformErrorKind } from "../../errors";
import { httpGet } from "../../transport/http";
import type { Endpoint } from "../../transport/https";
import { retry } from "../../transport/retry";
import { exchange, speaksTls } from "../../transport/tls-exchange";
import type { TrustFilePlatform } from "../trust-files";
import { kindOf, plainText } from "./failures";
import type { PlatformCli } from "./cli/platform-cli";

export interface TrustFileParts {
  fqdn: string;
  cli: Pick<PlatformCli, "read" | "write">;
  endpoint(port: number): Endpoint;
  /** Milliseconds. */
  times: { connect: number; request: number; retryFirst: number };
}

const TFTP_PORT = 6970;
/** The one question of the update; any other one aborts it. */
const UPDATE = { question: /\bCTL ?File\b.*\bcontinue\s*\?\s*\(y\/n\)\s*:?\s*$/i, answer: "y" };
const UPDATED = /CTL ?file (has been )?updated/i;
/** A port that nobody takes is looked at once more, as that of a service that comes up. */
const LOOKS = 2;

export class TrustFiles implements TrustFilePlatform {
  private questions = 0;

  constructor(private readonly parts: TrustFileParts) {}

  served(kind: "ITL" | "CTL"): Promise<TrustList | undefined> {
    const action = `read the ${kind} file that phones get`;
    return this.again(async () => {
      const { status, body } = await httpGet(this.parts.endpoint(TFTP_PORT), `/${kind}File.tlv`, action, this.parts.times.request);
      if (status === 404) return undefined;
      if (status === 200) return this.understood(action, () => readTrustList(body));
      throw this.failure(status === 503 ? "busy" : "unknown", action, `${plainText(body.toString("utf8"))} (HTTP ${status})`);
    });
  }

  async shown(kind: "ITL" | "CTL"): Promise<ShownTrustList | undefined> {
    const action = `read the ${kind} file`;
    const output = await this.parts.cli.read(`show ${kind.toLowerCase()}`, action);
    return this.understood(action, () => readShownTrustList(output));
  }

  /** Where the answer is lost the file tells: every update writes it anew. */
  async updateCtl(): Promise<string> {
    const before = (await this.shown("CTL"))?.sha1;
    try {
      return await this.orderUpdate();
    } catch (error) {
      const after = isLost(error) ? (await this.shown("CTL"))?.sha1 : before;
      if (after === undefined || after === before) throw error;
      return "CTL file Updated";
    }
  }

  askTvs(query: Omit<TvsQuery, "id">): Promise<{ answer: TvsAnswer; servedBy: string }> {
    const action = `ask TVS about the certificate ${query.serialNumber}`;
    return this.again(async () => {
      const id = ++this.questions;
      const { answer: bytes, shown } = await exchange(this.parts.endpoint(TVS_PORT), encodeTvsQuery({ ...query, id }), tvsMessageLength, action, this.parts.times);
      const answer = this.understood(action, () => decodeTvsAnswer(bytes));
      if (answer.id !== id) throw this.failure("unknown", action, `it answers question ${answer.id}, not ${id}`);
      return { answer, servedBy: toPem("CERTIFICATE", shown) };
    });
  }

  async tvsPortOpen(): Promise<boolean> {
    for (let look = 1; look <= LOOKS; look++) if (await speaksTls(this.parts.endpoint(TVS_PORT), this.parts.times.connect)) return true;
    return false;
  }

  private async orderUpdate(): Promise<string> {
    const action = "update the CTL";
    const output = await this.parts.cli.write({ line: "utils ctl update CTLFile", action, replies: [UPDATE] });
    const words = output.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !/\(y\/n\)|^executed command unsuccessfully/i.test(line)).join("; ");
    if (!UPDATED.test(words)) throw this.failure("rejected", action, words || "no answer");
    return words;
  }

  private again<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, { first: this.parts.times.retryFirst });
  }

  private understood<T>(action: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const words = (error as Error).message;
      throw this.failure(kindOf(words) ?? "unknown", action, words, error);
    }
  }

  private failure(kind: PlatformErrorKind, action: string, answer: string, cause?: unknown): PlatformError {
    return new PlatformError(kind, { node: this.parts.fqdn, action, answer, cause });
  }
}
