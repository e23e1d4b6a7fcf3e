// A21: the core exchange of a contact centre with two sides, release 12.5(1) with Oracle's JRE, on the real engine.
import assert from "node:assert/strict";
import { type EstateDescription, ESTATE_A21, type Lab, startLab } from "../../lab";
import { added, asked, backupsOf, coreAttempts, deedNames, deeds, distrusted, domain, entriesOf, exchangeStack, failing, FAST_HOSTS, importByHand, overlaps, short, type StoreContents, storesNow } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const ESTATE: EstateDescription = { ...ESTATE_A21, timing: FAST_HOSTS };
const AWS = ["awa", "awb"];
const OTHERS = ["roggera", "pga", "roggerb", "pgb"];
/** Under the alias that the exchange uses, another certificate. */
const OCCUPIED = "roggera.example.com_iis";
const IN_ORDER = [...AWS, ...OTHERS].map((name) => `restart Tomcat9 on ${name}`);
const ofAws = (kind: string) => AWS.map((name) => `${domain(name)}_${kind}`);

describe("A21, the core exchange on 12.5(1)", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack;
  let stores: StoreContents;
  before(async () => {
    lab = await startLab(ESTATE);
    await lab.host(domain("awb")).ready();
    await importByHand(lab, "awb", { alias: OCCUPIED, of: "pga", kind: "IIS" });
    stores = await storesNow(lab, [...AWS, ...OTHERS]);
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });
  const addedTo = (name: string) => added(stores.get(name)!, entriesOf(lab, name));

  test("the preview prints who will trust whom and every step, and asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /1 +awa\.example\.com +truststore +roggera\.example\.com_IIS +IIS of roggera\.example\.com +port 443 +Apache Tomcat\n/);
    assert.match(output, /32 certificates in 6 stores of 6 servers; 6 restarts/);
    assert.match(output, /12 steps, usually \d+ minutes; users notice 2 of them/);
    assert.deepEqual(asked(lab, mark), []);
  });

  test("the first up imports everything; nothing is trusted before the restarts, and everything after them", async () => {
    const early: Promise<string[]>[] = [];
    // When a Tomcat is told to stop, it still has the store of its last start.
    const unwatch = lab.history.watch(({ action, node }, moment) => {
      if (action === "stop Tomcat9" && moment === "begun") early.push(failing(lab, coreAttempts(lab).filter(({ from }) => from === node)));
    });
    const { code, output } = await stack.up().finally(unwatch);
    assert.equal(code, 0, output);
    assert.equal((await Promise.all(early)).flat().length, 32, "attempts that fail before the restart of who makes them");
    assert.deepEqual(await distrusted(lab, coreAttempts(lab)), []);
  });

  test("each AW has taken IIS and DFP of every server, each of the others IIS of both AWs", () => {
    const pairs = [...AWS, ...OTHERS].flatMap((name) => [`${domain(name)}_dfp`, `${domain(name)}_iis`]).sort();
    assert.deepEqual(addedTo("awa"), pairs);
    assert.deepEqual(addedTo("awb"), pairs.filter((alias) => alias !== OCCUPIED));
    for (const name of OTHERS) assert.deepEqual(addedTo(name), ofAws("iis"), name);
  });

  test("every store was changed once, and has one backup of what it was", () => {
    assert.deepEqual(deedNames(lab).filter((what) => what.startsWith("import")).sort(), [...AWS, ...OTHERS].map((name) => `import into ${name}`).sort());
    for (const name of [...AWS, ...OTHERS]) {
      const [backup, ...more] = backupsOf(lab, name);
      assert.deepEqual(more, []);
      assert.deepEqual(entriesOf(lab, name, backup), stores.get(name), name);
    }
  });

  test("an alias that an older certificate occupied has the declared one, after the backup (R114)", () => {
    const [backup] = backupsOf(lab, "awb");
    assert.equal(entriesOf(lab, "awb", backup).get(OCCUPIED), entriesOf(lab, "awa").get("pga.example.com_iis"));
    assert.equal(entriesOf(lab, "awb").get(OCCUPIED), entriesOf(lab, "awa").get(OCCUPIED));
  });

  test("Apache Tomcat restarted once on each server, after its import, one server at a time", () => {
    const all = deeds(lab);
    const restarts = all.filter(({ what }) => what.startsWith("restart"));
    assert.deepEqual(restarts.map(({ what }) => what), IN_ORDER);
    const starts = lab.history.of("platform", /^start Tomcat9/).map((entry) => ({ what: `start on ${short(entry.node)}`, entry }));
    assert.deepEqual(overlaps([...restarts, ...starts]), []);
    for (const { entry } of restarts) assert.ok(all.find(({ what }) => what === `import into ${short(entry.node)}`)!.entry.until! <= entry.at, short(entry.node));
  });

  test("one AW was proved before anything was imported into the second", () => {
    const proved = lab.history.of("platform", "start Tomcat9").find(({ node }) => node === domain("awa"))!;
    const imported = deeds(lab).find(({ what }) => what === "import into awb")!;
    assert.ok(proved.until! <= imported.entry.at);
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.match(output, /26 unchanged/);
    assert.deepEqual(asked(lab, mark), []);
  });

  test("a refresh finds everything as it is declared, and changes nothing", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.refresh();
    assert.equal(code, 0, output);
    assert.match(output, /26 unchanged/);
    assert.deepEqual(deedNames(lab, mark), []);
  });

  test("destroy takes out what the exchange has put in, and restarts nothing", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.destroy();
    assert.equal(code, 0, output);
    for (const name of [...AWS, ...OTHERS]) assert.deepEqual([addedTo(name), entriesOf(lab, name).has(OCCUPIED)], [[], false], name);
    assert.deepEqual(deedNames(lab, mark), []);
  });
});
