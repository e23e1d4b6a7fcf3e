// What a VOS node tells of itself and its cluster, and what it serves: through the contract, as it is and as it changes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCertificate } from "../../domain/x509/certificate";
import { startNodes } from "../lab/support/estates";
import { Bench, fails, IMP, PUB, SUB } from "./support";

describe("AXL of the publisher", () => {
  const bench = new Bench(() => startNodes());

  test("lists every node with product and role, without the pseudo node", async () => {
    assert.deepEqual(await bench.run().vos(PUB).members(), [
      { name: PUB, product: "CUCM", role: "publisher" },
      { name: SUB, product: "CUCM", role: "subscriber" },
      { name: IMP, product: "IM and Presence", role: "publisher" },
    ]);
  });

  test("tells of SSO for each node", async () => {
    bench.lab.node(SUB).health.sso = true;
    assert.deepEqual([...(await bench.run().vos(PUB).ssoInDatabase())], [[PUB, false], [SUB, true], [IMP, false]]);
    bench.lab.node(SUB).health.sso = false;
  });

  test("gives an enterprise parameter by its name", async () => {
    assert.equal(await bench.run().vos(PUB).parameter("HTTPSCiphers"), "RSA Only");
  });

  test("gives no parameter that is not there, whatever signs its name holds", async () => {
    assert.equal(await bench.run().vos(PUB).parameter("Nonsense"), undefined);
    assert.equal(await bench.run().vos(PUB).parameter("x' or '1'='1"), undefined);
    assert.equal(await bench.run().vos(PUB).parameter("<&>"), undefined);
  });

  test("of another release says which it speaks", async () => {
    const run = bench.run({ release: "16" });
    await fails(run.vos(PUB).members(), { kind: "rejected", node: PUB, action: "AXL: list the nodes of the cluster", answer: /Incorrect axl version\. Supported axl versions are .*15\.0/ });
    assert.equal(run.asked("axl").length, 1);
  });

  test("is not there on a node without the service", async () => {
    await fails(bench.run().vos(SUB).members(), { kind: "notFound", node: SUB, action: "AXL: list the nodes of the cluster", answer: "404" });
  });

  test("that is stopped is busy", async () => {
    bench.lab.node(PUB).services.set("Cisco AXL Web Service", "stopped");
    await fails(bench.run().vos(PUB).members(), { kind: "busy", node: PUB, action: "AXL: list the nodes of the cluster", answer: "503" });
    bench.lab.node(PUB).services.set("Cisco AXL Web Service", "started");
  });
});

describe("the command line", () => {
  const bench = new Bench(() => startNodes());

  test("tells release, disk, clock, FIPS and SSO of a healthy node", async () => {
    assert.deepEqual(await bench.run().vos(IMP).system(), {
      version: "15.0.1.11900-40",
      diskUsed: { active: 60, inactive: 1, logging: 60 },
      ntpSynchronised: { value: true },
      fips: { value: false },
      sso: { value: false },
    });
  });

  for (const [what, change, seen] of [
    ["a full disk", { diskUsedPercent: 97 }, { diskUsed: { active: 97, inactive: 1, logging: 97 } }],
    ["a clock that is not synchronised", { ntpSynchronised: false }, { ntpSynchronised: { value: false } }],
    ["FIPS mode", { fips: true }, { fips: { value: true } }],
    ["SSO", { sso: true }, { sso: { value: true } }],
  ] as const)
    test(`tells of ${what}`, async () => {
      const { health } = bench.lab.node(SUB);
      const before = { ...health };
      Object.assign(health, change);
      const facts = await bench.run().vos(SUB).system();
      Object.assign(health, before);
      assert.deepEqual({ ...facts, ...seen }, facts);
    });

  test("names those that the node cannot resolve, and no others", async () => {
    bench.lab.node(PUB).health.unresolved.add(IMP);
    assert.deepEqual(await bench.run().vos(PUB).unresolved([SUB, IMP, "webex.example.com"]), [IMP]);
  });

  test("finds replication healthy", async () => {
    for (const fqdn of [PUB, IMP]) assert.deepEqual(await bench.run().vos(fqdn).unhealthyReplication(), []);
  });

  test("names the node whose replication is broken with its state", async () => {
    bench.lab.faults.add({ fault: "replication broken", node: SUB });
    assert.deepEqual(await bench.run().vos(PUB).unhealthyReplication(), [{ name: SUB.split(".")[0], state: "(4) Setup Failed" }]);
  });

  test("names the node that is down among those whose replication is not healthy", async () => {
    bench.lab.faults.add({ fault: "node down", node: SUB });
    assert.deepEqual(await bench.run().vos(PUB).unhealthyReplication(), [{ name: SUB.split(".")[0], state: "(0) Replication Not Started" }]);
  });

  test("tells when the last backup succeeded", async () => {
    const { last, running } = await bench.run().vos(PUB).backups();
    assert.ok(Math.abs(Date.now() - last!.getTime() - 86_400_000) < 120_000, String(last));
    assert.equal(running, false);
  });

  test("does not count a backup that failed", async () => {
    const { backups } = bench.lab.cluster("hq");
    const good = (await bench.run().vos(PUB).backups()).last;
    backups.push({ at: new Date(), succeeded: false });
    assert.deepEqual((await bench.run().vos(PUB).backups()).last, good);
  });
});

