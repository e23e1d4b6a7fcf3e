// A VOS node: certificates by REST or CLI, services by Control Center or CLI, facts by CLI and AXL.
import type { Product, Purpose, TrustStore } from "../../../domain/purposes";
import type { Question } from "../../../domain/question";
import type { Member, ServiceReading, Snapshot, TrustEntry } from "../../../domain/readings";
import { R46 } from "../../../domain/rules/restarts";
import type { Certificate, KeyFacts } from "../../../domain/x509/certificate";
import { PlatformError, type PlatformErrorKind } from "../../errors";
import type { Endpoint } from "../../transport/https";
import { retry } from "../../transport/retry";
import type { Served } from "../tls";
import type { BulkPlatform } from "../bulk";
import type { PhonePlatform } from "../phones";
import type { TrustFilePlatform } from "../trust-files";
import { servedCertificate } from "../tls/served";
import type { SsoStatus, SystemFacts, Uptime, VosPlatform, Watch } from "../vos";
import type { Axl } from "./axl";
import { AxlPhones } from "./axl-phones";
import type { Certificates } from "./certificates";
import type { ControlCenter, ControlType, WireServiceAnswer } from "./control-center";
import { BulkCli } from "./cli/bulk";
import type { PlatformCli } from "./cli/platform-cli";
import { pageStatus } from "./page";
import { Phones } from "./phones";
import type { Ris } from "./ris";
import { TrustFiles } from "./trust-files";
import { membersOf, serviceOf } from "./translate";

/** What a driver is made of. `asApplication` runs a call under the rule of one failed log-in. */
export interface VosParts {
  fqdn: string;
  product: Product;
  certificates: Certificates;
  controlCenter: ControlCenter;
  axl: Axl;
  ris: Ris;
  cli: PlatformCli;
  endpoint(port: number): Endpoint;
  asApplication<T>(work: () => Promise<T>): Promise<T>;
  times: { connect: number; request: number; serviceRestart: number; retryFirst: number };
  /** One line for the user: which way was taken. */
  say(line: string): void;
}

/** Reason codes with which Control Center leaves a service to the CLI: reserved for the platform, operation not supported. */
const LEFT_TO_CLI = ["-1011", "-1045"];
/** Already started, already in the specified state (platform-interfaces.md 2.4). */
const ALREADY_STARTED = ["-1039", "-1057"];
/** Unsuccessful completion: the service did not come up. As by CLI, its state tells. */
const STAYS_DOWN = "-1007";
/** What a reason code means, where it is not simply a refusal. */
const CONTROL_KINDS: Readonly<Record<string, PlatformErrorKind>> = { "-1004": "notFound", "-1010": "notFound", "-1029": "busy", "-1031": "timeout", "-1041": "busy", "-1046": "busy" };

export class VosDriver implements VosPlatform {
  readonly bulk: BulkPlatform;
  readonly trustFiles: TrustFilePlatform;
  readonly phones: PhonePlatform;

  constructor(private readonly parts: VosParts) {
    const { fqdn, cli, times } = parts;
    this.bulk = new BulkCli({ host: fqdn, write: (command) => cli.write(command), limit: times.serviceRestart });
    this.trustFiles = new TrustFiles(parts);
    this.phones = new Phones({ ...parts, axl: new AxlPhones(parts.axl), retryFirst: times.retryFirst });
  }

  get fqdn(): string {
    return this.parts.fqdn;
  }

  snapshot(): Promise<Snapshot> {
    return this.parts.certificates.snapshot();
  }

  trustEntries(store: TrustStore): Promise<TrustEntry[]> {
    return this.parts.certificates.trustEntries(store);
  }

  identity(purpose: Purpose): Promise<{ certificate: Certificate; clock: Date } | undefined> {
    return this.parts.certificates.identity(purpose);
  }

  pendingRequest(purpose: Purpose): Promise<string | undefined> {
    return this.parts.certificates.pendingRequest(purpose);
  }

  generateRequest(question: Question, before?: { pending: string | undefined }): Promise<string> {
    return this.parts.certificates.generateRequest(question, before);
  }

  uploadIdentity(purpose: Purpose, pems: readonly string[]): Promise<string[]> {
    return this.parts.certificates.uploadIdentity(purpose, pems);
  }

  uploadTrust(store: TrustStore, pem: string, description: string): Promise<void> {
    return this.parts.certificates.uploadTrust(store, pem, description);
  }

  /** REST has no call for it that is known (platform-interfaces.md 1.2): by CLI. */
  deleteTrust({ store, fileName }: TrustEntry): Promise<void> {
    return this.parts.cli.deleteCertificate(store, fileName);
  }

  async services(): Promise<ServiceReading[]> {
    const { services } = await this.readAsApplication(() => this.parts.controlCenter.status());
    return services.map(serviceOf);
  }

