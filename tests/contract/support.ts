// Contract tests: a platform through the contract alone, with all that it is really made of, against the lab.
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { connectionsOf, type FaultName, type HistoryEntry, type Interface, type Lab } from "../../lab";
import { type Failed, PlatformError, type PlatformErrorKind } from "../../provider/errors";
import type { AuthorityPlatform } from "../../provider/platforms/authority";
import type { SftpDirectory } from "../../provider/platforms/sftp";
import type { VosPlatform } from "../../provider/platforms/vos";
import type { WindowsPlatform } from "../../provider/platforms/windows";
import { Runtime } from "../../provider/runtime";
import type { AuthorityConnection, ClusterConnection, ContactCenterConnection, SftpConnection } from "../../lab/connections";
import { HQ } from "../support/a1";
import { hostOf } from "../support/windows-hosts";

export { IMP, PUB, SUB } from "../support/a1";

/** Short waits; meanings in provider/timing.ts. */
const TIMING = { retryFirst: "1ms", connect: "4s", request: "10s", cliStart: "5s", cliCommand: "5s", serviceRestart: "5s", cliQuestion: "100ms", risMinute: "1ms" };

export const KINDS: readonly PlatformErrorKind[] = ["connection", "authentication", "permission", "notFound", "conflict", "busy", "rejected", "timeout", "unknown"];

/** What a test changes of a run. */
export interface Changes {
  /** Of the connection to the cluster. */
  cluster?: (connection: ClusterConnection) => Partial<ClusterConnection>;
  /** Of the connection to the authority. */
  authority?: (connection: AuthorityConnection) => Partial<AuthorityConnection>;
  /** Of the connection to the hosts of a contact centre. */
  hosts?: (connection: ContactCenterConnection) => Partial<ContactCenterConnection>;
  /** Of the connection to the SFTP server. */
  sftp?: (connection: SftpConnection) => { sftp?: Partial<SftpConnection["sftp"]> & { privateKey?: string } } & Partial<Omit<SftpConnection, "sftp">>;
  timing?: Record<string, string>;
  /** Release that the program declares. Default 15. */
  release?: string;
}

/** What one provider process would do: it has its own log-ins, connections and sessions. */
export class Run {
  readonly lines: string[] = [];
  private readonly runtime = new Runtime((line) => this.lines.push(line));
  private readonly mark: number;

  constructor(
    readonly lab: Lab,
    private readonly changes: Changes,
  ) {
    const { hq, ca, bulk, ...others } = connectionsOf(lab) as { hq?: ClusterConnection; ca?: AuthorityConnection; bulk?: SftpConnection; "contact-center"?: ContactCenterConnection };
    const hosts = others["contact-center"];
    const connections = { ...(hq && { hq: { ...hq, ...changes.cluster?.(hq) } }), ...(ca && { ca: { ...ca, ...changes.authority?.(ca) } }), ...(hosts && { "contact-center": { ...hosts, ...changes.hosts?.(hosts) } }), ...(bulk && { bulk: { ...bulk, ...changes.sftp?.(bulk) } }) };
    const configuration: Record<string, string> = { "uccerts:connections": JSON.stringify(connections), "uccerts:timing": JSON.stringify({ ...TIMING, ...changes.timing }) };
    this.runtime.configure((key) => configuration[key]);
    this.mark = lab.history.mark();
  }

  vos(fqdn: string): VosPlatform {
    const node = HQ.node(fqdn);
    return this.runtime.vos({ ...node, release: this.changes.release ?? node.release });
  }

  windows(fqdn: string): WindowsPlatform {
    return this.runtime.windows(hostOf(this.lab, fqdn));
  }

  sftp(): SftpDirectory {
    return this.runtime.context().sftp("bulk");
  }

  authority(): AuthorityPlatform {
    return this.runtime.authority("ca");
  }

  /** What was asked or done at an interface since this run began, without what the lab says of its faults. */
  asked(at: Interface, text = ""): HistoryEntry[] {
    return this.lab.history.since(this.mark).filter((entry) => entry.interface === at && entry.action.includes(text) && !entry.action.startsWith("fault: "));
  }

  /** How often a log-in was refused. */
  get refusedLogIns(): number {
    return this.lab.history.since(this.mark).filter(({ action }) => action === "log-in failed").length;
  }

  /** How often a fault struck. */
  struck(fault: FaultName): number {
    return this.lab.history.since(this.mark).filter(({ action }) => action === `fault: ${fault}`).length;
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}

/** One lab for the tests of a suite, and a new run for each of them. */
export class Bench {
  private started: Lab | undefined;
  private readonly runs = new Set<Run>();

  /** `prepare` is done once, before the first test. */
  constructor(start: () => Promise<Lab>, prepare: (run: Run) => Promise<void> = async () => {}) {
    before(async () => {
      this.started = await start();
      await prepare(this.run());
    });
    afterEach(async () => {
      this.lab.faults.clear();
      await Promise.all([...this.runs].map((run) => run.close()));
      this.runs.clear();
    });
    after(async () => this.started?.stop());
  }

  get lab(): Lab {
    assert.ok(this.started, "the lab has not started");
    return this.started;
  }

  run(changes: Changes = {}): Run {
    const run = new Run(this.lab, changes);
    this.runs.add(run);
    return run;
  }
}

/** What a test expects of an error; `answer` is found in the platform's own words. */
export type Expected = { kind: PlatformErrorKind } & Pick<Failed, "node"> & { action: string | RegExp; answer: string | RegExp };

/** The error of work that must fail: one of the closed set, with who, doing what, and what was answered. */
export async function failure(work: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  assert.ok(KINDS.includes(error.kind), error.kind);
  return error;
}

/** Work that must fail so. */
export async function fails(work: Promise<unknown>, { kind, node, action, answer }: Expected): Promise<void> {
  const error = await failure(work);
  assert.deepEqual({ kind: error.kind, node: error.failed.node }, { kind, node }, error.message);
  for (const [seen, wanted] of [[error.failed.action, action], [error.failed.answer, answer]] as const) {
    if (typeof wanted === "string") assert.ok(seen.includes(wanted), `"${wanted}" is not in: ${error.message}`);
    else assert.match(seen, wanted);
  }
}
