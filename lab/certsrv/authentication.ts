// What IIS asks for before a page is shown: Basic, or NTLM bound to the connection. Negotiate is offered and never succeeds here.
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Authentication } from "../estate";
import type { Authority } from "./authority";
import { type Authenticate, messageType, negotiateFlags, readAuthenticate, type Target, writeChallenge } from "./ntlm/messages";
import { verifyNtlmV2 } from "./ntlm/verify";
import type { CertsrvRequest } from "./types";

/** Who may go on, or what the 401 offers. */
export type Admission = { requester: string; by: Authentication } | { offers: string[]; reason: string };

/** What a connection has come to in its NTLM handshake. */
interface Handshake {
  challenge?: Buffer;
  flags: number;
  requester?: string;
}

/** The door of one authority. */
export class Door {
  private readonly handshakes = new WeakMap<Socket, Handshake>();

  constructor(private readonly authority: Authority) {}

  /** Decides on one request; `socket` is its TCP connection. */
  admit({ headers }: CertsrvRequest, socket: Socket): Admission {
    const [, scheme, value = ""] = /^(\S+)\s+(\S+)$/.exec(headers["authorization"] ?? "") ?? [];
    if (!scheme) return this.remembered(socket);
    const method = this.methods.find((name) => name.toLowerCase() === scheme.toLowerCase());
    if (method === "Basic") return this.basic(value);
    if (method === "NTLM") return this.ntlm(Buffer.from(value, "base64"), socket);
    return this.refuse(`${scheme} not accepted`);
  }

  /** A connection that has logged in by NTLM stays so. */
  private remembered(socket: Socket): Admission {
    const requester = this.handshakes.get(socket)?.requester;
    return requester ? { requester, by: "NTLM" } : this.refuse("no credentials");
  }

  private get methods(): Authentication[] {
    return this.authority.description.authentication ?? ["Basic", "NTLM"];
  }

  private get requester(): string {
    return `${this.authority.domain}\\${this.authority.account.credential.username}`;
  }

  private refuse(reason: string): Admission {
    const realm = `Basic realm="${this.authority.fqdn}"`;
    const order: Authentication[] = ["Negotiate", "NTLM", "Basic"];
    return { reason, offers: order.filter((method) => this.methods.includes(method)).map((method) => (method === "Basic" ? realm : method)) };
  }

  /** `enroll`, `EXAMPLE\enroll`, `example.com\enroll` and `enroll@example.com` are one account. */
  private isOurs(username: string, domain: string): boolean {
    const [account, suffix = domain] = username.split("@");
    const domains = ["", this.authority.domain, this.authority.dnsDomain].map((name) => name.toLowerCase());
    return account!.toLowerCase() === this.authority.account.credential.username.toLowerCase() && domains.includes(suffix.toLowerCase());
  }

  private basic(value: string): Admission {
    const [, typed = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(value, "base64").toString("utf8")) ?? [];
    const [username, domain] = typed.includes("\\") ? [typed.replace(/^.*\\/, ""), typed.replace(/\\.*$/, "")] : [typed, ""];
    const account = this.authority.account;
    const known = this.isOurs(username, domain) ? account.credential.username : typed;
    return account.logIn(known, password, "certsrv") === "accepted" ? { requester: this.requester, by: "Basic" } : this.refuse("wrong user name or password");
  }

  private ntlm(message: Buffer, socket: Socket): Admission {
    const type = messageType(message);
    if (type === 1) return this.challenge(message, socket);
    const handshake = this.handshakes.get(socket);
    this.handshakes.delete(socket);
    if (type !== 3 || !handshake?.challenge) return this.refuse("NTLM message out of order on this connection");
    try {
      return this.verify(readAuthenticate(message, handshake.flags), handshake.challenge, socket);
    } catch {
      return this.refuse("NTLM message cut off");
    }
  }

  private challenge(message: Buffer, socket: Socket): Admission {
    const challenge = randomBytes(8);
    const flags = negotiateFlags(message);
    this.handshakes.set(socket, { challenge, flags });
    const { fqdn, dnsDomain, domain } = this.authority;
    const target: Target = { domain, computer: fqdn.split(".")[0]!.toUpperCase().slice(0, 15), dnsDomain, dnsComputer: fqdn };
    return { reason: "NTLM challenge", offers: [`NTLM ${writeChallenge(challenge, target, flags).toString("base64")}`] };
  }

  private verify(answer: Authenticate, challenge: Buffer, socket: Socket): Admission {
    const account = this.authority.account;
    const { username, password } = account.credential;
    const verdict = this.isOurs(answer.username, answer.domain) ? verifyNtlmV2(answer, challenge, password) : "unknown user";
    if (verdict !== "accepted") {
      account.logIn(answer.username, undefined, "certsrv");
      return this.refuse(verdict);
    }
    account.logIn(username, password, "certsrv");
    this.handshakes.set(socket, { flags: 0, requester: this.requester });
    return { requester: this.requester, by: "NTLM" };
  }
}
