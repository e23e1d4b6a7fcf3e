// A16: two clusters of one node each, 10.5(2) and 11.5(1), exchange their certificates over one directory, on the real engine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { A16, bulkEntries, changes, DESTINATION_PUB, estateOf, exchangeText, lying, orders, SOURCE_PUB } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { holds, own } from "../lab/support/bulk";

const EXPORTED = ["CUCM1052PUB", "CUCM1151PUB"].flatMap((host) => ["capf", "tftp", "tomcat"].map((type) => `${host}_${type}.pkcs12`));
const CONSOLIDATED = ["capf.pkcs12", "tftp.pkcs12", "tomcat.pkcs12"];
const MAPPING = [["tomcat", "tomcat-trust"], ["CallManager", "Phone-SAST-trust"], ["CallManager", "CallManager-trust"], ["CAPF", "CallManager-trust"]] as const;

describe("A16, a bulk exchange of two clusters", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(A16));
    stack = await TestStack.create({ lab, program: exchangeText(A16) });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  it("the preview lists every step, and asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /bulk import +CUCM1151PUB\.example\.com +if its nodes do not know them +phones reset/);
    assert.match(output, /6 steps, usually \d+ minutes; users notice 2 of them/);
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("the first up exports both, consolidates once on the source, imports both, and prints who knows whom", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const all = orders(lab);
    assert.deepEqual(all.slice(0, 2).sort(), ["CUCM1052PUB: export all", "CUCM1151PUB: export all"]);
    assert.equal(all[2], "CUCM1052PUB: consolidate all");
    assert.deepEqual(all.slice(3).sort(), ["CUCM1052PUB: import all", "CUCM1151PUB: import all"]);
    assert.match(output, new RegExp(`${SOURCE_PUB} +CallManager +${own(lab, SOURCE_PUB, "CallManager").serial} +Phone-SAST-trust, CallManager-trust +${DESTINATION_PUB}`, "i"));
  });

  it("no consolidation began before the last export had ended, and no import before it", () => {
    const spans = (what: string) => bulkEntries(lab).filter(({ action }) => action.startsWith(`bulk ${what}`));
    const began = (what: string) => Math.min(...spans(what).map(({ at }) => at));
    const ended = (what: string) => Math.max(...spans(what).map(({ until }) => until!));
    assert.ok(ended("export") <= began("consolidate") && ended("consolidate") <= began("import"));
  });

  it("six files lie there after both exports, and one more of each type", () => {
    assert.deepEqual(lying(lab), [...EXPORTED, ...CONSOLIDATED]);
  });

  for (const [local, remote] of [[SOURCE_PUB, DESTINATION_PUB], [DESTINATION_PUB, SOURCE_PUB]] as const)
    it(`${local} has the four rows of the mapping table`, () => {
      for (const [purpose, store] of MAPPING) assert.ok(holds(lab, local, store, own(lab, remote, purpose)), `${purpose} in ${store}`);
    });

  it("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("a refresh finds everything as it is declared, and changes nothing", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.refresh();
    assert.equal(code, 0, output);
    assert.match(output, /8 unchanged/);
    assert.deepEqual(changes(lab, mark), []);
  });

  it("on an estate that is already so, a first up writes nothing", async () => {
    const again = await TestStack.create({ lab, program: exchangeText(A16) });
    const mark = lab.history.mark();
    const { code, output } = await again.up();
    again.dispose();
    assert.equal(code, 0, output);
    assert.deepEqual(changes(lab, mark), []);
  });

  it("destroy forgets: files and entries stay", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.destroy();
    assert.equal(code, 0, output);
    assert.deepEqual(changes(lab, mark), []);
    assert.deepEqual(lying(lab), [...EXPORTED, ...CONSOLIDATED]);
  });
});
