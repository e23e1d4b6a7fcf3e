// What goes wrong in a bulk exchange: one clear error, and nothing changed; or it is survived. Without the engine.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { connectionsOf, type Lab, type SftpConnection, startLab } from "../../lab";
import { Cluster } from "../../sdk/topology";
import { bulkEntries, changes, DESTINATION_PUB, DIRECTORY, estateOf, lying, OPEN, orders, type SmallCluster, SOURCE_PUB } from "../support/bulk-exchange";
import { type Partial, TestProvider } from "../support/provider";
import { holds, own, SERVER } from "../lab/support/bulk";

const SUB = "CUCM1151SUB.example.com";
const CLUSTERS: readonly SmallCluster[] = [
  { name: "source", release: "10.5(2)", nodes: [SOURCE_PUB] },
  { name: "destination", release: "11.5(1)", nodes: [DESTINATION_PUB, SUB] },
];
const publishers = CLUSTERS.map(({ name, release, nodes }) => {
  const [first, ...others] = nodes;
  const cluster = new Cluster(name, { release, nodes: [{ fqdn: first!, product: "CUCM", role: "publisher" }, ...others.map((fqdn) => ({ fqdn, product: "CUCM" as const, role: "subscriber" as const }))] });
  return cluster.publisher("CUCM")!;
});
const [source, destination] = publishers as [(typeof publishers)[0], (typeof publishers)[0]];

const inputs = (node = source, more: object = {}) => ({ node, clusters: publishers, sftp: "bulk", ...more });
const importing = (node = source, more: object = {}) => inputs(node, { maintenanceWindow: OPEN, ...more });

let lab: Lab, provider: TestProvider, mark: number;
before(async () => {
  lab = await startLab(estateOf(CLUSTERS));
});
after(() => lab.stop());

/** A provider with other connections. */
function connected(broken: object): TestProvider {
  const all = connectionsOf(lab);
  return new TestProvider(lab, { connections: { ...all, bulk: { ...all.bulk, ...broken } } });
}

function empty(): void {
  for (const name of lying(lab)) lab.sftpServer("bulk").userNamed().files.removeFile(`${DIRECTORY}/${name}`);
}

async function failing(work: Promise<unknown>): Promise<Partial> {
  return work.then(() => assert.fail("it succeeded"), (error: Partial) => error);
}

beforeEach(() => {
  provider = new TestProvider(lab, { timing: { lostAnswer: "300ms", replication: "1500ms" } });
  mark = lab.history.mark();
});
afterEach(async () => {
  lab.faults.clear();
  empty();
  await provider.dispose();
});

const exportAll = async () => Promise.all(publishers.map((node) => provider.create("BulkExport", inputs(node))));
const nothingDone = () => assert.deepEqual(changes(lab, mark).filter((line) => !line.includes(".uccerts-")), []);

