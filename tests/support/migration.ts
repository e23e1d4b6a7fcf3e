// Two clusters between which phones move, and the program that moves them (scenarios A17, A18).
import { after, afterEach, before, beforeEach } from "node:test";
import { type ClusterDescription, type EstateDescription, type HistoryEntry, type Lab, restore, type Snapshot, snapshot, startLab } from "../../lab";
import type { Phone } from "../../lab/phones/phone";
import { OF_OTHER_NODE } from "../../lab/vos/replication";
import { TVS } from "../../lab/vos/tvs";
import { Cluster } from "../../sdk";
import { SFTP_SERVERS } from "../lab/support/bulk";
import { OPEN } from "./bulk-exchange";
import { TestProvider } from "./provider";

export const SOURCE_NODES = ["dc1-pub.example.com", "dc1-sub1.example.com", "dc1-sub2.example.com"] as const;
export const DESTINATION_NODES = ["dc2-pub.example.com", "dc2-sub.example.com"] as const;
export const TFTP = ["10.0.1.11", "10.0.1.12"] as const;
export const SOURCE_RELEASE = "12.5(1)SU7";
export const DESTINATION_RELEASE = "15";
/** For a run of the engine on this estate. */
export const TIMING = { phoneRegistration: "5s", phonePoll: "50ms", risMinute: "100ms" };
export const SUBNET = "10.100.0.0";
const COUNT = 12;

const nodesOf = (names: readonly string[], cluster: number) => names.map((fqdn, index) => ({ fqdn, product: "CUCM" as const, role: index === 0 ? ("publisher" as const) : ("subscriber" as const), address: `10.0.${cluster}.${11 + index}` }));

const FAST = { replication: 1, cliStart: 0, serviceStop: 2, serviceStart: 2, phoneReset: 5 };
/** Restarted services of a node that serves phones. */
const SERVING = { services: { "Cisco Tftp": "started" as const } };

export interface MigrationEstate {
  source?: Partial<ClusterDescription>;
  destination?: Partial<ClusterDescription>;
  more?: Partial<EstateDescription>;
}

/** Source with one TFTP node and two subscribers, destination with two TFTP nodes; a dozen phones of the source, configured in both. */
export function migrationEstate({ source, destination, more }: MigrationEstate = {}): EstateDescription {
  const [pub, ...subs] = nodesOf(SOURCE_NODES, 0);
  return {
    name: "migration",
    clusters: [
      { name: "dc1", release: SOURCE_RELEASE, nodes: [{ ...pub!, ...SERVING }, ...subs], phones: { count: COUNT, alsoIn: ["dc2"] }, ...source },
      { name: "dc2", release: DESTINATION_RELEASE, nodes: nodesOf(DESTINATION_NODES, 1).map((node) => ({ ...node, ...SERVING })), ...destination },
    ],
    sftpServers: SFTP_SERVERS,
    ...more,
    timing: { ...FAST, ...more?.timing },
    switches: { risRequestsPerMinute: 10_000, ...more?.switches },
  };
}

/** The clusters as a test without the engine takes them. */
export const DC1 = new Cluster("dc1", { release: SOURCE_RELEASE, nodes: nodesOf(SOURCE_NODES, 0), maintenanceWindow: OPEN });
export const DC2 = new Cluster("dc2", { release: DESTINATION_RELEASE, nodes: nodesOf(DESTINATION_NODES, 1), maintenanceWindow: OPEN });

/** The same as JavaScript text. */
export function clustersText(window: object | null = OPEN): string {
  const cluster = (name: string, release: string, nodes: object) => `const ${name} = new uccerts.Cluster("${name}", ${JSON.stringify({ release, nodes, ...(window ? { maintenanceWindow: window } : {}) })});`;
  return [cluster("dc1", SOURCE_RELEASE, nodesOf(SOURCE_NODES, 0)), cluster("dc2", DESTINATION_RELEASE, nodesOf(DESTINATION_NODES, 1))].join("\n");
}

export const EXCHANGE = `const exchange = new uccerts.BulkCertificateExchange("exchange", { clusters: [dc1, dc2], sftp: "bulk", restartTvs: true });`;

/** A program: the clusters, an exchange, and the migration; `more` are further members of its arguments. */
export function migrationText(phones: readonly string[], more = "", { exchange = EXCHANGE, window = OPEN }: { exchange?: string; window?: object | null } = {}): string {
  const args = `source: dc1, destination: dc2, ${exchange ? "exchange, " : ""}phones: ${JSON.stringify(phones)}, batchSize: 5, tftp: ${JSON.stringify(TFTP)}, option150: {}, ${more}`;
  return `${clustersText(window)}\n${exchange}\nconst migration = new uccerts.PhoneMigration("move", { ${args} });\nreturn { status: migration.status, missing: migration.missing };`;
}

/** The same phones, the other way; DHCP is still that of the first cluster. */
export function wayBackText(phones: readonly string[]): string {
  const args = `source: dc2, destination: dc1, exchange, phones: ${JSON.stringify(phones)}, batchSize: 5, tftp: ["10.0.0.11"], option150: { cluster: dc1 }`;
  return `${clustersText()}\n${EXCHANGE}\nconst migration = new uccerts.PhoneMigration("back", { ${args} });\nreturn { status: migration.status };`;
}

