// What a VOS node tells, read through the contract: when all is well, and through every fault that a reading can meet.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName, Interface } from "../../lab";
import type { PlatformErrorKind } from "../../provider/errors";
import type { VosPlatform } from "../../provider/platforms/vos";
import { startNodes } from "../lab/support/estates";
import { Bench, fails, PUB, SUB } from "./support";

/** One reading of the contract. */
interface Reading {
  what: string;
  read: (vos: VosPlatform) => Promise<unknown>;
  /** Where and how it is asked for. */
  at: Interface;
  asked: string;
  /** In the words of an error. */
  action: string;
  /** How often it is tried in all. */
  attempts: number;
}

const READINGS: readonly Reading[] = [
  { what: "every certificate", read: (vos) => vos.snapshot(), at: "rest", asked: "GET /snapshot/server", action: "read certificates", attempts: 4 },
  { what: "a trust store", read: (vos) => vos.trustEntries("tomcat-trust"), at: "rest", asked: "GET /trust/certificate", action: "read tomcat-trust", attempts: 4 },
  { what: "an installed certificate", read: (vos) => vos.identity("tomcat"), at: "rest", asked: "GET /identity/certificate", action: "read the tomcat certificate", attempts: 4 },
  { what: "a pending request", read: (vos) => vos.pendingRequest("tomcat"), at: "rest", asked: "GET /csr", action: "read the pending tomcat request", attempts: 4 },
  { what: "the services", read: (vos) => vos.services(), at: "soap", asked: "soapGetServiceStatus", action: "read the services", attempts: 4 },
  { what: "the nodes of the cluster", read: (vos) => vos.members(), at: "axl", asked: "listProcessNode", action: "AXL: list the nodes of the cluster", attempts: 4 },
  { what: "SSO in the database", read: (vos) => vos.ssoInDatabase(), at: "axl", asked: "executeSQLQuery", action: "AXL: read the SSO mode of the nodes", attempts: 4 },
  { what: "an enterprise parameter", read: (vos) => vos.parameter("HTTPSCiphers"), at: "axl", asked: "executeSQLQuery", action: "AXL: read the enterprise parameter HTTPSCiphers", attempts: 4 },
  { what: "the system facts", read: (vos) => vos.system(), at: "cli", asked: "show version active", action: "read the version", attempts: 3 },
  { what: "names that are not resolved", read: (vos) => vos.unresolved([SUB]), at: "cli", asked: `utils network host ${SUB}`, action: `resolve ${SUB}`, attempts: 3 },
  { what: "replication", read: (vos) => vos.unhealthyReplication(), at: "cli", asked: "utils dbreplication runtimestate", action: "read the state of database replication", attempts: 3 },
  { what: "backups", read: (vos) => vos.backups(), at: "cli", asked: "utils disaster_recovery history backup", action: "read the backup history", attempts: 3 },
];

const always = () => true;
const overHttps = ({ at }: Reading) => at !== "cli";
/** What takes its time is tried with one reading of each way. */
const firstOfItsWay = (reading: Reading) => READINGS.find(({ at }) => at === reading.at) === reading;

/** Faults that pass, and what a reading comes to when they do not. */
const PASSING: readonly { fault: FaultName; kind: PlatformErrorKind; answer: RegExp; strikes: (reading: Reading) => boolean; timing?: Record<string, string> }[] = [
  { fault: "dropped connection", kind: "connection", answer: /./, strikes: always },
  { fault: "dropped answer", kind: "connection", answer: /./, strikes: (reading) => overHttps(reading) || firstOfItsWay(reading) },
  { fault: "unavailable", kind: "busy", answer: /503/, strikes: overHttps },
  { fault: "no answer", kind: "timeout", answer: /in time|did not come back/, strikes: firstOfItsWay, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "slow answer", kind: "timeout", answer: /in time|did not come back/, strikes: firstOfItsWay, timing: { request: "400ms", cliCommand: "400ms" } },
  { fault: "lost prompt", kind: "timeout", answer: /the CLI prompt did not come back within 0\.4 s/, strikes: (reading) => !overHttps(reading) && firstOfItsWay(reading), timing: { cliCommand: "400ms" } },
];