  servicesByCli(): Promise<ServiceReading[]> {
    return this.parts.cli.services();
  }

  async restartService(name: string, watch: Watch): Promise<void> {
    const byCli = R46.decide({ service: name, transport: "Control Center" }).outcome === "violated";
    if (byCli || !(await this.control("Restart", name, watch))) await this.parts.cli.restartService(name, watch);
  }

  async startService(name: string, watch: Watch): Promise<void> {
    const byCli = R46.decide({ service: name, transport: "Control Center" }).outcome === "violated";
    if (byCli || !(await this.control("Start", name, watch))) await this.parts.cli.startService(name, watch);
  }

  restartNode(): Promise<void> {
    return this.parts.cli.restartNode();
  }

  uptime(): Promise<Uptime> {
    return this.parts.cli.uptime();
  }

  served(keyType: KeyFacts["type"], port = 8443): Promise<Served | undefined> {
    return servedCertificate(this.parts.endpoint(port), keyType, this.parts.times);
  }

  pageStatus(): Promise<number> {
    return pageStatus(this.parts.endpoint(8443), this.parts.product, this.parts.times);
  }

  system(): Promise<SystemFacts> {
    return this.parts.cli.system();
  }

  unresolved(names: readonly string[]): Promise<string[]> {
    return this.parts.cli.unresolved(names);
  }

  async members(): Promise<Member[]> {
    return membersOf(await this.readAsApplication(() => this.parts.axl.listProcessNode()));
  }

  unhealthyReplication(): Promise<{ name: string; state: string }[]> {
    return this.parts.cli.unhealthyReplication();
  }

  backups(): Promise<{ last: Date | undefined; running: boolean }> {
    return this.parts.cli.backups();
  }

  sso(): Promise<SsoStatus> {
    return this.parts.cli.sso();
  }

  disableSso(): Promise<void> {
    return this.parts.cli.disableSso();
  }

  /** `tkssomode`: 0 is off. */
  async ssoInDatabase(): Promise<ReadonlyMap<string, boolean>> {
    const rows = await this.query("select name, tkssomode from processnode where nodeid > 1", "read the SSO mode of the nodes");
    return new Map(rows.map(({ name = "", tkssomode = "0" }) => [name, tkssomode !== "0"]));
  }

  async parameter(name: string): Promise<string | undefined> {
    const rows = await this.query(`select paramvalue from processconfig where paramname = '${name.replace(/'/g, "''")}'`, `read the enterprise parameter ${name}`);
    return rows[0]?.paramvalue;
  }

  private query(sql: string, action: string): Promise<Record<string, string>[]> {
    return this.readAsApplication(() => this.parts.axl.executeSQLQuery(sql, action));
  }

  /** @returns false when Control Center leaves it to the CLI. */
  private async control(type: ControlType, name: string, watch: Watch): Promise<boolean> {
    watch(type === "Restart" ? "restarting" : "starting");
    // A busy Control Center has not begun; a lost answer says nothing, and a restart is never asked for twice.
    const code = await retry(() => this.controlOnce(type, name), { first: this.parts.times.retryFirst, kinds: ["busy"] });
    if (code === STAYS_DOWN) watch("STOPPED");
    if (!LEFT_TO_CLI.includes(code)) return true;
    this.parts.say(`${this.fqdn}: Control Center leaves ${name} to the CLI (${code})`);
    return false;
  }

  /** @returns the reason code where there is nothing to complain about */
  private async controlOnce(type: ControlType, name: string): Promise<string> {
    const { controlCenter, times } = this.parts;
    const answer = await this.parts.asApplication(() => controlCenter.control(type, name, times.serviceRestart));
    const code = codeOf(answer, name);
    const already = type === "Start" && ALREADY_STARTED.includes(code);
    if (answer.ReturnCode === "0" || already || code === STAYS_DOWN || LEFT_TO_CLI.includes(code)) return code;
    const words = answer.ReasonString || (answer.services[0]?.ReasonCodeString ?? "");
    throw this.failure(CONTROL_KINDS[code] ?? "rejected", `${type.toLowerCase()} ${name}`, `Control Center answers ${code} ${words}`.trim());
  }

  private failure(kind: PlatformErrorKind, action: string, answer: string): PlatformError {
    return new PlatformError(kind, { node: this.fqdn, action, answer });
  }

  private readAsApplication<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.parts.asApplication(work), { first: this.parts.times.retryFirst });
  }
}

function codeOf({ ReasonCode, services }: WireServiceAnswer, name: string): string {
  return ReasonCode !== "" && ReasonCode !== "-1" ? ReasonCode : (services.find(({ ServiceName }) => ServiceName === name)?.ReasonCode ?? ReasonCode);
}
