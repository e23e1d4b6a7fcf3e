// Commands and files of a host over SSH and SFTP. Knows no platform: a command is a text, and what it means is up to who gives it.
import type { Client, ClientChannel, SFTPWrapper } from "ssh2";
import { PlatformError } from "../errors";
import { openClient, type SshEndpoint } from "./ssh-client";
import { Turns } from "./turns";

/** What a command came to. */
export interface Ended {
  code: number;
  /** Standard output and standard error, as they came. */
  output: Buffer;
}

export interface RemoteFile {
  name: string;
  bytes: number;
  /** By the host's clock, to the second. */
  modifiedAt: Date;
}

export interface RemoteTimes {
  /** Milliseconds until a connection must stand. */
  connect: number;
  /** Milliseconds until a command must have ended. */
  command: number;
}

/** sshd takes ten channels of one connection at once (MaxSessions), and each command is a process on a host that has other work. */
const AT_ONCE = 4;

const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** Begins something on a connection that stands, and tells how it ends. */
type Begin<T> = (client: Client, end: (value: T) => void, fail: (error: Error) => void) => void;

/** One connection to one host, opened when it is first needed, and anew after it was lost. */
export class Remote {
  private client: Promise<Client> | undefined;
  private closed = false;
  private readonly turns = new Turns(AT_ONCE);

  constructor(
    private readonly host: string,
    private readonly connect: () => Promise<SshEndpoint>,
    private readonly times: RemoteTimes,
    private readonly asUser: <T>(work: () => Promise<T>) => Promise<T>,
  ) {}

  /** Runs a command to its end. @throws PlatformError connection, timeout: what became of it is not known */
  async run(command: string, action: string, limit = this.times.command): Promise<Ended> {
    return this.limited(action, limit, (client, end, fail) =>
      client.exec(command, (error, channel) => {
        if (error) return fail(error);
        collect(channel, end, fail);
      }),
    );
  }

  /** The content of a file; undefined where there is none. */
  async read(path: string, action: string): Promise<Buffer | undefined> {
    return this.withFiles(action, (files, end, fail) =>
      files.readFile(path, (error: unknown, content) => {
        if (!error) return end(content);
        if (codeOf(error) === NO_SUCH_FILE) return end(undefined);
        fail(error as Error);
      }),
    );
  }

  /** When a file was changed last, to the second; undefined where there is none. */
  async modifiedAt(path: string, action: string): Promise<Date | undefined> {
    return this.withFiles<Date | undefined>(action, (files, end, fail) =>
      files.stat(path, (error: unknown, stats) => {
        if (!error) return end(new Date(stats.mtime * 1_000));
        if (codeOf(error) === NO_SUCH_FILE) return end(undefined);
        fail(error as Error);
      }),
    );
  }

  /** What lies in a folder, without the folders in it. @throws PlatformError notFound when there is no such folder */
  async list(path: string, action: string): Promise<RemoteFile[]> {
    return this.withFiles(action, (files, end, fail) =>
      files.readdir(path, (error: unknown, entries) => {
        if (error) return fail(error as Error);
        const others = entries.filter(({ filename, attrs }) => filename !== "." && filename !== ".." && !attrs.isDirectory());
        end(others.map(({ filename, attrs }) => ({ name: filename, bytes: attrs.size, modifiedAt: new Date(attrs.mtime * 1_000) })));
      }),
    );
  }

  /** Removes a file; succeeds when there is none. */
  async remove(path: string, action: string): Promise<void> {
    await this.withFiles<void>(action, (files, end, fail) => files.unlink(path, (error: unknown) => (error && codeOf(error) !== NO_SUCH_FILE ? fail(error as Error) : end())));
  }

  /** Writes a whole file. */
  async write(path: string, content: Buffer, action: string): Promise<void> {
    await this.withFiles<void>(action, (files, end, fail) => files.writeFile(path, content, (error: unknown) => (error ? fail(error as Error) : end())));
  }

  /** Says goodbye; nothing is opened any more. */
  async close(): Promise<void> {
    this.closed = true;
    const client = await this.client?.catch(() => undefined);
    client?.end();
    client?.destroy();
  }

  private open(action: string): Promise<Client> {
    if (this.closed) return Promise.reject(this.lost(action, "this run ends"));
    if (this.client) return this.client;
    const opening = this.asUser(async () => openClient(await this.connect(), this.times.connect));
    this.client = opening;
    const forget = () => {
      if (this.client === opening) this.client = undefined;
    };
    opening.then((client) => client.once("close", forget), forget);
    return opening;
  }

  private async withFiles<T>(action: string, work: (files: SFTPWrapper, end: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return this.limited<T>(action, this.times.command, (client, end, fail) =>
      client.sftp((error, files) => {
        if (error) return fail(error);
        const over = (then: () => void) => {
          files.end();
          then();
        };
        files.once("error", fail);
        files.once("close", () => fail(new Error("the SFTP session was closed by the host")));
        work(files, (value) => over(() => end(value)), (failure) => over(() => fail(failure)));
      }),
    );
  }

  /** Whatever comes first: the end, a failure, the loss of the connection, or the limit, which counts from its turn on. */
  private limited<T>(action: string, limit: number, begin: Begin<T>): Promise<T> {
    return this.turns.with(() => this.inTurn(action, limit, begin));
  }

  private async inTurn<T>(action: string, limit: number, begin: Begin<T>): Promise<T> {
    const client = await this.open(action);
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        client.removeListener("close", gone);
        then();
      };
      const fail = (error: Error) => settle(() => reject(this.failure(action, error)));
      const gone = () => settle(() => reject(this.lost(action, "the SSH connection was lost")));
      const timer = setTimeout(() => {
        settle(() => reject(new PlatformError("timeout", { node: this.host, action, answer: `not done after ${Math.round(limit / 1000)} s` })));
        client.destroy();
      }, limit);
      client.once("close", gone);
      try {
        begin(client, (value) => settle(() => resolve(value)), fail);
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  private failure(action: string, error: Error): PlatformError {
    if (error instanceof PlatformError) return error;
    if (codeOf(error) === NO_SUCH_FILE) return new PlatformError("notFound", { node: this.host, action, answer: error.message, cause: error });
    if (codeOf(error) === PERMISSION_DENIED) return new PlatformError("permission", { node: this.host, action, answer: error.message, cause: error });
    if (codeOf(error) !== undefined) return new PlatformError("rejected", { node: this.host, action, answer: error.message, cause: error });
    return this.lost(action, error.message);
  }

  private lost(action: string, answer: string): PlatformError {
    return new PlatformError("connection", { node: this.host, action, answer });
  }
}

/** The status of an SFTP answer; undefined for what is none. */
function codeOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

function collect(channel: ClientChannel, end: (ended: Ended) => void, fail: (error: Error) => void): void {
  const chunks: Buffer[] = [];
  let code: number | undefined;
  channel.on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.on("exit", (status: number | null) => (code = status ?? undefined));
  channel.on("error", fail);
  channel.on("close", () => (code === undefined ? fail(new Error("the session was lost before the command had ended")) : end({ code, output: Buffer.concat(chunks) })));
  channel.end();
}
