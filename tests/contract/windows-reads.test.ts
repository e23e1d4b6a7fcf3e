// Readings of a Windows host: the same contract, calm and with faults.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "../support/hosts-test";
import type { Lab } from "../../lab";
import type { StoreLocation, WindowsPlatform } from "../../provider/platforms/windows";
import { importByHand } from "../support/exchange";
import { NO_JDK } from "../support/jdks";
import { type Reading, readingsOf } from "./reading-suite";
import { Bench, failure, fails } from "./support";
import { AW, CSA, locationOf, OAMP, own, startHosts, storeOf } from "./windows-support";

const PROPERTIES = "C:\\Cisco\\CVP\\conf\\security.properties";
const STORE = "C:\\Cisco\\CVP\\conf\\security\\.keystore";
const SFTP_STORE = "/C:/Cisco/CVP/conf/security/.keystore";

/** PKCS#12, which only Java reads. */
const OTHER = "C:\\own\\store.p12";

let lab: Lab;
const read = (windows: WindowsPlatform, location: StoreLocation) => windows.keystore(location).then(({ type, digest, entries }) => [type, digest, ...entries.map(({ alias, kind, fingerprint }) => `${alias} ${kind} ${fingerprint}`)]);
const keystore = (windows: WindowsPlatform) => read(windows, locationOf(lab, CSA));
const other = (windows: WindowsPlatform) => read(windows, { ...locationOf(lab, CSA), path: OTHER });
const facts = (windows: WindowsPlatform) => windows.facts();
const typed = (what: string, asked: string, action: string, read: Reading<WindowsPlatform>["read"]): Reading<WindowsPlatform> => ({ what, read, at: "windows ssh", asked, action, attempts: 6 });
const file = (what: string, asked: string, action: string, read: Reading<WindowsPlatform>["read"]): Reading<WindowsPlatform> => ({ what, read, at: "sftp", asked, action, attempts: 6 });

const READINGS: readonly Reading<WindowsPlatform>[] = [
  typed("when Windows was started", "wmic os", "read the clock", async (windows) => (await windows.clock()).bootedAt),
  typed("the rights of the session", "whoami /groups", "look at the rights of the session", facts),
  typed("the machine's variables", "Session Manager", "read the machine's variables", facts),
  typed("the drive of ICM", "SystemSettings", "look for the drive of ICM", facts),
  typed("which files are there", "if exist", "look for", (windows) => windows.existing([STORE, "C:\\nowhere\\at all", PROPERTIES])),
  typed("every service", "sc query state=", "list the services", (windows) => windows.services()),
  typed("the process of a service", "sc queryex", "look when CallServer was started", (windows) => windows.startedAt("CallServer")),
  typed("the start of a process", "wmic process", "look when CallServer was started", (windows) => windows.startedAt("CallServer")),
  typed("what a port of another server serves", "-printcert", "look at the certificate on port 8111", async (windows) => (await windows.served(locationOf(lab, CSA).keytool, OAMP, 8111, "RSA"))?.fingerprint),
  typed("a store, whose folder is made", "mkdir", "make a folder beside", other),
  typed("a store, which keytool lists", " -list ", `list ${OTHER}`, other),
  file("a text file", `read /C:/Cisco/CVP/conf/security.properties`, `read ${PROPERTIES}`, (windows) => windows.text(PROPERTIES)),
  file("when a file was changed", `look at ${SFTP_STORE}`, `look at ${STORE}`, (windows) => windows.modifiedAt(STORE)),
  file("a store, whose bytes are read", `read ${SFTP_STORE}`, `read ${STORE}`, keystore),
  file("a store, whose password is written down", "/password", "write C:\\own\\uccerts-", other),
];

async function withOther(): Promise<Lab> {
  lab = await startHosts(CSA);
  lab.host(CSA).drive.makeFolder("C:\\own");
  await importByHand(lab, "csa", { path: OTHER, alias: "oamp", of: "oamp", kind: "WSM" });
  return lab;
}

if (!NO_JDK) readingsOf("a reading of a Windows host", READINGS, { node: CSA, start: withOther, platform: (run) => run.windows(CSA) });