describe("an export changes nothing and says one clear sentence when", { timeout: 120_000 }, () => {
  const refusedWith = async (other: TestProvider, words: RegExp) => {
    try {
      assert.match(await other.refusal("BulkExport", inputs()), words);
    } finally {
      await other.dispose();
    }
    nothingDone();
  };
  const sftp = () => (connectionsOf(lab).bulk as SftpConnection).sftp;

  it("the SFTP password is wrong", () => refusedWith(connected({ sftp: { ...sftp(), password: "an-other-one" } }), /sftp\.example\.com: SSH log-in: the log-in of bulk was refused/));

  it("the host key of the SFTP server is not the declared one", () => refusedWith(connected({ ssh: { hostKeys: ["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] } }), /host key/));

  it("there is no such directory", () => refusedWith(connected({ sftp: { ...sftp(), directory: "/nowhere" } }), /there is no directory \/nowhere for bulk/));

  it("the directory cannot be written to", async () => {
    lab.faults.add({ fault: "not writable", node: SERVER });
    assert.match(await provider.refusal("BulkExport", inputs()), /Give bulk the right to read and write in \/exchange/);
    nothingDone();
  });

  it("the disk is full", async () => {
    lab.faults.add({ fault: "disk full", node: SERVER });
    assert.match(await provider.refusal("BulkExport", inputs()), /Look whether the disk is full/);
    nothingDone();
    assert.deepEqual(lying(lab), []);
  });

  it("its node is no publisher, one cluster takes part, and a type is unknown: all at once", async () => {
    const node = new Cluster("destination", { release: "11.5(1)", nodes: destination.cluster.nodes }).node(SUB);
    const failures = await provider.check("BulkExport", { ...inputs(node), clusters: [node], types: ["tomcat", "ftp"] });
    assert.deepEqual(failures.map((one) => one.split(" ").slice(0, 2).join(" ")), ["node: R90", "clusters: R91", 'types: "ftp"']);
  });
});

describe("an export survives", { timeout: 120_000 }, () => {
  it("a connection that is lost in the middle of a file", async () => {
    lab.faults.add({ fault: "upload cut", node: SERVER, action: "tftp", times: 1 });
    const made = await provider.create("BulkExport", inputs());
    assert.equal(made.status, "done");
    assert.match(provider.output, /Some files were written; it is exported again/);
    assert.equal(orders(lab, mark).length, 2);
  });

  it("an answer that is lost: the files are found, and it is ordered once", async () => {
    lab.faults.add({ fault: "dropped answer", node: SOURCE_PUB, interface: "cli", action: "set cert bulk export", times: 1 });
    assert.equal((await provider.create("BulkExport", inputs())).status, "done");
    assert.deepEqual(orders(lab, mark), ["CUCM1052PUB: export all"]);
  });

  it("a node that is down: its files are named, and the next run exports again", async () => {
    const back = lab.faults.add({ fault: "node down", node: SUB });
    const snapshotless = { ...inputs(destination) };
    const failed = await failing(provider.create("BulkExport", snapshotless));
    assert.match(failed.reasons?.join("\n") ?? failed.message, /CUCM1151SUB/);
    back();
    const made = await (failed.properties ? provider.update("BulkExport", failed.properties, snapshotless) : provider.create("BulkExport", snapshotless));
    assert.equal(made.status, "done");
    assert.equal((made.exported as object[]).length, 6);
  });
});

describe("an export is not repeated", { timeout: 120_000 }, () => {
  it("where its files are those that it has recorded, and is where one is half", async () => {
    const made = await provider.create("BulkExport", inputs());
    const same = await provider.update("BulkExport", made, inputs(source, { sftp: "bulk" }));
    assert.deepEqual([same.changeId, orders(lab, mark).length], [made.changeId, 1]);
    const { files } = lab.sftpServer("bulk").userNamed();
    const half = files.read(`${DIRECTORY}/CUCM1052PUB_tomcat.pkcs12`);
    files.write(`${DIRECTORY}/CUCM1052PUB_tomcat.pkcs12`, half.subarray(0, half.length / 2));
    const again = await provider.update("BulkExport", made, inputs());
    assert.notEqual(again.changeId, made.changeId);
    assert.equal(orders(lab, mark).length, 2);
  });

  it("a refresh finds that a certificate is another one, and the next run exports", async () => {
    const made = await provider.create("BulkExport", inputs());
    await lab.node(SOURCE_PUB).certificates.regenerate("tomcat");
    const fresh = new TestProvider(lab);
    const seen = await fresh.read("BulkExport", made);
    assert.equal(seen!.status, "stale");
    assert.equal((await fresh.diff("BulkExport", seen!, inputs())).changes, true);
    const again = await fresh.update("BulkExport", seen!, inputs());
    await fresh.dispose();
    assert.deepEqual([again.status, orders(lab, mark).length], ["done", 2]);
  });
});

describe("a consolidation", { timeout: 120_000 }, () => {
  it("is refused while the export of a cluster is missing, and names each file", async () => {
    await provider.create("BulkExport", inputs(source));
    mark = lab.history.mark();
    const words = await provider.refusal("BulkConsolidation", inputs());
    for (const host of ["CUCM1151PUB", "CUCM1151SUB"]) for (const type of ["tomcat", "tftp", "capf"]) assert.match(words, new RegExp(`R96 ${host}\\.example\\.com: ${host}_${type}\\.pkcs12 is missing from what destination exported`));
    nothingDone();
  });

  it("refuses files of other clusters, which it would merge, unless they are accepted (R97)", async () => {
    await exportAll();
    lab.sftpServer("bulk").userNamed().files.write(`${DIRECTORY}/OLDPUB_tomcat.pkcs12`, lab.sftpServer("bulk").userNamed().files.read(`${DIRECTORY}/CUCM1052PUB_tomcat.pkcs12`));
    mark = lab.history.mark();
    assert.match(await provider.refusal("BulkConsolidation", inputs()), /nothing is consolidated:\s+- R97 OLDPUB_tomcat\.pkcs12 is of no node of these clusters/);
    nothingDone();
    assert.equal((await provider.create("BulkConsolidation", { ...inputs(), accept: { R97: "kept for the auditors" } })).status, "done");
    assert.match(provider.output, /Warning: R97 OLDPUB_tomcat\.pkcs12 is of no node of these clusters.*the consolidation merges it/);
  });

  it("is done once when its answer is lost", async () => {
    await exportAll();
    mark = lab.history.mark();
    lab.faults.add({ fault: "dropped answer", node: SOURCE_PUB, interface: "cli", action: "set cert bulk consolidate", times: 1 });
    assert.equal((await provider.create("BulkConsolidation", inputs())).status, "done");
    assert.deepEqual(orders(lab, mark), ["CUCM1052PUB: consolidate all"]);
  });

  it("is stale for a refresh when somebody exports later, and an import refuses until it is made again (R95)", async () => {
    await exportAll();
    const made = await provider.create("BulkConsolidation", inputs());
    const { files } = lab.sftpServer("bulk").userNamed();
    const state = new Map([...files.state].map(([path, kept]) => [path, kept !== "folder" && path.endsWith("CUCM1151PUB_tomcat.pkcs12") ? { ...kept, modified: new Date(Date.now() + 60_000) } : kept]));
    files.restore(state);
    assert.equal((await provider.read("BulkConsolidation", made))!.status, "stale");
    mark = lab.history.mark();
    assert.match(await provider.refusal("BulkImport", importing()), /R95 destination: it exported at .*, after the consolidation/);
    nothingDone();
  });
});

describe("an import", { timeout: 120_000 }, () => {
  it("demands a window (R101)", async () => {
    assert.match((await provider.check("BulkImport", inputs())).join(), /maintenanceWindow: R101 an import resets phones/);
  });

  it("is refused while nothing is consolidated", async () => {
    await exportAll();
    mark = lab.history.mark();
    assert.match(await provider.refusal("BulkImport", importing()), /source imports nothing:\s+- nothing is consolidated in the directory of "bulk"/);
    nothingDone();
  });

  it("waits for its window: nothing is written until then", async () => {
    await exportAll();
    await provider.create("BulkConsolidation", inputs());
    mark = lab.history.mark();
    const closed = { days: ["Sun"], from: "03:00", to: "03:01", timeZone: "UTC", freeze: [] };
    const made = await provider.create("BulkImport", importing(destination, { maintenanceWindow: closed }));
    assert.deepEqual([made.status, made.changeId], ["due", "due"]);
    nothingDone();
  });

  it("names, per node, what replication has not brought, and the next run finds it", async () => {
    await exportAll();
    await provider.create("BulkConsolidation", inputs());
    const repaired = lab.faults.add({ fault: "replication broken", node: SUB });
    const failed = await failing(provider.create("BulkImport", importing(destination)));
    assert.match(failed.reasons!.join("\n"), /R98 CUCM1151SUB\.example\.com: its Phone-SAST-trust lacks the CallManager certificate of CUCM1052PUB\.example\.com \(serial number [0-9A-F]+\)/);
    repaired();
    await lab.cluster("destination").settled();
    mark = lab.history.mark();
    const made = await provider.update("BulkImport", failed.properties!, importing(destination));
    assert.equal(made.status, "done");
    assert.deepEqual(bulkEntries(lab, mark), [], "what is there is not imported again");
    assert.ok(holds(lab, SUB, "Phone-SAST-trust", own(lab, SOURCE_PUB, "CallManager")));
  });
});

describe("an import that was killed before it was recorded", { timeout: 120_000 }, () => {
  const direct = (node = source) => ({ node, clusters: publishers, method: "direct", maintenanceWindow: OPEN, triggers: [] });

  it("is recorded by the next run as what it was, so that TVS restarts for it", async () => {
    await lab.node(DESTINATION_PUB).certificates.regenerate("CallManager");
    const lost = await provider.create("BulkImport", direct());
    mark = lab.history.mark();
    const made = await provider.create("BulkImport", direct());
    assert.deepEqual([made.changedAt, made.status], [lost.changedAt, "done"]);
    assert.notEqual(made.changeId, "");
    nothingDone();
    const again = await provider.update("BulkImport", made, direct());
    assert.equal(again.changeId, made.changeId);
  });
});

describe("an export that its publisher has not written whole", { timeout: 120_000 }, () => {
  it("names the node that is missing, and the next run exports again", async () => {
    await lab.node(SUB).certificates.regenerate("CallManager");
    lab.faults.add({ fault: "export skips node", node: SUB });
    const failed = await failing(provider.create("BulkExport", inputs(destination)));
    assert.match(failed.reasons!.join("\n"), /R96 CUCM1151SUB\.example\.com: CUCM1151SUB_tomcat\.pkcs12 is missing from what destination exported/);
    lab.faults.clear();
    assert.equal((await provider.update("BulkExport", failed.properties!, inputs(destination))).status, "done");
  });
});
