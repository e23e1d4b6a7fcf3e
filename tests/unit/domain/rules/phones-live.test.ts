import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type InteractionFacts, R56, R60, R61, R62, R67, type RegistrationFacts, type StayingFacts, type TvsFacts, U10, U11 } from "../../../../domain/rules/phones-live";
import type { Verdict } from "../../../../domain/rules/rule";
import { NOW } from "../../../support/certificates";
import { PUBLISHER, SUBSCRIBER, UNREAD } from "../../../support/facts";

const said = (verdict: Verdict) => (verdict.outcome === "violated" ? verdict.findings.map(({ where, found }) => `${where ?? ""}: ${found}`) : verdict.outcome === "undecided" ? [`undecided: ${verdict.reason}`] : []);
const UNDECIDED = "undecided: hq: connection refused";

describe("R56: registered phones", () => {
  const decide = (broken: Partial<RegistrationFacts>) => said(R56.decide({ cluster: "hq", before: { value: 200 }, after: { value: 200 }, tolerancePercent: 1, ...broken }));
  it("are as many as before, or more, or not counted again yet", () => assert.deepEqual([decide({}), decide({ after: { value: 201 } }), decide({ after: undefined })], [[], [], []]));
  it("may be fewer by the tolerance, and no more", () => assert.deepEqual([decide({ after: { value: 198 } }), decide({ after: { value: 197 } })], [[], ["hq: 3 of 200 phones are no longer registered"]]));
  it("a tolerance of less than one phone is none", () => assert.deepEqual(decide({ before: { value: 50 }, after: { value: 49 } }), ["hq: 1 of 50 phones are no longer registered"]));
  it("are named, the first ten", () => {
    const missing = Array.from({ length: 12 }, (_, index) => `SEP${index}`);
    assert.deepEqual(decide({ after: { value: 188 }, missing }), [`hq: 12 of 200 phones are no longer registered: ${missing.slice(0, 10).join(", ")} and 2 more`]);
    assert.deepEqual(decide({ after: { value: 190 }, missing: ["SEP1"] }), ["hq: 10 of 200 phones are no longer registered: SEP1"]);
  });
  it("that could not be counted are not decided", () => assert.deepEqual([decide({ before: UNREAD }), decide({ after: UNREAD })], [[UNDECIDED], [UNDECIDED]]));
});

describe("U11: phones that are back", () => {
  const decide = (again: Record<string, number>, broken: Partial<StayingFacts> = {}) => said(U11.decide({ cluster: "hq", watched: 100, tolerancePercent: 2, allowed: 1, again: new Map(Object.entries(again)), ...broken }));
  it("may register anew once, for they go back to the first node of their group", () => assert.deepEqual(decide({ A: 1, B: 1, C: 1, D: 1 }), []));
  it("may do so more often while they are on their way back", () => assert.deepEqual([decide({ A: 3, B: 3, C: 3 }, { allowed: 3 }), decide({ A: 4, B: 4, C: 4 }, { allowed: 3 }).length], [[], 1]));
  it("may be restless by the tolerance, and no more", () => assert.deepEqual([decide({ A: 2, B: 5 }), decide({ A: 2, C: 3, B: 5 })], [[], ["hq: 3 of 100 phones register again and again: A, B, C"]]));
});

describe("U10: phone interaction", () => {
  const decide = (broken: Partial<InteractionFacts>) => said(U10.decide({ cluster: "hq", release: "15", mixedMode: { value: true }, interaction: { value: "1" }, ...broken }));
  const AUTOMATIC = { interaction: { value: "0" } };
  it("is manual", () => assert.deepEqual(decide({}), []));
  it("is automatic in mixed mode", () => assert.deepEqual(decide(AUTOMATIC), ["hq: Phone Interaction on Certificate Update is automatic: phones reset at the upload, and take the old CTL file"]));
  it("does not matter without mixed mode, nor before release 14", () => assert.deepEqual([decide({ ...AUTOMATIC, mixedMode: { value: false } }), decide({ ...AUTOMATIC, release: "12.5(1)SU7" })], [[], []]));
  it("could not be read, or is not there, or the mode is not known", () => assert.deepEqual([decide({ interaction: UNREAD }), decide({ interaction: { value: undefined } }), decide({ ...AUTOMATIC, mixedMode: UNREAD })], [[UNDECIDED], ["undecided: hq: it has no enterprise parameter Phone Interaction on Certificate Update"], [UNDECIDED]]));
});

describe("R60: the rollback parameter", () => {
  const decide = (rollback: Parameters<typeof R60.decide>[0]["rollback"]) => said(R60.decide({ cluster: "hq", rollback }));
  it("is False", () => assert.deepEqual(decide({ value: false }), []));
  it("is True", () => assert.deepEqual(decide({ value: true }), ["hq: Prepare Cluster for Rollback to pre 8.0 is True: TFTP serves empty ITL files"]));
  it("could not be read", () => assert.deepEqual(decide(UNREAD), [UNDECIDED]));
});

describe("R61: TVS", () => {
  const good: TvsFacts["nodes"][number] = { node: PUBLISHER, service: { value: "Started" }, portOpen: { value: true } };
  const decide = (...others: Partial<typeof good>[]) => said(R61.decide({ nodes: [good, ...others.map((one) => ({ ...good, node: SUBSCRIBER, ...one }))] }));
  it("runs on every node, with its port open", () => assert.deepEqual(decide({}), []));
  it("is stopped on one", () => assert.deepEqual(decide({ service: { value: "Stopped" } }), ["cs-ccm-sub.example.com: Cisco Trust Verification Service is Stopped"]));
  it("cannot be reached on one", () => assert.deepEqual(decide({ portOpen: { value: false } }), ["cs-ccm-sub.example.com: TCP port 2445 is closed"]));
  it("is not decided of a node that could not be asked", () => assert.deepEqual(decide({ service: UNREAD, portOpen: UNREAD }), ["undecided: cs-ccm-sub.example.com: connection refused"]));
  it("what is wrong elsewhere counts even so", () => assert.equal(decide({ service: UNREAD, portOpen: { value: false } }).join(), "cs-ccm-sub.example.com: TCP port 2445 is closed"));
  it("is not decided without a node", () => assert.deepEqual(said(R61.decide({ nodes: [] })), ["undecided: no node of a CallManager group is known"]));
});

describe("R62: CallManager groups", () => {
  const decide = (members: string[], usedByPhones = true) => said(R62.decide({ groups: { value: [{ name: "Default", members, usedByPhones }] } }));
  it("have two nodes, or no phones", () => assert.deepEqual([decide(["a", "b"]), decide(["a"], false)], [[], []]));
  it("have one node, or none", () => assert.deepEqual([decide(["a"]), decide([])], [["Default: the group has a alone: its phones are away while that restarts"], ["Default: the group has no node"]]));
  it("could not be read", () => assert.deepEqual(said(R62.decide({ groups: UNREAD })), ["undecided: connection refused"]));
});

describe("R67: ITLRecovery", () => {
  const decide = (days: number) => said(R67.decide({ cluster: "hq", now: NOW, madeAt: { value: new Date(NOW.getTime() - days * 86_400_000) }, leastDays: 365 }));
  it("is old enough", () => assert.deepEqual(decide(365), []));
  it("was made not long ago", () => assert.match(decide(364).join(), /^hq: its ITLRecovery certificate is of 2025-06-02T.*, less than 365 days ago$/));
  it("could not be read", () => assert.deepEqual(said(R67.decide({ cluster: "hq", now: NOW, madeAt: UNREAD, leastDays: 1 })), [UNDECIDED]));
});