describe("a cluster without a backup", () => {
  const bench = new Bench(() => startNodes({}, { backupAgeDays: null }));
  test("has no last one", async () => assert.deepEqual(await bench.run().vos(PUB).backups(), { last: undefined, running: false }));
});

describe("what a port serves", () => {
  const both = new Bench(() => startNodes({}, { httpsCiphers: "All" }));
  const fingerprint = (purpose: string) => both.lab.node(PUB).store.identities.get(purpose)!.certificate.parsed.fingerprint256;

  test("is the RSA certificate to who offers RSA, the EC certificate to who offers EC, on both ports", async () => {
    const vos = both.run().vos(PUB);
    for (const port of [undefined, 443]) {
      assert.equal((await vos.served("RSA", port))?.certificate.fingerprint, fingerprint("tomcat"));
      assert.equal((await vos.served("EC", port))?.certificate.fingerprint, fingerprint("tomcat-ECDSA"));
    }
  });

  test("can be looked at although nothing is trusted yet, and nothing is sent", async () => {
    const run = both.run({ cluster: () => ({ tls: { ca: [], fingerprints: [] } }) });
    const served = await run.vos(PUB).served("RSA");
    assert.equal(served?.certificate.fingerprint, fingerprint("tomcat"));
    assert.deepEqual(served?.chainPems.map((pem) => parseCertificate(pem).fingerprint), [fingerprint("tomcat")]);
    assert.equal(run.asked("rest").length + run.asked("https").length, 0);
  });

  test("stays the old one until the service that fronts it is restarted", async () => {
    const vos = both.run().vos(PUB);
    const old = fingerprint("tomcat");
    await both.lab.node(PUB).certificates.regenerate("tomcat");
    assert.equal((await vos.served("RSA"))?.certificate.fingerprint, old);
    await both.lab.node(PUB).services.restart("Cisco Tomcat");
    assert.equal((await vos.served("RSA"))?.certificate.fingerprint, fingerprint("tomcat"));
    assert.notEqual(fingerprint("tomcat"), old);
  });
});

describe("a node with RSA ciphers only", () => {
  const bench = new Bench(() => startNodes());

  test("serves no EC certificate, and that is no error", async () => {
    assert.equal(await bench.run().vos(PUB).served("EC"), undefined);
    assert.ok(await bench.run().vos(PUB).served("RSA"));
  });

  test("whose Tomcat is down serves nothing: a lost connection", async () => {
    bench.lab.node(SUB).services.set("Cisco HAProxy", "stopped");
    await fails(bench.run().vos(SUB).served("RSA"), { kind: "connection", node: SUB, action: "look at the certificate on port", answer: /./ });
    bench.lab.node(SUB).services.set("Cisco HAProxy", "started");
  });
});

describe("the product's page", () => {
  const bench = new Bench(() => startNodes());

  for (const fqdn of [PUB, IMP])
    test(`answers on ${fqdn}, without a log-in`, async () => {
      const run = bench.run();
      assert.equal(await run.vos(fqdn).pageStatus(), 200);
      assert.deepEqual([run.refusedLogIns, run.asked("https").length], [0, 1]);
    });

  test("that lags behind its service is 503, looked at once", async () => {
    bench.lab.faults.add({ fault: "page lags", node: PUB, milliseconds: 600_000, times: 1 });
    await bench.lab.node(PUB).services.restart("Cisco Tomcat");
    const run = bench.run();
    assert.equal(await run.vos(PUB).pageStatus(), 503);
    assert.equal(run.asked("https").length, 1);
  });

  test("of a node that is down is a lost connection", async () => {
    bench.lab.faults.add({ fault: "node down", node: SUB });
    await fails(bench.run().vos(SUB).pageStatus(), { kind: "connection", node: SUB, action: "open the product's page", answer: /no connection/ });
  });
});