describe("a Windows host, when all is well,", { timeout: 10 * 60_000 }, () => {
  const bench = new Bench(() => startHosts(AW, CSA));
  const aw = () => bench.run().windows(AW);
  const cvp = () => bench.run().windows(CSA);

  test("tells that the session is elevated, and the variables of the registry by their names in capitals", async () => {
    const { elevated, environment, icmDrive } = await aw().facts();
    assert.deepEqual([elevated, environment.JAVA_HOME, environment.COMSPEC, icmDrive], [true, "C:\\Program Files (x86)\\Java\\jre1.8.0_221", "%SystemRoot%\\system32\\cmd.exe", "C"]);
  });

  test("is asked for its facts once, however often somebody wants them", async () => {
    const run = bench.run();
    await Promise.all([run.windows(AW).facts(), run.windows(AW).facts()]);
    await run.windows(AW).facts();
    assert.equal(run.asked("windows ssh", "whoami").length, 1);
  });

  test("tells its own time, and when it was started", async () => {
    const { now, bootedAt } = await cvp().clock();
    assert.equal(bootedAt.getTime(), bench.lab.host(CSA).bootedAt.getTime());
    assert.ok(bootedAt <= now && Math.abs(now.getTime() - bench.lab.host(CSA).now().getTime()) < 60_000, now.toISOString());
  });

  test("tells of files and folders those that exist, in the order asked for", async () => {
    assert.deepEqual(await cvp().existing(["C:\\nowhere\\at all", STORE, "C:\\Cisco\\CVP\\conf", "C:\\Cisco\\CVP\\conf\\nothing"]), [STORE, "C:\\Cisco\\CVP\\conf"]);
  });

  test("gives the text of a file, and nothing for a file that is not there", async () => {
    assert.match((await cvp().text(PROPERTIES))!, /Security\.keystorePW/);
    assert.equal(await cvp().text("C:\\Cisco\\CVP\\conf\\none.properties"), undefined);
  });

  test("tells when a file was changed, to the second, and nothing of one that is not there", async () => {
    const { mtimeMs } = bench.lab.host(CSA).drive.stat(STORE)!;
    assert.equal((await cvp().modifiedAt(STORE))!.getTime(), Math.floor(mtimeMs / 1_000) * 1_000);
    assert.equal(await cvp().modifiedAt("C:\\Cisco\\nothing"), undefined);
  });

  test("lists a JCEKS store with its private keys, and leaves nothing beside it", async () => {
    const { type, entries } = await cvp().keystore(locationOf(bench.lab, CSA));
    assert.equal(type, "JCEKS");
    const wsm = entries.find(({ alias }) => alias === "wsm_certificate")!;
    assert.deepEqual([wsm.kind, wsm.pem!.trim()], ["private key", own(bench.lab, CSA, "WSM").trim()]);
    assert.deepEqual(bench.lab.host(CSA).drive.list("C:\\Cisco\\CVP\\conf\\security").filter((name) => name.includes("uccerts")), []);
  });

  test("lists a JKS store whose digest is that of its bytes", async () => {
    const location = locationOf(bench.lab, AW);
    const first = await aw().keystore(location);
    assert.equal(first.type, "JKS");
    assert.equal(first.digest, createHash("sha256").update(storeOf(bench.lab, AW)).digest("hex"));
  });

  test("says of a store that is not there that it is not, of another file that it is no keystore, of a wrong password that it is wrong", async () => {
    const location = locationOf(bench.lab, CSA);
    await fails(cvp().keystore({ ...location, path: `${STORE}2` }), { kind: "notFound", node: CSA, action: "read", answer: "there is no such file" });
    await fails(cvp().keystore({ ...location, path: PROPERTIES }), { kind: "rejected", node: CSA, action: "read", answer: "it is no Java keystore" });
    await fails(cvp().keystore({ ...location, password: "not-the-password" }), { kind: "rejected", node: CSA, action: "list", answer: /password was incorrect/ });
  });

  test("looks at the certificate of another server's port, and tells that it has none of the other key type", async () => {
    const { keytool } = locationOf(bench.lab, CSA);
    const served = await cvp().served(keytool, OAMP, 8111, "RSA");
    assert.equal(served!.pem.trim(), own(bench.lab, OAMP, "WSM").trim());
    assert.equal(await cvp().served(keytool, OAMP, 8111, "EC"), undefined);
  });

  test("looks again at a port that does not answer, and says so after six times", async () => {
    const run = bench.run();
    await fails(run.windows(CSA).served(locationOf(bench.lab, CSA).keytool, OAMP, 9999, "RSA"), { kind: "connection", node: CSA, action: `look at the certificate on port 9999 of ${OAMP}`, answer: /java\.net\.ConnectException/ });
    assert.equal(run.asked("windows ssh", "-printcert").length, 6);
  });

  test("says of a server whose name it does not know that it does not, once", async () => {
    const run = bench.run();
    await fails(run.windows(CSA).served(locationOf(bench.lab, CSA).keytool, "nowhere.example.com", 443, "RSA"), { kind: "rejected", node: CSA, action: "look at the certificate on port 443 of nowhere.example.com", answer: /UnknownHostException/ });
    assert.equal(run.asked("windows ssh", "-printcert").length, 1);
  });

  test("lists its services with both their names, and tells since when one runs, and nothing of one that is stopped", async () => {
    const services = await cvp().services();
    assert.deepEqual(services.find(({ name }) => name === "CallServer"), { name: "CallServer", displayName: "Cisco CVP CallServer", state: "Started" });
    assert.equal((await cvp().startedAt("CallServer"))!.getTime(), bench.lab.host(CSA).services.get("CallServer")!.startedAt.getTime());
    bench.lab.host(CSA).services.set("VXMLServer", "stopped");
    assert.equal(await cvp().startedAt("VXMLServer"), undefined);
    assert.equal((await cvp().services()).find(({ name }) => name === "VXMLServer")!.state, "Stopped");
  });

  test("answers forty questions at once without refusing a channel", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "slow answer", node: CSA, interface: "windows ssh", action: "if exist", milliseconds: 50 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => run.windows(CSA).existing([STORE])));
    assert.deepEqual(answers, Array.from({ length: 40 }, () => [STORE]));
    assert.deepEqual(run.asked("windows ssh", "open an eleventh channel"), []);
    assert.deepEqual([run.asked("windows ssh", "if exist").length, run.asked("windows ssh", "log in").length], [40, 1]);
  });
});

