// The host key that an SSH server shows. Nothing is sent after it, so nothing has to be trusted for looking.
import { createHash } from "node:crypto";
import { Client } from "ssh2";
import { PlatformError } from "../errors";
import { algorithmsOf, type AllowedAlgorithms, Offers } from "./ssh-algorithms";

/** A server, and what its connection allows. */
export interface SshServer {
  host: string;
  address: string;
  port: number;
  /** Name of the connection, for what to add to it. */
  connection: string;
  algorithms?: AllowedAlgorithms;
}

/** `SHA256:…` of a host key, as ssh-keygen prints it. */
export function hostKeyFingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** What `host` shows before any log-in. `limit` in milliseconds. */
export function shownHostKey({ host, address, port, connection, algorithms }: SshServer, limit: number): Promise<string> {
  const client = new Client();
  const offers = new Offers();
  let shown: string | undefined;
  return new Promise((resolve, reject) => {
    const end = (error?: Error & { level?: string; code?: string }) => {
      clearTimeout(timer);
      // Its listeners stay: a client can tell of more than one error.
      client.destroy();
      if (shown) return resolve(shown);
      const missing = offers.missing(error?.message ?? "", connection, algorithms);
      if (missing) return reject(new PlatformError("rejected", { node: host, action: "look at the SSH host key", ...missing, cause: error }));
      const timedOut = error?.level === "client-timeout";
      const answer = timedOut ? `no SSH server on ${address}:${port} in time` : `no SSH connection to ${address}:${port} (${error?.code || error?.message || "the connection was closed"})`;
      reject(new PlatformError(timedOut ? "timeout" : "connection", { node: host, action: "look at the SSH host key", answer, cause: error }));
    };
    const timer = setTimeout(() => end(Object.assign(new Error("no host key in time"), { level: "client-timeout" })), limit);
    client.on("error", end);
    client.once("close", () => end());
    client.connect({
      host: address,
      port,
      username: "nobody",
      readyTimeout: limit,
      algorithms: algorithmsOf(algorithms),
      debug: offers.listen,
      hostVerifier: (key: Buffer) => {
        shown = hostKeyFingerprint(key);
        return false;
      },
    });
  });
}
