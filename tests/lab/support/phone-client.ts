// What a phone does on the network, for tests of the lab: fetches files from TFTP by HTTP, and asks TVS. It trusts whatever is served.
import { once } from "node:events";
import { request } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import { decodeTvsAnswer, encodeTvsQuery, type TvsAnswer, tvsMessageLength, type TvsQuery } from "../../../domain/tvs";
import { readTrustList, type TrustList } from "../../../domain/trust-list/read";
import type { Described } from "../../../lab/pki/read";
import { namesOf } from "../../../lab/trust-list/write";
import type { VosNode } from "../../../lab/vos/node";

export const PHONE = "SEP001122334455";

export interface Fetched {
  status: number;
  body: Buffer;
}

/** One request over a connection of its own. */
export function fetchTftp({ ports }: VosNode, name: string, method = "GET"): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: ports.tftp, path: `/${name}`, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** A file that must be there. */
export async function fetchList(node: VosNode, name: string): Promise<TrustList> {
  const { status, body } = await fetchTftp(node, name);
  if (status !== 200) throw new Error(`${name} of ${node.fqdn}: ${status}`);
  return readTrustList(body);
}

/** Role and serial number of every record. */
export function rows({ records }: TrustList): string[] {
  return records.map(({ role, serialNumber }) => `${role} ${serialNumber}`);
}

/** As records have it. */
export function serialOf(node: VosNode, purpose: string): string {
  return node.store.identities.get(purpose)!.certificate.parsed.serialNumber.replace(/^0+(?=.)/, "");
}

/** The question about a certificate, as a phone asks it. */
export function questionAbout({ pem, parsed }: Described, id = 1): TvsQuery {
  const { subject, issuer } = namesOf(pem);
  return { id, device: PHONE, subject, issuer, serialNumber: parsed.serialNumber };
}

/** A conversation with the TVS of a node. */
export class TvsClient {
  private received = Buffer.alloc(0);
  private over = false;

  private constructor(readonly socket: TLSSocket) {
    socket.on("data", (chunk: Buffer) => (this.received = Buffer.concat([this.received, chunk])));
    socket.on("close", () => (this.over = true));
    socket.on("error", () => {});
  }

  static async open({ ports }: VosNode): Promise<TvsClient> {
    const socket = connect({ host: "127.0.0.1", port: ports.tvs, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    return new TvsClient(socket);
  }

  /** One question over a connection of its own. */
  static async ask(node: VosNode, query: TvsQuery): Promise<TvsAnswer> {
    const client = await TvsClient.open(node);
    try {
      client.socket.write(encodeTvsQuery(query));
      return await client.answer();
    } finally {
      client.socket.destroy();
    }
  }

  /** The next answer; fails when the connection ends before. */
  async answer(): Promise<TvsAnswer> {
    for (;;) {
      const length = tvsMessageLength(this.received);
      if (length !== undefined && length <= this.received.length) {
        const answer = decodeTvsAnswer(this.received.subarray(0, length));
        this.received = this.received.subarray(length);
        return answer;
      }
      if (this.over) throw new Error("the connection has ended");
      await Promise.race([once(this.socket, "data"), once(this.socket, "close")]);
    }
  }

  /** Resolves when the node has ended the connection. */
  async ended(): Promise<void> {
    if (!this.over) await once(this.socket, "close");
  }
}
