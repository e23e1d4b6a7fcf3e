// A Windows host over OpenSSH: commands of cmd.exe, files by SFTP.
import { type Certificate, type KeyFacts, parseCertificate } from "../../../domain/x509/certificate";
import { PlatformError } from "../../errors";
import type { Ended } from "../../transport/remote";
import { retry } from "../../transport/retry";
import type { HostClock, HostFacts, StoreChange, StoreContent, StoreLocation, WindowsPlatform, WindowsService } from "../windows";
import { type Commands, isElevated, processIn, registryValues, servicesIn, sftpPath, textOf, wmiTime, word } from "./commands";
import type { Keystores } from "./keystores";
import { causeIn, FIRST_PEM, HANDSHAKE_REFUSED, NO_CONNECTION, printCommand } from "./keytool";

/** Without ICM there is no such key. */
const ICM = "HKLM\\SOFTWARE\\Cisco Systems, Inc.\\ICM\\SystemSettings";
const ENVIRONMENT = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";


/** ERROR_SERVICE_NOT_ACTIVE, ERROR_SERVICE_ALREADY_RUNNING: what was ordered is so already. */
const SETTLED = [1062, 1056];
/** ERROR_SERVICE_CANNOT_ACCEPT_CTRL: it is on its way; down, where it was told to stop before. */
const MOVING = 1061;
/** ERROR_SHUTDOWN_IN_PROGRESS: what was ordered has begun already. */
const GOING_DOWN = 1115;

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
    const ended = await this.again(() => this.lookAt(printCommand(keytool, host, port, keyType), action));
    const text = textOf(ended);
    if (ended.code !== 0 && HANDSHAKE_REFUSED.test(text)) return undefined;
    const pem = FIRST_PEM.exec(text)?.[0];
    if (ended.code !== 0 || !pem) throw new PlatformError("rejected", { node: this.fqdn, action, answer: causeIn(text) });
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
    const action = "restart the server";
    const ended = await this.parts.commands.remote.run("shutdown /r /t 0", action);
    if (ended.code !== 0 && !saysOneOf(ended, [GOING_DOWN])) throw this.parts.commands.refusal(action, ended);
  }

  /** @throws connection where the host itself comes to no connection, which may pass */
  private async lookAt(command: string, action: string): Promise<Ended> {
    const ended = await this.parts.commands.remote.run(command, action);
    const text = textOf(ended);
    if (ended.code !== 0 && NO_CONNECTION.test(text)) throw new PlatformError("connection", { node: this.fqdn, action, answer: causeIn(text) });
    return ended;
  }

  private async readFacts(): Promise<HostFacts> {
    const [groups, environment] = [await this.read("whoami /groups", "look at the rights of the session"), await this.read(`reg query ${word(ENVIRONMENT)}`, "read the machine's variables")];
    const icm = await this.again(() => this.parts.commands.remote.run(`reg query ${word(ICM)} /v InstallDrive`, "look for the drive of ICM"));
    const icmDrive = icm.code === 0 ? registryValues(textOf(icm)).INSTALLDRIVE?.replace(/:.*$/, "") : undefined;
    return { elevated: isElevated(groups), environment: registryValues(environment), icmDrive };
  }

  /** Sent again when the answer was lost: Windows does none of them twice. */
  private async order(verb: "stop" | "start", name: string): Promise<void> {
    const action = `${verb} ${name}`;
    let sendings = 0;
    const ended = await this.again(() => {
      sendings++;
      return this.parts.commands.remote.run(`sc ${verb} ${word(name)}`, action);
    });
    const settled = verb === "stop" && sendings > 1 ? [...SETTLED, MOVING] : SETTLED;
    if (ended.code !== 0 && !saysOneOf(ended, settled)) throw this.parts.commands.refusal(action, ended);
  }

  private read(command: string, action: string): Promise<string> {
    return this.again(() => this.parts.commands.run(command, action));
  }

  /** For what only reads. */
  private again<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, { first: this.parts.retryFirst });
  }
}

/** Whether a program of Windows ended with one of these errors; some print it and end with 1. */
function saysOneOf(ended: Ended, errors: readonly number[]): boolean {
  const text = textOf(ended);
  return errors.some((error) => ended.code === error || text.includes(` ${error}:`) || text.includes(`(${error})`));
}
