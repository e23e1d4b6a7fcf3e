import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideAll, emptyReport, type Finding, fromFindings, PASS, type Rule, undecided, unite, type Verdict, violatedIf } from "../../../../domain/rules/rule";

const rule = (verdict: Verdict, rest: Partial<Rule<void>> = {}): Rule<void> => ({
  id: "R99",
  title: "Lines are up",
  severity: "mandatory",
  levels: ["L"],
  source: "test",
  comply: "Bring the line up",
  decide: () => verdict,
  ...rest,
});
const findings: Finding[] = [{ where: "pub", found: "line 1 is down" }, { found: "line 2 is down" }];
const violated = fromFindings(findings);

describe("what a report says of a rule", () => {
  test("that holds: only that it passed", () => {
    assert.deepEqual(decideAll([rule(PASS)], undefined), { ...emptyReport(), passed: ["R99"] });
  });

  test("that is mandatory and broken: every finding refuses, with what to do", () => {
    assert.deepEqual(decideAll([rule(violated)], undefined).refusals, [
      { id: "R99", text: "R99 pub: line 1 is down. Bring the line up" },
      { id: "R99", text: "R99 line 2 is down. Bring the line up" },
    ]);
  });

  test("that is advisory and broken: a warning", () => {
    const report = decideAll([rule(violated, { severity: "advisory" })], undefined);
    assert.deepEqual([report.refusals.length, report.warnings.map(({ text }) => text)], [0, ["R99 pub: line 1 is down", "R99 line 2 is down"]]);
  });

  test("that could not be decided: not verified, with the reason", () => {
    assert.deepEqual(decideAll([rule(undecided("nobody answers"))], undefined).undecided, [{ id: "R99", text: "R99 Lines are up: not verified (R136), nobody answers" }]);
  });

  test("the weight of a finding counts more than that of its rule", () => {
    const report = decideAll([rule(fromFindings([{ found: "slow", severity: "advisory" }, { found: "down" }]))], undefined);
    assert.deepEqual([report.warnings.length, report.refusals.length], [1, 1]);
  });
});

describe("what a person accepts", () => {
  const accept = { R99: "spare line in use" };

  test("a rule that may be accepted is set aside with the reason", () => {
    const report = decideAll([rule(violated, { acceptable: true })], undefined, accept);
    assert.equal(report.refusals.length, 0);
    assert.equal(report.accepted[0]!.text, "R99 pub: line 1 is down (accepted: spare line in use)");
  });

  test("the refusal of a rule that may be accepted says how", () => {
    assert.match(decideAll([rule(violated, { acceptable: true })], undefined).refusals[0]!.text, /, or accept it: accept: \{ R99: "<reason>" \}$/);
  });

  test("a rule that may not be accepted refuses all the same", () => {
    assert.equal(decideAll([rule(violated)], undefined, accept).refusals.length, 2);
  });

  test("an empty reason is no reason", () => {
    assert.equal(decideAll([rule(violated, { acceptable: true })], undefined, { R99: "" }).refusals.length, 2);
  });
});

describe("verdicts and reports", () => {
  test("no findings pass", () => {
    assert.equal(fromFindings([]), PASS);
    assert.equal(violatedIf(false, () => "never asked"), PASS);
  });

  test("every rule is decided, also after one that refuses", () => {
    const report = decideAll([rule(violated), rule(PASS, { id: "R98" }), rule(undecided("x"), { id: "R97" })], undefined);
    assert.deepEqual([report.refusals.length, report.passed, report.undecided.length], [2, ["R98"], 1]);
  });

  test("several reports are one", () => {
    const one = decideAll([rule(violated), rule(PASS)], undefined);
    const both = unite([one, one]);
    assert.deepEqual([both.refusals.length, both.passed], [4, ["R99", "R99"]]);
  });
});
