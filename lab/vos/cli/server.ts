// SSH of a node: its algorithms, and the platform's command line behind it, which is in connection.ts.
import type { Algorithms } from "ssh2";
import type { Running } from "../../lab";
import { startSshPort } from "../../ssh/port";
import type { VosNode } from "../node";
import { serveConnection } from "./connection";
import type { CliSettings } from "./host";

/** Those of platform-interfaces.md section 3.1 that ssh2 can serve (it has no server side of group-exchange). */
const ALGORITHMS: Algorithms = {
  kex: ["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"],
  cipher: ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes256-cbc", "aes192-cbc", "aes128-cbc"],
  hmac: ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"],
  serverHostKey: ["ecdsa-sha2-nistp256", "ssh-rsa"],
  compress: ["none"],
};

/** Before OpenSSH 6.2: nothing beyond SHA-1 and CBC. */
const OLD_ALGORITHMS: Algorithms = {
  kex: ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  cipher: ["aes128-cbc", "3des-cbc"],
  hmac: ["hmac-sha1", "hmac-md5"],
  serverHostKey: ["ssh-rsa"],
  compress: ["none"],
};

/** Starts the SSH port of a node, with the platform's command line behind it. */
export function startSsh(node: VosNode): Promise<Running & { drop(): void }> {
  const settings: CliSettings = { sessionLimit: 10, sessionTimeoutMinutes: 30 };
  const sessions = new Set<object>();
  return startSshPort(node, {
    keys: node.keys,
    interface: "ssh",
    closed: () => !node.services.started("System SSH"),
    server: { algorithms: node.description.oldSsh ? OLD_ALGORITHMS : ALGORITHMS, ident: "uccerts_lab" },
    serve: (client, drop) => serveConnection({ node, settings, sessions, drop }, client),
  });
}
