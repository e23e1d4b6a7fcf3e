// A plain SSH client, for tests of the lab's Windows hosts. It trusts every host key: what that is, the tests look at themselves.
import { once } from "node:events";
import { Client, type ClientChannel, type ConnectConfig, type SFTPWrapper } from "ssh2";
import { type EstateDescription, type Lab, startLab, type WindowsHost, type WindowsHostDescription, type WindowsProduct } from "../../../lab";

export interface Said {
  code: number | undefined;
  /** Standard output, byte for byte as latin1. */
  output: string;
  errors: string;
}

/** One logged-in connection. */
export class WindowsClient {
  private constructor(private readonly client: Client) {}

  static async logIn(host: WindowsHost, how: Partial<ConnectConfig> = {}): Promise<WindowsClient> {
    const client = new Client();
    const ready = new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      client.on("error", reject);
      client.once("close", () => reject(new Error("closed")));
    });
    client.connect({ host: "127.0.0.1", port: host.ports.ssh, ...host.contactCenter.account.credential, ...how });
    await ready;
    // Otherwise every channel costs two delayed acknowledgements, some 90 ms.
    client.setNoDelay(true);
    return new WindowsClient(client);
  }

  /** Runs a line; the code is undefined when the session was lost. */
  run(line: string): Promise<Said> {
    return new Promise((resolve, reject) => {
      this.client.exec(line, (error, channel) => {
        if (error) return reject(error);
        const said: Said = { code: undefined, output: "", errors: "" };
        channel.on("data", (chunk: Buffer) => (said.output += chunk.toString("latin1")));
        channel.stderr.on("data", (chunk: Buffer) => (said.errors += chunk.toString("latin1")));
        channel.on("exit", (code: number) => (said.code = code));
        channel.on("close", () => resolve(said));
      });
    });
  }

  /** The channel of a line that has begun. */
  open(line: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => this.client.exec(line, (error, channel) => (error ? reject(error) : resolve(channel.resume()))));
  }

  /** The same, where it must end with 0; its output in lines. */
  async lines(line: string): Promise<string[]> {
    const { code, output, errors } = await this.run(line);
    if (code !== 0) throw new Error(`${line}: ${code} ${output}${errors}`);
    return output.split("\r\n").map((one) => one.trimEnd()).filter(Boolean);
  }

  sftp(): Promise<Sftp> {
    return new Promise((resolve, reject) => this.client.sftp((error, sftp) => (error ? reject(error) : resolve(new Sftp(sftp)))));
  }

  get closed(): Promise<unknown> {
    return once(this.client, "close");
  }

  end(): void {
    this.client.end();
  }

  /** Gone without a word, as when the client is killed. */
  destroy(): void {
    this.client.destroy();
  }
}

type Callback<T> = (error: Error | undefined | null, value?: T) => void;

export class Sftp {
  constructor(readonly raw: SFTPWrapper) {}

  read(path: string): Promise<Buffer> {
    return this.call<Buffer>((done) => this.raw.readFile(path, done));
  }

  write(path: string, content: string | Buffer): Promise<void> {
    return this.call<void>((done) => this.raw.writeFile(path, content, done));
  }

  list(path: string): Promise<string[]> {
    return this.call<{ filename: string }[]>((done) => this.raw.readdir(path, done)).then((entries) => entries.map(({ filename }) => filename));
  }

  /** Rejects also when the connection ends. */
  call<T>(work: (done: Callback<T>) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      this.raw.once("close", () => reject(new Error("the connection was closed")));
      work((error, value) => (error ? reject(error) : resolve(value as T)));
    });
  }
}

/** Does `work` with a client of its own. */
export async function withClient<T>(host: WindowsHost, work: (client: WindowsClient) => Promise<T>): Promise<T> {
  const client = await WindowsClient.logIn(host);
  try {
    return await work(client);
  } finally {
    client.end();
  }
}

const QUICK = { serviceStop: 1, serviceStart: 1, hostRestart: 1, hostServices: 1 };

export const HOST = "host.example.com";

/** One host of a product. */
export function startHost(product: WindowsProduct = "AW", more: Partial<WindowsHostDescription> & { release?: string } = {}, estate: Partial<EstateDescription> = {}): Promise<Lab> {
  const { timing, ...rest } = estate;
  return startLab({ name: "host", clusters: [], contactCenters: [{ name: "cc", windows: [{ fqdn: HOST, product, ...more }] }], timing: { ...QUICK, ...timing }, ...rest });
}

/** As Windows names it in an argument. */
export function quoted(path: string): string {
  return `"${path}"`;
}

/** `keytool` of a host's own Java, as the first words of a line. */
export function keytoolOf(host: WindowsHost): string {
  return quoted(`${host.layout.javaHomes[0]}\\bin\\keytool.exe`);
}