describe("a connection to a Windows host", { timeout: 10 * 60_000 }, () => {
  const bench = new Bench(() => startHosts(AW, CSA));
  const CONNECTING = [
    ["second try", "connect", {}, undefined],
    ["dropped connection", "connect", {}, 1],
    ["no answer", "connect", { connect: "1500ms" }, 1],
    ["dropped answer", "log in", {}, 1],
  ] as const;

  for (const [fault, at, timing, times] of CONNECTING)
    test(`is opened at the second try where the first one meets "${fault}" (${at})`, async () => {
      const run = bench.run({ timing });
      bench.lab.faults.add({ fault, node: AW, interface: "windows ssh", action: at, times });
      assert.deepEqual(await run.windows(AW).existing(["C:\\Windows"]), ["C:\\Windows"]);
      assert.equal(run.struck(fault), 1);
    });

  test("that is slow takes longer and is the same", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "slow answer", node: AW, interface: "windows ssh", action: "connect", milliseconds: 100 });
    assert.deepEqual(await run.windows(AW).existing(["C:\\Windows"]), ["C:\\Windows"]);
    assert.equal(run.asked("windows ssh", "log in").length, 1);
  });

  test("is one for everything that is asked of the host", async () => {
    const run = bench.run();
    await Promise.all([run.windows(AW).services(), run.windows(AW).clock(), run.windows(AW).text("C:\\nothing"), run.windows(AW).facts()]);
    assert.equal(run.asked("windows ssh", "log in").length, 1);
  });

  test("that is lost while several things are asked is opened anew once, and each is answered", async () => {
    const run = bench.run();
    await run.windows(AW).facts();
    bench.lab.faults.add({ fault: "dropped connection", node: AW, interface: "windows ssh", action: "wmic", times: 1 });
    const [services, clock, some] = await Promise.all([run.windows(AW).services(), run.windows(AW).clock(), run.windows(AW).existing(["C:\\Windows"])]);
    assert.ok(services.length > 3 && clock.now > clock.bootedAt);
    assert.deepEqual([some, run.asked("windows ssh", "log in").length], [["C:\\Windows"], 2]);
  });

  test("with a wrong password is tried once for all hosts of the connection, whose account it is, and the password stands nowhere", async () => {
    const run = bench.run({ hosts: ({ windows }) => ({ windows: { ...windows, password: "wrong-one" } }) });
    const errors = await Promise.all([run.windows(AW).services(), run.windows(AW).text("C:\\nothing"), run.windows(CSA).clock(), run.windows(CSA).stopService("CallServer")].map(failure));
    assert.deepEqual([...new Set(errors.map(({ kind }) => kind))], ["authentication"]);
    for (const { message } of errors) assert.doesNotMatch(message, /wrong-one/);
    assert.equal(run.refusedLogIns, 1);
  });

  test("to a host whose key is not known is refused with the line to add, and no password is told", async () => {
    const run = bench.run({ hosts: () => ({ ssh: { hostKeys: [] } }) });
    const error = await failure(run.windows(AW).services());
    assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["rejected", AW, "SSH log-in"]);
    const [key] = bench.lab.host(AW).sshFingerprints.filter((one) => error.message.includes(one));
    assert.ok(key && error.message.endsWith(`add it: pulumi config set --path 'uccerts:connections.contact-center.ssh.hostKeys[0]' ${key}`), error.message);
    assert.deepEqual([run.asked("windows ssh", "log in").length, run.refusedLogIns], [0, 0]);
  });

  test("to a host that is down is given up after six tries", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "node down", node: AW });
    await fails(run.windows(AW).services(), { kind: "connection", node: AW, action: "SSH log-in", answer: /no SSH connection to 127\.0\.0\.1/ });
    assert.equal(run.struck("node down"), 6);
  });
});
