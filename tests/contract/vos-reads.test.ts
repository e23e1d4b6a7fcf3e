// What a VOS node tells, read through the contract: when all is well, and through every fault that a reading can meet.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startNodes } from "../lab/support/estates";
import { type Reading, readingSuite } from "./reading-suite";
import { Bench, fails, PUB, SUB } from "./support";

const READINGS: readonly Reading[] = [
  { what: "every certificate", read: (vos) => vos.snapshot(), at: "rest", asked: "GET /snapshot/server", action: "read certificates", attempts: 6 },
  { what: "a trust store", read: (vos) => vos.trustEntries("tomcat-trust"), at: "rest", asked: "GET /trust/certificate", action: "read tomcat-trust", attempts: 6 },
  { what: "an installed certificate", read: (vos) => vos.identity("tomcat"), at: "rest", asked: "GET /identity/certificate", action: "read the tomcat certificate", attempts: 6 },
  { what: "a pending request", read: (vos) => vos.pendingRequest("tomcat"), at: "rest", asked: "GET /csr", action: "read the pending tomcat request", attempts: 6 },
  { what: "the services", read: (vos) => vos.services(), at: "soap", asked: "soapGetServiceStatus", action: "read the services", attempts: 6 },
  { what: "the nodes of the cluster", read: (vos) => vos.members(), at: "axl", asked: "listProcessNode", action: "AXL: list the nodes of the cluster", attempts: 6 },
  { what: "SSO in the database", read: (vos) => vos.ssoInDatabase(), at: "axl", asked: "executeSQLQuery", action: "AXL: read the SSO mode of the nodes", attempts: 6 },
  { what: "an enterprise parameter", read: (vos) => vos.parameter("HTTPSCiphers"), at: "axl", asked: "executeSQLQuery", action: "AXL: read the enterprise parameter HTTPSCiphers", attempts: 6 },
  { what: "the system facts", read: (vos) => vos.system(), at: "cli", asked: "show version active", action: "read the version", attempts: 6 },
  { what: "names that are not resolved", read: (vos) => vos.unresolved([SUB]), at: "cli", asked: `utils network host ${SUB}`, action: `resolve ${SUB}`, attempts: 6 },
  { what: "replication", read: (vos) => vos.unhealthyReplication(), at: "cli", asked: "utils dbreplication runtimestate", action: "read the state of database replication", attempts: 6 },
  { what: "backups", read: (vos) => vos.backups(), at: "cli", asked: "utils disaster_recovery history backup", action: "read the backup history", attempts: 6 },
];

readingSuite("a reading", READINGS, () => startNodes());

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
