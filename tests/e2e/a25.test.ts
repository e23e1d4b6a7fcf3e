// A25: OAMP, two CVP servers and two Reporting servers exchange the certificates of their WSM, on the real engine.
import assert from "node:assert/strict";
import { connectionsOf, type EstateDescription, ESTATE_A25, type Lab, startLab } from "../../lab";
import { added, asked, attempts, backupsOf, centerOf, deedNames, deeds, distrusted, domain, entriesOf, exchange, exchangeStack, FAST_HOSTS, only, overlaps, type StoreContents, storesNow } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import { own, storeOf } from "../support/windows-hosts";
import type { TestStack } from "../support/stack";

const ESTATE: EstateDescription = { ...ESTATE_A25, timing: FAST_HOSTS };
const OTHERS = ["csa", "csb", "repa", "repb"];
const ALL = ["oamp", ...OTHERS];
const wsm = [...attempts(["oamp"], OTHERS, [8111], "OPSConsoleServer"), ...attempts(OTHERS, ["oamp"], [8111])];

describe("A25, the exchange of WSM certificates of CVP", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack;
  let stores: StoreContents;
  before(async () => {
    lab = await startLab(ESTATE);
    stores = await storesNow(lab, ALL);
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });

  test("OAMP takes in the four others, each of them OAMP's; all is trusted after the restarts, and the private keys stay", async () => {
    assert.equal((await distrusted(lab, wsm)).length, 8);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(added(stores.get("oamp")!, entriesOf(lab, "oamp")), OTHERS.map((name) => `${domain(name)}_wsm`).sort());
    for (const name of OTHERS) assert.deepEqual(added(stores.get(name)!, entriesOf(lab, name)), ["oamp.example.com_wsm"], name);
    for (const name of ALL) for (const [alias, what] of stores.get(name)!) assert.equal(entriesOf(lab, name).get(alias), what, `${alias} of ${name}`);
    assert.deepEqual(stack.ofKind("KeystoreEntries").map(({ outputs }) => outputs!.storeType), ALL.map(() => "JCEKS"));
    assert.deepEqual(await distrusted(lab, wsm), []);
  });

  test("the servers restart whole, one at a time, the CVP servers last", () => {
    const restarts = deeds(lab).filter(({ what }) => what.startsWith("restart"));
    assert.deepEqual(restarts.map(({ what }) => what), ["oamp", "repa", "repb", "csa", "csb"].map((name) => `restart ${name}`));
    assert.deepEqual(overlaps(restarts), []);
  });

  test("the second CVP server is touched when the first one is back", () => {
    const all = deeds(lab);
    const find = (what: string) => all.find((deed) => deed.what === what)!.entry;
    assert.ok(find("restart csa").until! <= find("import into csb").at);
    for (const name of ALL) assert.equal(backupsOf(lab, name).length, 1, name);
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(asked(lab, mark), []);
  });
});

describe("A25 outside the maintenance window", { timeout: 300_000 }, () => {
  test("imports up to the first call server, and leaves the rest due; inside it all is done, one server at a time", async () => {
    const day = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][(new Date().getUTCDay() + 3) % 7]!;
    const window = (text: string) => ({ more: `maintenanceWindow: { ${text}, timeZone: "UTC" }` });
    const lab = await startLab(only(ESTATE, "oamp", "csa", "csb"));
    let stack: TestStack | undefined;
    try {
      stack = await exchangeStack(lab, `${centerOf(lab, window(`days: ["${day}"], from: "01:00", to: "02:00"`))}\n${exchange()}`);
      const due = await stack.up();
      assert.equal(due.code, 0, due.output);
      assert.match(due.output, /oamp\.example\.com: restart the server: the maintenance window .* is closed[^]*csa\.example\.com: restart the server: the restart before it is due/);
      assert.match(due.output, /csb\.example\.com: import into the CVP keystore: what must be proved before it is due/);
      assert.deepEqual(deedNames(lab).sort(), ["import into csa", "import into oamp"]);
      const again = lab.history.mark();
      const waiting = await stack.up();
      assert.equal(waiting.code, 0, waiting.output);
      assert.match(waiting.output, /csb\.example\.com: import into the CVP keystore: what must be proved before it is due/);
      assert.deepEqual(asked(lab, again), []);
      const mark = lab.history.mark();
      stack.write(`${centerOf(lab, window(`from: "00:00", to: "00:00"`))}\n${exchange()}`);
      const done = await stack.up();
      assert.equal(done.code, 0, done.output);
      assert.deepEqual(deedNames(lab, mark), ["restart oamp", "restart csa", "import into csb", "restart csb"]);
      assert.deepEqual(overlaps(deeds(lab, mark)), []);
      assert.deepEqual(await distrusted(lab, [...attempts(["oamp"], ["csa", "csb"], [8111], "OPSConsoleServer"), ...attempts(["csa", "csb"], ["oamp"], [8111])]), []);
    } finally {
      stack?.dispose();
      await lab.stop();
    }
  });
});

describe("A25 declared wrongly", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(only(ESTATE, "oamp", "csa"));
    for (const name of ["oamp", "csa"]) await lab.host(domain(name)).ready();
    stack = await exchangeStack(lab, "");
    const connections = connectionsOf(lab) as Record<string, { keystores: object }>;
    const center = connections["contact-center"]!;
    // A store that is declared by its path has the connection's password.
    stack.setConnections({ ...connections, "contact-center": { ...center, keystores: { ...center.keystores, [domain("oamp")]: lab.host(domain("oamp")).storePassword } } });
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });

  const cases: [name: string, text: (pem: string) => string, says: RegExp][] = [
    ["a store that is opened as JKS is refused (R116)", (pem) => `store: { path: "C:\\\\Cisco\\\\CVP\\\\conf\\\\security\\\\.keystore", type: "JKS" }, entries: { "csa.example.com_wsm": ${pem} }`, /R116 oamp\.example\.com: the file is JCEKS, declared is JKS/],
    ["an import under the alias of a private key is refused (R113)", (pem) => `store: "CVP keystore", entries: { wsm_certificate: ${pem} }`, /R113 .*wsm_certificate is that of a private key of CVP/],
  ];
  for (const [name, text, says] of cases)
    test(`${name}, and the store stays byte for byte`, async () => {
      const before = storeOf(lab, domain("oamp"));
      stack.write(`${centerOf(lab)}\nnew uccerts.KeystoreEntries("entries", { host: center.host("oamp.example.com"), ${text(JSON.stringify(own(lab, domain("csa"), "WSM")))} });`);
      const { code, output } = await stack.up();
      assert.notEqual(code, 0);
      assert.match(output, says);
      assert.deepEqual(storeOf(lab, domain("oamp")), before);
    });
});
