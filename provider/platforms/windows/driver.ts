// A Windows host over OpenSSH: commands of cmd.exe, files by SFTP.
import { type Certificate, type KeyFacts, parseCertificate } from "../../../domain/x509/certificate";
import { PlatformError } from "../../errors";
import { retry } from "../../transport/retry";
import type { HostClock, HostFacts, StoreChange, StoreContent, StoreLocation, WindowsPlatform, WindowsService } from "../windows";
import { type Commands, isElevated, processIn, registryValues, servicesIn, sftpPath, textOf, wmiTime, word } from "./commands";
import type { Keystores } from "./keystores";

/** Without ICM there is no such key. */
const ICM = "HKLM\\SOFTWARE\\Cisco Systems, Inc.\\ICM\\SystemSettings";
const ENVIRONMENT = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";

/** `keytool` shows every certificate of the chain, the server's own first. */
const FIRST_PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/;

/** ERROR_SERVICE_NOT_ACTIVE, ERROR_SERVICE_ALREADY_RUNNING: what was ordered is so already. */
const SETTLED = [1062, 1056];

export interface WindowsParts {
  commands: Commands;
  keystores: Keystores;
  /** Milliseconds before the first repetition. */
  retryFirst: number;
}

export class WindowsDriver implements WindowsPlatform {
  private known: Promise<HostFacts> | undefined;

  constructor(private readonly parts: WindowsParts) {}

  get fqdn(): string {
    return this.parts.commands.fqdn;
  }

  facts(): Promise<HostFacts> {
    const reading = (this.known ??= this.readFacts());
    reading.catch(() => (this.known = undefined));
    return reading;
  }

  async clock(): Promise<HostClock> {
    const text = await this.read("wmic os get LastBootUpTime,LocalDateTime /value", "read the clock");
    const [now, bootedAt] = [wmiTime(text, "LocalDateTime"), wmiTime(text, "LastBootUpTime")];
    if (now && bootedAt) return { now, bootedAt };
    throw new PlatformError("unknown", { node: this.fqdn, action: "read the clock", answer: text.trim().slice(0, 200) || "nothing" });
  }

  async existing(paths: readonly string[]): Promise<string[]> {
    const text = await this.read(paths.map((path, index) => `(if exist ${word(path)} echo ${index})`).join(" & "), `look for ${paths.join(", ")}`);
    const found = new Set(text.split("\n").map((line) => line.trim()));
    return paths.filter((_, index) => found.has(String(index)));
  }

  async text(path: string): Promise<string | undefined> {
    const content = await this.again(() => this.parts.commands.remote.read(sftpPath(path), `read ${path}`));
    return content?.toString("latin1");
  }

  modifiedAt(path: string): Promise<Date | undefined> {
    return this.again(() => this.parts.commands.remote.modifiedAt(sftpPath(path), `look at ${path}`));
  }

  keystore(location: StoreLocation): Promise<StoreContent> {
    return this.parts.keystores.read(location);
  }

  changeKeystore(location: StoreLocation, seen: StoreContent, change: StoreChange): Promise<string> {
    return this.parts.keystores.change(location, seen, change);
  }

  repairKeystore(location: StoreLocation): Promise<string | undefined> {
    return this.parts.keystores.repair(location);
  }

  async served(keytool: string, host: string, port: number, keyType: KeyFacts["type"]): Promise<Certificate | undefined> {
    const action = `look at the certificate on port ${port} of ${host}`;
    const schemes = keyType === "EC" ? " -J-Djdk.tls.client.SignatureSchemes=ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384,ecdsa_secp521r1_sha512" : "";
    const text = await this.read(`${word(keytool)} -J-Duser.language=en${schemes} -printcert -rfc -sslserver ${host}:${port}`, action);
    const pem = FIRST_PEM.exec(text)?.[0];
    if (!pem) throw new PlatformError("connection", { node: this.fqdn, action, answer: text.trim().split("\n")[0] || "nothing" });
    const certificate = parseCertificate(pem);
    return certificate.key.type === keyType ? certificate : undefined;
  }

  async services(): Promise<WindowsService[]> {
    return servicesIn(await this.read("sc query state= all bufsize= 262144", "list the services"));
  }

  async startedAt(service: string): Promise<Date | undefined> {
    const action = `look when ${service} was started`;
    const process = processIn(await this.read(`sc queryex ${word(service)}`, action));
    if (process === undefined) return undefined;
    return wmiTime(await this.read(`wmic process where ProcessId=${process} get CreationDate /value`, action), "CreationDate");
  }

  stopService(name: string): Promise<void> {
    return this.order("stop", name);
  }

  startService(name: string): Promise<void> {
    return this.order("start", name);
  }

  async restart(): Promise<void> {
    await this.parts.commands.run("shutdown /r /t 0", "restart the server");
  }

  private async readFacts(): Promise<HostFacts> {
    const [groups, environment] = [await this.read("whoami /groups", "look at the rights of the session"), await this.read(`reg query ${word(ENVIRONMENT)}`, "read the machine's variables")];
    const icm = await this.again(() => this.parts.commands.remote.run(`reg query ${word(ICM)} /v InstallDrive`, "look for the drive of ICM"));
    const icmDrive = icm.code === 0 ? registryValues(textOf(icm)).INSTALLDRIVE?.replace(/:.*$/, "") : undefined;
    return { elevated: isElevated(groups), environment: registryValues(environment), icmDrive };
  }

  private async order(verb: "stop" | "start", name: string): Promise<void> {
    const action = `${verb} ${name}`;
    const ended = await this.parts.commands.remote.run(`sc ${verb} ${word(name)}`, action);
    if (ended.code === 0 || SETTLED.some((code) => ended.code === code || textOf(ended).includes(` ${code}:`))) return;
    throw this.parts.commands.refusal(action, ended);
  }

  private read(command: string, action: string): Promise<string> {
    return this.again(() => this.parts.commands.run(command, action));
  }

  /** For what only reads. */
  private again<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, { first: this.parts.retryFirst });
  }
}
