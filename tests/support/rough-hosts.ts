// Exchanges of a contact centre on a rough lab: what they may do to hosts, however often a connection is lost.
import assert from "node:assert/strict";
import { type Lab, startLab } from "../../lab";
import { backupsOf, distrusted, domain, entriesOf, short, storesNow, type StoreContents } from "./exchange";
import { ROUGH_TIMING, roughen, type Seed } from "./rough";
import { succeeded } from "./rough-scenarios";
import { programFor, SMALL_A21, SMALL_A25, type SmallExchange } from "./small-exchanges";
import { TestStack } from "./stack";
import { effectsSince } from "./walk";
import { leftovers, listed, WINDOWS_EFFECTS, withoutBoot } from "./windows-effects";

export interface HostScenario extends SmallExchange {
  /** Seeds at 5 % and at 20 %; the whole product with UCCERTS_ROUGH=all. */
  seeds: readonly [Seed[], Seed[]];
}

export const HOST_SCENARIOS: readonly HostScenario[] = [
  { ...SMALL_A21, seeds: [[], ["north"]] },
  { ...SMALL_A25, seeds: [[], []] },
];

/** Java takes its time where eight of them start. */
const TIMING = { ...ROUGH_TIMING, cliCommand: "60s", serverRestart: "60s", serviceRestart: "30s" };

/** Each store opens with the real keytool, holds what is declared and all that it held, with one backup of that. */
async function assertStores(lab: Lab, { entries }: SmallExchange, before: StoreContents): Promise<void> {
  for (const [name, own] of Object.entries(entries)) {
    const now = entriesOf(lab, name);
    assert.deepEqual((await listed(lab, domain(name))).filter((alias) => alias.includes("example.com_")).sort(), own, name);
    assert.deepEqual(new Map([...now].filter(([alias]) => !own.includes(alias))), before.get(name), name);
    const backups = backupsOf(lab, name);
    assert.equal(backups.length, 1, `backups of ${name}`);
    assert.deepEqual(entriesOf(lab, name, backups[0]), before.get(name), name);
  }
  assert.deepEqual(leftovers(lab), []);
}

/** No log-in was refused, and no host was logged in to more often than its lost connections explain. */
function assertNoStorm(lab: Lab, since: number): void {
  const entries = lab.history.since(since);
  assert.deepEqual(entries.filter(({ action, outcome }) => action === "log-in failed" || outcome === "refused"), []);
  for (const { fqdn } of lab.contactCenters[0]!.hosts) {
    const own = entries.filter(({ node }) => node === fqdn);
    const lost = own.filter(({ action }) => /^fault: (dropped|upload cut)|^restart server$/.test(action)).length;
    const logIns = own.filter(({ action }) => action === "log in").length;
    assert.ok(logIns <= lost + 2, `${fqdn}: ${logIns} log-ins, ${lost} lost connections`);
  }
}

/** Plays one exchange on the rough lab, from its first `up` to one that finds nothing to do. */
export async function playOnHosts(scenario: HostScenario, rate: number, seed: string): Promise<void> {
  const program = await programFor(scenario.estate);
  const lab = await startLab(scenario.estate);
  let stack: TestStack | undefined;
  try {
    const before = await storesNow(lab, lab.contactCenters[0]!.hosts.map(({ fqdn }) => short(fqdn)));
    stack = await TestStack.create({ lab, program, timing: TIMING });
    const mark = lab.history.mark();
    const smooth = roughen(lab, rate, seed, ["windows ssh", "sftp"]);
    succeeded(await stack.up());
    const effects = withoutBoot(effectsSince(lab, mark, WINDOWS_EFFECTS)).filter((effect) => /^(stop|start|restart)/.test(effect));
    assert.deepEqual(effects.sort(), [...scenario.restarts].sort());
    const done = lab.history.mark();
    assert.match(succeeded(await stack.up()).output, /\d+ unchanged\n/);
    assert.deepEqual(lab.history.since(done).map(({ action }) => action), [], "a second run asks nobody");
    smooth();
    await assertStores(lab, scenario, before);
    assert.deepEqual(await distrusted(lab, scenario.trusted), []);
    assertNoStorm(lab, mark);
  } finally {
    stack?.dispose();
    await lab.stop();
  }
}
