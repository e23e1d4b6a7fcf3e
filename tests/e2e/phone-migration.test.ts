// Migrations of phones that do not go through: stopped by a phone, by a person, by the end of the engine. On the real engine.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { TVS } from "../../lab/vos/tvs";
import { clustersText, exchanged, type MigrationEstate, migrationEstate, migrationText, moves, namesOf, option150, orders, registeredAt, resets, SOURCE_NODES, SUBNET, TFTP, TIMING } from "../support/migration";
import { endLeftovers } from "../support/running";
import { TestStack } from "../support/stack";

describe("a phone migration", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack, phones: string[];
  const begin = async (estate: MigrationEstate = {}, more = "") => {
    lab = await startLab(migrationEstate(estate));
    await exchanged(lab);
    phones = namesOf(lab);
    stack = await TestStack.create({ lab, program: migrationText(phones, more, { exchange: "" }), timing: { ...TIMING, phoneRegistration: "1500ms" } });
  };
  afterEach(async () => {
    if (stack) endLeftovers(stack.folder);
    await lab?.stop();
    stack?.dispose();
  });

  it("ends at the test phone, when the source's TVS was made anew and its phones have not heard of it", async () => {
    await begin();
    for (const fqdn of SOURCE_NODES) {
      await lab.node(fqdn).certificates.regenerate("TVS");
      await lab.node(fqdn).services.restart(TVS);
    }
    const { code, output } = await stack.up();
    assert.notEqual(code, 0, output);
    assert.match(output, /U24 dc1: 12 of 12 phones registered before its ITL file of .* was written/);
    assert.match(output, new RegExp(`R56 1 of 1 phones are not registered with cluster "dc2" \\(0 % may be missing\\): ${phones[0]}\\.`));
    assert.match(output, /Its ITL files now are signed by .*; a phone that holds an older one may trust another TVS/);
    assert.deepEqual([resets(lab), registeredAt(lab, "dc1")], [[phones[0]], phones]);
  });

  it("ends at the batch in which a phone stays behind, says what that trusts, and begins no further one; without that phone it goes on", async () => {
    await begin({ source: { phones: [{ count: 3, alsoIn: ["dc2"] }, { count: 9, alsoIn: ["dc2"], foreignItl: 1 }] } });
    const [, , , foreign] = phones;
    const { code, output } = await stack.up();
    assert.notEqual(code, 0, output);
    assert.match(output, new RegExp(`R56 1 of 5 phones are not registered with cluster "dc2" \\(0 % may be missing\\): ${foreign}\\.[\\s*]+Still registered with cluster "dc1": ${foreign}\\.[\\s*]+They trust what they took from cluster "dc1"`));
    assert.match(output, /TVS of .* vouches for every signer of the files of cluster "dc2"/);
    assert.deepEqual([resets(lab).sort(), registeredAt(lab, "dc2")], [phones.slice(0, 6), phones.slice(0, 6).filter((name) => name !== foreign)]);
    const mark = lab.history.mark();
    stack.write(migrationText(phones.filter((name) => name !== foreign), "", { exchange: "" }));
    const next = await stack.up();
    assert.equal(next.code, 0, next.output);
    assert.deepEqual(resets(lab, mark).sort(), phones.slice(6));
    assert.deepEqual(registeredAt(lab, "dc1"), [foreign]);
  });

  it("whose engine is killed in the middle of a batch is carried on: nobody who has arrived is reset again", async () => {
    await begin();
    lab.timing.phoneReset = 300;
    const running = stack.begin("up", "--yes", "--skip-preview");
    await new Promise<void>((resolve, reject) => {
      const unwatch = lab.history.watch(({ action }) => {
        if (action !== `reset ${phones[3]}`) return;
        unwatch();
        resolve();
      });
      void running.ended.then(({ output }) => reject(new Error(output)));
    });
    await running.killEngine();
    endLeftovers(stack.folder);
    await lab.cluster("dc1").settled();
    lab.timing.phoneReset = 5;
    assert.equal((await stack.run("cancel", "--yes")).code, 0);
    const arrived = registeredAt(lab, "dc2");
    assert.ok(arrived.length >= 2 && arrived.length < 12, String(arrived.length));
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(registeredAt(lab, "dc2"), phones);
    assert.deepEqual(resets(lab, mark).sort(), phones.filter((name) => !arrived.includes(name)));
    assert.equal(orders(lab, mark), phones.length - arrived.length);
  });

  it("with DHCP elsewhere ends with what to set, and goes on when the program says that it is", async () => {
    await begin({ source: { dhcp: { server: "elsewhere", subnets: [{ address: SUBNET }] } } });
    const program = (confirmed: string) => migrationText(phones, "", { exchange: "" }).replace("option150: {}", `option150: { confirmed: ${JSON.stringify(confirmed)} }`);
    stack.write(program(""));
    const { code, output } = await stack.up();
    assert.notEqual(code, 0, output);
    assert.match(output, /option 150 = 10\.0\.1\.11, 10\.0\.1\.12/);
    assert.deepEqual(moves(lab), []);
    lab.cluster("dc1").phones.dhcp.set(SUBNET, { primaryTftp: TFTP[0], secondaryTftp: TFTP[1] });
    stack.write(program("ticket 4711"));
    const next = await stack.up();
    assert.equal(next.code, 0, next.output);
    assert.match(next.output, /not verified \(R136\), confirmed: ticket 4711/);
    assert.deepEqual(registeredAt(lab, "dc2"), phones);
  });

  it("is due as a whole outside the window, and nobody but the gate is asked", async () => {
    await begin();
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    stack.write(migrationText(phones, "", { exchange: "", window: { from: at(2), to: at(3), timeZone: "UTC" } }));
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.match(output, /status ?: +"due"/);
    assert.match(output, /set DHCP option 150 to 10\.0\.1\.11 and 10\.0\.1\.12: the maintenance window .* is closed/);
    assert.deepEqual([moves(lab), option150(lab)], [[], ["10.0.0.11", ""]]);
  });

  it("that is declared wrongly is refused in the preview, all at once, and nobody is asked", async () => {
    await begin();
    const mark = lab.history.mark();
    const refused = async (program: string, ...expected: RegExp[]) => {
      stack.write(program);
      const { code, output } = await stack.preview();
      assert.notEqual(code, 0, output);
      for (const one of expected) assert.match(output, one);
    };
    await refused(migrationText([], `testPhone: "SEP0", batchSize: 0,`, { exchange: "", window: null }), /PhoneMigration "move": it is not right:/, /R63 phones are reset, and cluster "dc1" has no maintenanceWindow/, /phones is empty/, /testPhone SEP0 is not among the phones/, /batchSize 0 is no number of phones/);
    const both = `new uccerts.PhoneMigration("a", { source: dc1, destination: dc2, phones: ["SEP1"], tftp: ["10.0.1.11"], option150: {} });\nnew uccerts.PhoneMigration("b", { source: dc2, destination: dc1, phones: ["SEP1"], tftp: ["10.0.0.11"], option150: {} });`;
    await refused(`${clustersText()}\n${both}`, /PhoneMigration "b": this program already moves phones from "dc1" to "dc2", and this one moves them back/);
    assert.deepEqual(lab.history.since(mark), []);
    await refused(`return { phones: await live.getPhones("dc1", { publisher: "${SOURCE_NODES[0]}", release: "12.5", devicePools: ["Nowhere"] }) };`, /getPhones\("dc1"\): no phone is in device pool Nowhere \(there are: Default\)/);
  });
});