describe("a reading", () => {
  const bench = new Bench(() => startNodes());

  for (const reading of READINGS) {
    const { what, read, at, asked, action, attempts } = reading;
    let calm: unknown;

    test(`${what}: asks once when all is well`, async () => {
      const run = bench.run();
      calm = withoutClock(await read(run.vos(PUB)));
      assert.equal(run.asked(at, asked).length, 1);
    });

    for (const { fault, kind, answer, timing } of PASSING.filter((one) => one.strikes(reading))) {
      test(`${what}: is the same after one "${fault}"`, async () => {
        calm ??= withoutClock(await read(bench.run().vos(PUB)));
        const run = bench.run({ timing });
        bench.lab.faults.add({ fault, node: PUB, interface: at, action: asked, times: 1 });
        assert.deepEqual(withoutClock(await read(run.vos(PUB))), calm);
        assert.deepEqual([run.struck(fault), run.asked(at, asked).length], [1, 2]);
      });

      test(`${what}: is given up after ${attempts} times "${fault}"`, async () => {
        const run = bench.run({ timing });
        bench.lab.faults.add({ fault, node: PUB, interface: at, action: asked });
        await fails(read(run.vos(PUB)), { kind, node: PUB, action, answer });
        assert.equal(run.asked(at, asked).length, attempts);
      });
    }
  }
});

/** What a node says, without what differs from second to second. */
function withoutClock(reading: unknown): unknown {
  if (Array.isArray(reading)) return reading.map(withoutClock);
  if (reading instanceof Map) return [...reading].map(withoutClock);
  if (reading === null || typeof reading !== "object" || reading instanceof Date) return reading;
  const { clock, upSeconds, pem, ...others } = reading as Record<string, unknown>;
  void [clock, upSeconds];
  return pem ? pem : Object.fromEntries(Object.entries(others).map(([name, value]) => [name, withoutClock(value)]));
}

describe("a node", () => {
  const bench = new Bench(() => startNodes());

  test("that lets SSH in at the second try only is read all the same", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "second try", node: PUB });
    assert.match((await run.vos(PUB).system()).version, /^15/);
    assert.equal(run.struck("second try"), 1);
  });

  test("that drops the connection right after the log-in is read all the same, and the log-in was no refusal", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, interface: "ssh", times: 1 });
    assert.match((await run.vos(PUB).system()).version, /^15/);
    assert.equal(run.refusedLogIns, 0);
  });

  test("that is down is a lost connection, on every way to it, and the other nodes are read meanwhile", async () => {
    const run = bench.run();
    const repaired = bench.lab.faults.add({ fault: "node down", node: SUB });
    await fails(run.vos(SUB).snapshot(), { kind: "connection", node: SUB, action: "read certificates", answer: "no connection to 127.0.0.1:" });
    await fails(run.vos(SUB).services(), { kind: "connection", node: SUB, action: "read the services", answer: "no connection to 127.0.0.1:" });
    await fails(run.vos(SUB).system(), { kind: "connection", node: SUB, action: "SSH log-in", answer: "no SSH connection to 127.0.0.1:" });
    await fails(run.vos(SUB).served("RSA"), { kind: "connection", node: SUB, action: "look at the certificate on port", answer: /./ });
    await run.vos(PUB).snapshot();
    repaired();
    await Promise.all([run.vos(SUB).snapshot(), run.vos(SUB).services(), run.vos(SUB).system(), run.vos(SUB).served("RSA")]);
  });

  test("opens one session for all that its CLI is asked, also when it is asked at once", async () => {
    const run = bench.run();
    const vos = run.vos(PUB);
    await Promise.all([vos.system(), vos.unresolved([SUB]), vos.unhealthyReplication(), vos.backups()]);
    assert.equal(run.asked("ssh", "log in").length, 1);
  });

  test("gives no session back that it has lost: the next reading opens another", async () => {
    const run = bench.run({ timing: { cliCommand: "300ms" } });
    const vos = run.vos(PUB);
    bench.lab.faults.add({ fault: "lost prompt", node: PUB, action: "show status" });
    await fails(vos.system(), { kind: "timeout", node: PUB, action: "read the disk usage", answer: /did not come back/ });
    bench.lab.faults.clear();
    assert.deepEqual(await vos.unresolved([SUB]), []);
  });
});
