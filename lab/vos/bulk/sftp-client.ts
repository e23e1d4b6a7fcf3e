// How a publisher speaks to whatever SFTP server it was told of. It takes any host key, as nothing says that the platform asks for one.
import { Client, type SFTPWrapper, utils } from "ssh2";
import { Refusal } from "../refusal";
import { REFUSALS } from "./words";

const { STATUS_CODE } = utils.sftp;
const READY_MS = 20_000;

/** What `set cert bulk sftp` was told. */
export interface SftpSettings {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly directory: string;
  /** Instead of the password. No platform has one: for tests against an sshd that can check no password. */
  readonly privateKey?: string;
}

/** Where these settings lead in the lab. */
export type Route = Pick<SftpSettings, "address" | "port">;

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** The directory of an SFTP server, as long as a command works on it. */
export class RemoteDirectory {
  private constructor(
    private readonly client: Client,
    private readonly sftp: SFTPWrapper,
    private readonly settings: SftpSettings,
    private readonly lost: Promise<never>,
  ) {}

  /** Logs in. @throws a Refusal in the platform's words; the connection ends with `ended` */
  static async open(settings: SftpSettings, route: Route, ended: AbortSignal): Promise<RemoteDirectory> {
    const client = new Client();
    const { address, username, password, privateKey } = settings;
    const lost = new Promise<never>((_resolve, reject) => client.once("close", () => reject(new Refusal(REFUSALS.lost(address)))));
    lost.catch(() => {});
    const stop = () => client.destroy();
    ended.addEventListener("abort", stop, { once: true });
    client.once("close", () => ended.removeEventListener("abort", stop));
    await new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      client.once("close", () => reject(new Refusal(REFUSALS.connection(address))));
      client.on("error", ({ level }) => {
        reject(new Refusal(level === "client-authentication" ? REFUSALS.logIn(address) : REFUSALS.connection(address)));
        client.destroy();
      });
      client.connect({ host: route.address, port: route.port, username, ...(privateKey === undefined ? { password } : { privateKey }), readyTimeout: READY_MS });
      // Otherwise every question waits for a delayed acknowledgement, some 40 ms.
      client.setNoDelay(true);
    });
    const opening = new Promise<SFTPWrapper>((resolve, reject) => client.sftp((error, sftp) => (error ? reject(new Refusal(REFUSALS.connection(address))) : resolve(sftp))));
    return new RemoteDirectory(client, await Promise.race([opening, lost]), settings, lost);
  }

  /** Names of everything in it. */
  async list(): Promise<string[]> {
    const { directory } = this.settings;
    const rows = await this.step<{ filename: string }[]>((done) => this.sftp.readdir(directory, done), () => REFUSALS.directory(directory));
    return rows.map(({ filename }) => filename).sort();
  }

  read(name: string): Promise<Buffer> {
    return this.step<Buffer>((done) => this.sftp.readFile(this.path(name), done), () => REFUSALS.failed(name));
  }

  async write(name: string, content: Buffer): Promise<void> {
    const words = (status: number | undefined) => {
      if (status === STATUS_CODE.PERMISSION_DENIED) return REFUSALS.notWritable(name);
      return status === STATUS_CODE.NO_SUCH_FILE ? REFUSALS.directory(this.settings.directory) : REFUSALS.failed(name);
    };
    await this.step<void>((done) => this.sftp.writeFile(this.path(name), content, (error) => done(error, undefined)), words);
  }

  close(): void {
    this.client.destroy();
  }

  private path(name: string): string {
    return `${this.settings.directory.replace(/\/+$/, "")}/${name}`;
  }

  private step<T>(start: (done: Done<T>) => void, words: (status: number | undefined) => string): Promise<T> {
    const work = new Promise<T>((resolve, reject) => {
      start((error, value) => {
        if (!error) return resolve(value);
        // What ends with the connection is told by `lost`.
        if ("code" in error && typeof error.code === "number") reject(new Refusal(words(error.code)));
      });
    });
    return Promise.race([work, this.lost]);
  }
}
