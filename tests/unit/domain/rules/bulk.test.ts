import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BULK_PLAN_RULES, type BulkPlan, comesAfter } from "../../../../domain/rules/bulk";
import { decideAll } from "../../../../domain/rules/rule";
import { bulkPlan, changedStep, CLUSTERS, DESTINATION, node, SOURCE, STEPS, withoutStep } from "../../../support/bulk";

const refusals = (broken: Partial<BulkPlan>) => decideAll(BULK_PLAN_RULES, bulkPlan(broken)).refusals.map(({ text }) => text);
const [source, destination] = CLUSTERS;

describe("an exchange between two clusters", () => {
  it("breaks no rule", () => assert.deepEqual(decideAll(BULK_PLAN_RULES, bulkPlan()).passed, BULK_PLAN_RULES.map(({ id }) => id)));
  it("may have no phones to move", () => assert.deepEqual(refusals({ steps: STEPS.filter(({ kind }) => kind !== "option 150" && kind !== "verification") }), []));
});

describe("what is refused", () => {
  const only = (broken: Partial<BulkPlan>, ...patterns: RegExp[]) => {
    const found = refusals(broken);
    assert.equal(found.length, patterns.length, found.join("\n"));
    patterns.forEach((pattern, index) => assert.match(found[index]!, pattern));
  };

  it("another directory (R89)", () => only({ clusters: [source!, { ...destination!, sftp: { ...destination!.sftp, directory: "/other/" } }] }, /^R89 destination: it uses 10\.24\.161\.145:22 \/other, and source uses 10\.24\.161\.145:22 \//));
  it("another server, and another port (R89)", () => {
    only({ clusters: [source!, { ...destination!, sftp: { ...destination!.sftp, host: "10.0.0.1" } }] }, /^R89 destination: it uses 10\.0\.0\.1:22 \//);
    only({ clusters: [source!, { ...destination!, sftp: { ...destination!.sftp, port: 2222 } }] }, /^R89 destination: it uses 10\.24\.161\.145:2222/);
  });

  for (const kind of ["export", "import"]) it(`an ${kind} on a subscriber (R90)`, () => only({ steps: changedStep(`${kind} source`, { node: node("sub.example.com", "subscriber") }) }, new RegExp(`^R90 sub\\.example\\.com: the ${kind} would run on a node that is not`)));
  it("a consolidation on a publisher of IM and Presence (R90)", () => only({ steps: changedStep("consolidation source", { node: node("imp.example.com", "publisher", "IM and Presence") }) }, /^R90 imp\.example\.com: the consolidation/));

  it("one cluster alone, or none (R91)", () => {
    const own = STEPS.filter(({ cluster }) => cluster === "source").map((one) => ({ ...one, after: one.after.filter((id) => !id.includes("destination")) }));
    only({ clusters: [source!], steps: own }, /^R91 source takes part alone/);
    assert.match(refusals({ clusters: [], steps: [] }).join(), /R91 no cluster takes part/);
  });
  it("two clusters with a host of one name (R91)", () => only({ clusters: [source!, { ...destination!, nodes: [DESTINATION, node("cucm1052pub.example.org", "subscriber")] }] }, /^R91 cucm1052pub: two clusters have a node of this host/));

  it("a cluster that does not export (R92)", () => only({ steps: withoutStep("export destination") }, /^R92 destination: it has no export/));
  it("a consolidation before the last export (R92)", () => only({ steps: changedStep("consolidation source", { after: ["export source"] }) }, /^R92 source: its consolidation does not wait for the export of destination/));

  it("no consolidation (R93)", () => only({ steps: withoutStep("consolidation source") }, /^R93 nothing is consolidated/));
  it("a second consolidation (R93)", () => {
    const second = { ...STEPS[2]!, id: "second", cluster: "destination", node: DESTINATION };
    const steps = [...STEPS, second].map((one) => (one.kind === "import" ? { ...one, after: [...one.after, "second"] } : one));
    only({ steps }, /^R93 it is consolidated 2 times: source, destination/);
  });

  it("a cluster that does not import (R94)", () => only({ steps: withoutStep("import source") }, /^R94 source: it has no import/));
  it("an import before the consolidation (R94)", () => only({ steps: changedStep("import source", { after: ["export source"] }) }, /^R94 source: its import does not wait for the consolidation of source/));

  it("no ITLRecovery where a cluster is 12.0 or later (R99)", () => only({ clusters: [source!, { ...destination!, release: "12.0(1)" }] }, /^R99 destination: it runs 12\.0\(1\), whose ITL and CTL are signed by ITLRecovery/));
  it("no ITLRecovery for EMCC (R99)", () => only({ emcc: true }, /^R99 EMCC needs ITLRecovery/));

  it("an import without a maintenance window (R101)", () => only({ clusters: [{ ...source!, maintenanceWindow: undefined }, destination!] }, /^R101 source: its import resets phones, and no maintenance window is declared/));

  it("option 150 before a verification (R102)", () => only({ steps: changedStep("dhcp", { after: ["verification source", "import destination"] }) }, /^R102 source: its option 150 does not wait for the verification of destination/));
  it("option 150 without a verification (R102)", () => only({ steps: withoutStep("verification source") }, /^R102 source: it has no verification/));
  it("a verification before the import (R102)", () => only({ steps: changedStep("verification source", { after: [] }) }, /^R102 source: its verification does not wait for its import/));
});

describe("what is not refused", () => {
  it("ITLRecovery among the types, or inside tftp", () => {
    const clusters = [source!, { ...destination!, release: "15" }];
    assert.deepEqual([refusals({ clusters, types: ["tftp", "ITLRecovery"] }), refusals({ clusters, itlRecovery: "in tftp" })], [[], []]);
  });
});

describe("a step that waits for another", () => {
  const step = (id: string, ...after: string[]) => ({ id, kind: "export" as const, cluster: "a", node: SOURCE, after });
  it("does so over steps between", () => assert.equal(comesAfter([step("a"), step("b", "a"), step("c", "b")], step("c", "b"), step("a")), true));
  it("does not because the other waits for it, and not in a circle", () => assert.equal(comesAfter([step("a", "b"), step("b", "a")], step("a", "b"), step("c")), false));
});