export const namesOf = (lab: Lab): string[] => lab.cluster("dc1").phones.all.map(({ name }) => name);

/** Names of the phones that are registered with a cluster. */
export function registeredAt(lab: Lab, cluster: string): string[] {
  return lab.cluster(cluster).phones.registered.map(({ name }) => name).sort();
}

export function option150(lab: Lab): string[] {
  const { primaryTftp, secondaryTftp } = lab.cluster("dc1").phones.dhcp.subnet(SUBNET)!;
  return [primaryTftp, secondaryTftp];
}

/** What happened to phones and option 150, in its order: `option 150 …`, `reset SEP…`, `register SEP… dc2`, `stays behind SEP…`. */
export function moves(lab: Lab, since = 0): string[] {
  return entries(lab, since).map(({ action, detail }) => (action === "change DHCP subnet" ? `option 150 ${String(detail.option150)}` : `${action}${action.startsWith("register ") ? ` ${String(detail.cluster)}` : ""}`));
}

function entries(lab: Lab, since: number): HistoryEntry[] {
  return lab.history.since(since).filter(({ interface: at, action }) => at === "phone" || action === "change DHCP subnet");
}

/** How often phones were told to start anew by AXL. */
export function resets(lab: Lab, since = 0): string[] {
  return lab.history.since(since).filter(({ interface: at, action, detail }) => at === "phone" && action.startsWith("reset ") && String(detail.why).startsWith("AXL")).map(({ detail }) => String(detail.phone));
}

/** How many resets were ordered, whether a phone heard them or not. */
export function orders(lab: Lab, since = 0): number {
  return lab.history.since(since).filter(({ interface: at, action }) => at === "axl" && action.startsWith("doDeviceReset")).length;
}

/** What an import of all types leaves on the nodes of a cluster, by hand; TVS reads it. */
export async function know(lab: Lab, cluster: string, of: string, except: readonly string[] = []): Promise<void> {
  for (const node of lab.cluster(cluster).nodes.filter(({ fqdn }) => !except.includes(fqdn))) {
    for (const other of lab.cluster(of).nodes)
      for (const purpose of ["CallManager", "ITLRecovery"]) {
        const certificate = other.store.identities.get(purpose)?.certificate;
        if (certificate) for (const store of ["Phone-SAST-trust", "CallManager-trust"]) node.store.trust(store, certificate, OF_OTHER_NODE);
      }
    await node.services.restart(TVS);
  }
}

/** Both clusters know each other. */
export async function exchanged(lab: Lab): Promise<void> {
  await know(lab, "dc1", "dc2");
  await know(lab, "dc2", "dc1");
}

export function phoneOf(lab: Lab, index: number): Phone {
  return lab.cluster("dc1").phones.all[index]!;
}

const TIMES = { timing: { phoneRegistration: "700ms", poll: "20ms", phonePoll: "20ms", risMinute: "50ms" } };

/** A lab whose clusters know each other, and a run: as it was for every test of a file. */
export class MoveBench {
  lab!: Lab;
  provider!: TestProvider;
  mark = 0;
  private begin!: Snapshot;

  constructor(estate: MigrationEstate = {}) {
    before(async () => {
      this.lab = await startLab(migrationEstate(estate));
      await exchanged(this.lab);
      this.begin = snapshot(this.lab);
    });
    beforeEach(() => {
      this.provider = new TestProvider(this.lab, TIMES);
      this.mark = this.lab.history.mark();
    });
    afterEach(async () => {
      this.lab.faults.clear();
      await this.lab.cluster("dc1").settled();
      restore(this.lab, this.begin);
      await this.provider.dispose();
    });
    after(() => this.lab.stop());
  }

  /** Another run: nothing of the first is remembered. */
  async anotherRun(timing: Record<string, string> = {}): Promise<void> {
    await this.provider.dispose();
    this.provider = new TestProvider(this.lab, { timing: { ...TIMES.timing, ...timing } });
  }

  get phones(): string[] {
    return namesOf(this.lab);
  }

  get moves(): string[] {
    return moves(this.lab, this.mark);
  }

  get resets(): string[] {
    return resets(this.lab, this.mark);
  }

  /** Inputs of the gate. */
  move(more: object = {}) {
    return { source: DC1.publisher("CUCM")!, destination: DC2.publisher("CUCM")!, phones: this.phones, tftp: [...TFTP], triggers: [], ...more };
  }

  option(more: object = {}) {
    return { ...this.move(), node: DC1.publisher("CUCM")!, ...more };
  }

  reset(phones: readonly string[] = this.phones, more: object = {}) {
    return { node: DC1.publisher("CUCM")!, destination: DC2.publisher("CUCM")!, phones: [...phones], triggers: [], ...more };
  }

  /** A person moves option 150, and nobody has looked whether that is wise. */
  moveByHand(): void {
    this.lab.cluster("dc1").phones.dhcp.set(SUBNET, { primaryTftp: TFTP[0], secondaryTftp: TFTP[1] });
  }
}
