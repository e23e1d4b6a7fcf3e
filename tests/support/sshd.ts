// OpenSSH's own sshd with internal-sftp, for tests that also run against the real thing: on a free port of 127.0.0.1, as the user who runs the tests.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { utils } from "ssh2";
import { KeyPool } from "../../lab/keys";
import { hostKeys } from "../../lab/ssh/host-keys";

/** It does not start by a relative path. */
const PROGRAM = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd"].find((path) => existsSync(path));

/** What the package's own service makes: without it no root can start one. */
const RUN = "/run/sshd";

/** For `skip` of what needs one: why it is skipped; false where it can be started. */
export const NO_SSHD: string | false = whyNot();

function whyNot(): string | false {
  if (!PROGRAM) return "this machine has no sshd: install openssh-server, as .ci/run does where it can";
  return process.getuid?.() === 0 && process.platform === "linux" && !existsSync(RUN) && `root starts sshd only where there is ${RUN}: make it, as .ci/run does`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A key of the user's, in PEM, with its line of authorized_keys. */
async function userKey(keys: KeyPool): Promise<{ pem: string; line: string }> {
  const pem = createPrivateKey(await keys.next("rsa-2048")).export({ type: "pkcs1", format: "pem" }).toString();
  const key = utils.parseKey(pem);
  assert.ok(!(key instanceof Error));
  return { pem, line: `ssh-rsa ${key.getPublicSSH().toString("base64")}` };
}

/** Resolves when it listens. */
async function listening(process: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: process.stderr! })) {
    said.push(line);
    if (line.startsWith("Server listening")) return;
  }
  throw new Error(`sshd did not start: ${said.join("; ")}`);
}

/** A running one. Without root nobody's password can be checked: it lets in by a key alone. */
export class Sshd {
  readonly username = userInfo().username;
  /** A folder of this machine, empty at the start. */
  readonly directory: string;

  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
    readonly port: number,
    /** PEM. */
    readonly privateKey: string,
    /** `SHA256:…` of each. */
    readonly hostKeys: readonly string[],
  ) {
    this.directory = join(folder, "exchange");
    mkdirSync(this.directory);
  }

  /** @param options of internal-sftp, such as `-R`: read-only */
  static async start(options = ""): Promise<Sshd> {
    const folder = mkdtempSync(join(tmpdir(), "uccerts-sshd-"));
    const keys = new KeyPool();
    const [host, user, port] = [await hostKeys(keys), await userKey(keys), await freePort()];
    const files = host.pems.map((pem, index) => {
      writeFileSync(join(folder, `host-${index}`), pem, { mode: 0o600 });
      return `HostKey ${join(folder, `host-${index}`)}`;
    });
    writeFileSync(join(folder, "authorized_keys"), `${user.line}\n`);
    const settings = [`Port ${port}`, "ListenAddress 127.0.0.1", ...files, "PidFile none", `AuthorizedKeysFile ${join(folder, "authorized_keys")}`, "StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", `ForceCommand internal-sftp ${options}`, "Subsystem sftp internal-sftp"];
    writeFileSync(join(folder, "sshd_config"), `${settings.join("\n")}\n`);
    chmodSync(folder, 0o755);
    const process = spawn(PROGRAM!, ["-D", "-e", "-f", join(folder, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
    await listening(process);
    process.stderr.resume();
    return new Sshd(folder, process, port, user.pem, host.fingerprints);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    if (this.process.exitCode === null && this.process.kill()) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One for the tests of a suite; ask for it within a test. */
export function sshd(options?: string): () => Sshd {
  let running: Sshd | undefined;
  before(async () => {
    if (!NO_SSHD) running = await Sshd.start(options);
  });
  after(() => running?.stop());
  return () => {
    assert.ok(running, "sshd has not started");
    return running;
  };
}
