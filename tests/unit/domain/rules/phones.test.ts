import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE_UPDATE_RULES, type PhoneStep, type PhoneUpdate } from "../../../../domain/rules/phones";
import { decideAll } from "../../../../domain/rules/rule";
import type { Purpose } from "../../../../domain/purposes";
import { PRESENCE, PUBLISHER, SUBSCRIBER, UNREAD } from "../../../support/facts";

const upload = (purpose: Purpose): PhoneStep => ({ kind: "upload", purpose, node: PUBLISHER });
const CTL: PhoneStep = { kind: "CTL update", node: PUBLISHER };
const RESTART: PhoneStep = { kind: "restart", node: PUBLISHER };
const DELETION: PhoneStep = { kind: "deletion", store: "CAPF-trust", node: PUBLISHER };

/** A renewal of CallManager in mixed mode, as Cisco 118731 has it. */
function update(broken: Partial<PhoneUpdate> = {}): PhoneUpdate {
  return { cluster: "hq", release: "15", steps: [upload("CallManager"), CTL, RESTART, RESTART], mixedMode: { value: true }, ctlMethod: { value: "tokenless" }, maintenanceWindow: { from: "22:00", to: "04:00", timeZone: "Europe/Berlin" }, phonesWithLsc: { value: 0 }, exchanges: [{ name: "emcc", repeatedAfter: ["CallManager"] }], ...broken };
}
const report = (broken: Partial<PhoneUpdate>) => decideAll(PHONE_UPDATE_RULES, update(broken));
/** All that is said of it, rule by rule. */
function only(broken: Partial<PhoneUpdate>, ...patterns: RegExp[]): void {
  const { refusals, warnings, undecided } = report(broken);
  const lines = [...refusals, ...warnings, ...undecided].map(({ text }) => text);
  assert.equal(lines.length, patterns.length, lines.join("\n"));
  patterns.forEach((pattern, index) => assert.match(lines[index]!, pattern));
}

describe("an update that phones survive", () => {
  it("breaks no rule", () => assert.deepEqual(report({}).passed, PHONE_UPDATE_RULES.map(({ id }) => id)));
  it("may change both key types of CallManager", () => only({ steps: [upload("CallManager"), upload("CallManager-ECDSA"), CTL, RESTART] }));
  it("has no CTL update without mixed mode", () => only({ mixedMode: { value: false }, steps: [upload("CallManager"), RESTART] }));
  it("of TVS has none either", () => only({ steps: [upload("TVS"), RESTART] }));
  it("of tomcat needs no window, for phones do not notice", () => only({ steps: [upload("tomcat"), RESTART], maintenanceWindow: undefined, exchanges: [] }));
  it("may end before the restarts", () => only({ steps: [upload("CallManager"), CTL] }));
});

describe("what is refused", () => {
  for (const [release, signer] of [["11.5(1)", "CallManager"], ["15", "ITLRecovery"]] as const)
    it(`${signer} and TVS together at ${release} (R54, R55)`, () => only({ release, steps: [upload(signer), upload("TVS"), CTL, RESTART] }, new RegExp(`^R54 hq: ${signer}, which signs ITL files at ${release.replace(/[()]/g, "\\$&")}, and TVS change in one update`), new RegExp(`^R55 hq: ${signer} and TVS change in one update`)));

  it("CallManager and TVS together where ITLRecovery signs (R55)", () => only({ steps: [upload("CallManager"), upload("TVS"), CTL, RESTART] }, /^R55 hq: CallManager and TVS change in one update/));
  it("CallManager and ITLRecovery together (R55)", () => only({ steps: [upload("CallManager-ECDSA"), upload("ITLRecovery"), CTL, RESTART] }, /^R55 hq: CallManager and ITLRecovery/));

  for (const purpose of ["CallManager", "CallManager-ECDSA", "CAPF", "ITLRecovery"] as const)
    it(`${purpose} in mixed mode without a CTL update (R57)`, () => only({ steps: [upload(purpose), RESTART], exchanges: [] }, /^R57 hq: it is in mixed mode, and no CTL update lies between the upload and the first restart/));
  it("a CTL update before the upload, and one after the first restart (R57)", () => {
    for (const steps of [[CTL, upload("CallManager"), RESTART], [upload("CallManager"), RESTART, CTL]]) only({ steps }, /^R57 hq: it is in mixed mode, and no CTL update lies between/);
  });
  it("a restart before the last upload (R57)", () => only({ steps: [RESTART, upload("CallManager"), CTL, RESTART] }, /^R57 hq: services restart before the last upload/));

  it("a CTL update on a subscriber, or on IM and Presence (R59)", () => {
    for (const node of [SUBSCRIBER, PRESENCE]) only({ steps: [upload("CallManager"), { ...CTL, node }, RESTART] }, new RegExp(`^R59 ${node.fqdn}: the CTL file would be updated here`));
  });
  it("a CTL file that an eToken has signed (R59)", () => {
    only({ ctlMethod: { value: "eToken" } }, /^R59 hq: its CTL file is signed by an eToken: tokens no longer exist from 14SU3 on/);
    only({ ctlMethod: { value: "eToken" }, release: "14SU2" }, /^R59 hq: its CTL file is signed by an eToken: only a person with the tokens can update it/);
  });

  it("a change without a maintenance window (R63)", () => only({ maintenanceWindow: undefined }, /^R63 hq: a change of CallManager resets phones, and no maintenance window is declared/));

  it("the old CAPF deleted while phones hold its LSCs (R65)", () => {
    const steps = [upload("CAPF"), CTL, RESTART, DELETION];
    only({ steps, exchanges: [] });
    only({ steps, exchanges: [], phonesWithLsc: { value: 12 } }, /^R65 hq: 12 phones hold an LSC of the certificate that would be deleted from CAPF-trust/);
  });

  for (const purpose of ["CallManager", "tomcat", "tomcat-ECDSA", "CAPF"] as const)
    it(`${purpose} without a repeated exchange (R66)`, () => only({ steps: [upload(purpose), CTL, RESTART], exchanges: [{ name: "emcc", repeatedAfter: [] }], mixedMode: { value: true } }, ...(purpose.startsWith("tomcat") ? [/^R66 hq: its tomcat/, /^R58/] : [new RegExp(`^R66 hq: its ${purpose} certificate changes, and the exchange emcc is not repeated`)])));
});

describe("what only warns", () => {
  it("a CTL update without mixed mode (R58)", () => only({ mixedMode: { value: false } }, /^R58 hq: it is not in mixed mode and has no CTL file to update/));
  it("a CTL update for TVS (R58)", () => only({ steps: [upload("TVS"), CTL, RESTART] }, /^R58 hq: TVS is not in the CTL file/));
});

describe("what could not be read is not decided", () => {
  it("mixed mode (R57)", () => only({ mixedMode: UNREAD }, /^R57 .*not verified \(R136\), hq: connection refused/));
  it("how the CTL file is signed (R59)", () => only({ ctlMethod: UNREAD }, /^R59 .*not verified \(R136\), hq: connection refused/));
  it("how many phones hold an LSC (R65)", () => {
    const steps = [upload("CAPF"), CTL, RESTART, DELETION];
    only({ steps, exchanges: [], phonesWithLsc: UNREAD }, /^R65 .*not verified \(R136\), hq: connection refused/);
    only({ steps, exchanges: [], phonesWithLsc: undefined }, /^R65 .*how many phones hold an LSC was not asked/);
  });
});
