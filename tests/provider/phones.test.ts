// The phones of a cluster around a change: counted before, waited for after (R56, U11), reset once.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { noteChanged, requireAlone } from "../../provider/resources/shared/phone-changes";
import { rememberChange } from "../../provider/resources/shared/counted-phones";
import { estate, HQ, PHONES, PUB, SUB1 } from "../support/callmanager";
import { type Partial, TestProvider } from "../support/provider";

const node = HQ.publisher("CUCM")!;

describe("phones of a cluster", () => {
  let lab: Lab, provider: TestProvider;
  const phones = () => lab.cluster("hq").phones;
  const names = () => phones().all.map(({ name }) => name);
  const change = () => ({ node, purpose: "CallManager", distribution: "this-server", certificatePem: lab.node(PUB).store.identities.get("CallManager")!.certificate.pem });
  const count = (more = {}) => ({ node, changes: [change()], ...more });
  const gate = (more = {}) => ({ node, triggers: ["a"], before: names(), after: "done", ...more });
  /** Taken out of the database, and reset: rejected, when they come back. */
  const lose = async (many: number) => {
    for (const name of names().slice(0, many)) phones().configured.delete(name);
    phones().resetAll("a person");
    await phones().settled();
  };
  const failing = async (work: Promise<unknown>) => {
    const failed = (await work.then(() => undefined, (error: unknown) => error)) as Partial | undefined;
    assert.ok(failed, "it succeeded");
    return failed;
  };

  beforeEach(async () => {
    lab = await startLab(estate());
    provider = new TestProvider(lab, { timing: { phonesBack: "600ms" } });
  });
  afterEach(async () => {
    await provider.dispose();
    await lab.stop();
  });

  it("are counted by their names, and how many are configured", async () => {
    const counted = await provider.create("PhoneCount", count());
    assert.deepEqual([counted.registered, counted.configured, counted.status], [[...names()].sort(), PHONES, "counted"]);
  });

  it("are counted when the upload may be, and not days before", async () => {
    const [from, to] = [2, 3].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
    const other = { ...change(), certificatePem: lab.node(SUB1).store.identities.get("CallManager")!.certificate.pem };
    const due = await provider.create("PhoneCount", count({ changes: [other], maintenanceWindow: { from, to, timeZone: "UTC" } }));
    assert.deepEqual([due.status, due.registered], ["due", []]);
    assert.deepEqual(lab.history.of("ris"), []);
  });

  it("are back when as many are registered as before, and stay so", async () => {
    const done = await provider.create("PhonesRegistered", gate());
    assert.deepEqual([done.status, done.registered, done.missing], ["done", PHONES, []]);
    assert.match(provider.output, /hq: 30 of 30 phones are back; watching whether they stay/);
  });

  it("may stay away by the tolerance, which is a share of them", async () => {
    await lose(3);
    const done = await provider.create("PhonesRegistered", gate({ tolerancePercent: 10 }));
    assert.deepEqual([done.status, done.registered, done.missing], ["done", PHONES - 3, names().slice(0, 3)]);
  });

  it("that stay away stop the run, and the next one looks again", async () => {
    await lose(12);
    const failed = await failing(provider.create("PhonesRegistered", gate()));
    assert.match(failed.reasons!.join(" "), new RegExp(`R56 hq: 12 of ${PHONES} phones are no longer registered: ${names().slice(0, 10).join(", ")} and 2 more\\. Look at these phones .*nothing that depends on the phones was begun`));
    assert.deepEqual([failed.properties!.status, failed.properties!.registered, (failed.properties!.missing as string[]).length], ["waiting", PHONES - 12, 10]);
    assert.equal((await provider.diff("PhonesRegistered", failed.properties!, gate())).changes, true);
  });

  it("that register again and again stop it too, with the defect named (CSCup28852)", async () => {
    lab.node(PUB).store.identities.set("CallManager", { ...lab.node(PUB).store.identities.get("CallManager")!, distribution: "multi-server" });
    lab.faults.add({ fault: "phones reset again and again", node: PUB });
    phones().resetAll("a person");
    const patient = new TestProvider(lab, { timing: { phonesBack: "20s", phonesWatch: "8s", phonePoll: "400ms" } });
    const failed = await failing(patient.create("PhonesRegistered", gate({ tolerancePercent: 50 })));
    await patient.dispose();
    assert.match(failed.reasons!.join(" "), /U11 hq: \d+ of 30 phones register again and again: SEP.*CSCup28852/);
  });

  it("are looked at once where nothing was restarted", async () => {
    const mark = lab.history.mark();
    await provider.create("PhonesRegistered", gate({ disturbed: false }));
    assert.equal(lab.history.since(mark).filter(({ interface: at }) => at === "ris").length, 1);
  });

  it("wait for what is due, and nobody is asked", async () => {
    const mark = lab.history.mark();
    assert.equal((await provider.create("PhonesRegistered", gate({ triggers: ["due"] }))).status, "due");
    assert.equal((await provider.create("PhonesRegistered", gate({ after: "due" }))).status, "due");
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("are reset once, also when they did not come back the first time", async () => {
    // Rejected when it comes back from the reset.
    const unwatch = lab.history.watch(({ action }) => void (action === `reset ${names()[0]}` && phones().configured.delete(names()[0]!)));
    const resets = () => lab.history.of("phone", "reset ").filter(({ detail }) => detail.why !== "a person").length;
    const failed = await failing(provider.create("PhonesRegistered", gate({ reset: true })));
    assert.match(failed.reasons!.join(" "), /R56 hq: 1 of 30 phones are no longer registered/);
    assert.deepEqual([resets(), failed.properties!.resetAt !== ""], [PHONES, true]);
    unwatch();
    phones().configured.set(names()[0]!, "Default");
    phones().phone(names()[0]!)!.reset("a person");
    const done = await provider.update("PhonesRegistered", failed.properties!, gate({ reset: true }));
    assert.deepEqual([done.status, resets()], ["done", PHONES]);
  });

  it("that a person resets are said not to be verified", async () => {
    lab.cluster("hq").parameters.set("Phone Interaction on Certificate Update", "1");
    const done = await provider.create("PhonesRegistered", gate());
    assert.match(String(done.remark), /is manual: a person resets the phones now .*not verified \(R136\)/);
  });

  it("that an earlier change met and nobody has seen back refuse the next one (R56), until they are back", async () => {
    const first = await provider.create("PhoneCount", count());
    rememberChange(node, provider.runtime.context());
    await lose(12);
    const next = count({ changes: [{ ...change(), certificatePem: lab.node(SUB1).store.identities.get("CallManager")!.certificate.pem }] });
    assert.match((await failing(provider.update("PhoneCount", first, next))).message, new RegExp(`Nothing was changed: after an earlier change phones of cluster "hq" are not back:\\s+- R56 hq: 12 of ${PHONES} phones`));
    for (const name of names()) phones().configured.set(name, "Default");
    phones().all.forEach((phone) => phone.reset("a person"));
    await phones().settled();
    assert.equal((await provider.update("PhoneCount", first, next)).status, "counted");
  });

  it("keep a certificate that they need from changing together with another (R54, R55), until they are back", async () => {
    const context = provider.runtime.context();
    noteChanged(node, { purpose: "CallManager" }, context);
    assert.throws(() => requireAlone(node, { purpose: "TVS" }, context), /Nothing was changed: the TVS certificate is not uploaded:\s+- R55 hq: CallManager and TVS change in one update/);
    assert.doesNotThrow(() => requireAlone(node, { purpose: "CallManager-ECDSA" }, context));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await provider.create("PhonesRegistered", gate({ disturbed: false }));
    assert.doesNotThrow(() => requireAlone(node, { purpose: "TVS" }, context));
  });

  it("refuse a tolerance that is no percentage", async () => {
    for (const kind of ["PhoneCount", "PhonesRegistered"] as const) assert.deepEqual(await provider.check(kind, { ...count(), ...gate(), tolerancePercent: 120 }), ["tolerancePercent: 120 is no share: write a number from 0 to below 100"]);
  });
});
