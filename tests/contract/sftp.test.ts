// The directory of an SFTP server through its contract: calm, with faults, and where it is not as its connection says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startLab } from "../../lab";
import type { SftpDirectory } from "../../provider/platforms/sftp";
import { Runtime } from "../../provider/runtime";
import { DIRECTORY, SERVER, SFTP_SERVERS } from "../lab/support/bulk";
import { type Reading, readingsOf } from "./reading-suite";
import { Bench, failure, fails, type Run } from "./support";

const start = () => startLab({ name: "sftp", clusters: [], sftpServers: SFTP_SERVERS });
const FILE = `${DIRECTORY}/a.bin`;
const CONTENT = Buffer.alloc(100_000, 7);

const reading = (what: string, asked: string, read: Reading<SftpDirectory>["read"]): Reading<SftpDirectory> => ({ what, read, at: "sftp", asked, action: asked, attempts: 6 });

readingsOf("a reading of an SFTP directory", [reading("its files", `list ${DIRECTORY}`, (sftp) => sftp.list()), reading("the content of a file", `read ${FILE}`, (sftp) => sftp.read("a.bin"))], {
  node: SERVER,
  start,
  prepare: (run) => run.sftp().write("a.bin", CONTENT),
  platform: (run) => run.sftp(),
});

/** What a test may look at without a client. */
function bench(): { run: Bench["run"]; bench: Bench; files: () => ReturnType<typeof filesOf> } {
  const own = new Bench(start);
  return { bench: own, run: (changes) => own.run(changes), files: () => filesOf(own) };
}

function filesOf(own: Bench) {
  return own.lab.sftpServer("bulk").userNamed().files;
}

describe("an SFTP directory", () => {
  const { run, files } = bench();

  test("tells how publishers reach it, and with which password they log in, without a log-in of ours", () => {
    const one = run();
    assert.deepEqual(one.sftp().place, { host: SERVER, port: 22, username: "bulk", directory: DIRECTORY });
    assert.equal(one.sftp().password, one.lab.sftpServer("bulk").userNamed().account.credential.password);
    assert.deepEqual(one.asked("sftp"), []);
  });

  test("takes a file, lists it with its size and date, gives it back, and removes it", async () => {
    const sftp = run().sftp();
    await sftp.write("b.bin", CONTENT);
    await sftp.write("a.txt", Buffer.from("a"));
    const [first, second, ...others] = await sftp.list();
    assert.deepEqual([first!.name, first!.bytes, second!.name, second!.bytes, others], ["a.txt", 1, "b.bin", CONTENT.length, []]);
    assert.equal(second!.modifiedAt.getTime(), files().attributes(`${DIRECTORY}/b.bin`).mtime * 1_000);
    assert.deepEqual(await sftp.read("b.bin"), CONTENT);
    for (const name of ["a.txt", "b.bin"]) await sftp.remove(name);
    assert.deepEqual([await sftp.list(), files().list(DIRECTORY)], [[], []]);
  });

  test("replaces a longer file whole", async () => {
    const sftp = run().sftp();
    await sftp.write("one.txt", Buffer.from("a longer text"));
    await sftp.write("one.txt", Buffer.from("short"));
    assert.equal(String(await sftp.read("one.txt")), "short");
    await sftp.remove("one.txt");
  });

  test("does not list the folders in it", async () => {
    files().makeFolder(`${DIRECTORY}/folder`);
    assert.deepEqual(await run().sftp().list(), []);
    files().removeFolder(`${DIRECTORY}/folder`);
  });

  test("has no content for a file that is not there, and removes it all the same", async () => {
    const one = run();
    assert.equal(await one.sftp().read("none.p12"), undefined);
    await one.sftp().remove("none.p12");
    assert.equal(one.asked("sftp", "remove").length, 1);
  });

  test("is reached over one connection, however much is asked at once", async () => {
    const one = run();
    await Promise.all(Array.from({ length: 20 }, (_, index) => one.sftp().write(`${index}.txt`, Buffer.from(String(index)))));
    const contents = await Promise.all(Array.from({ length: 20 }, async (_, index) => String(await one.sftp().read(`${index}.txt`))));
    assert.deepEqual(contents, Array.from({ length: 20 }, (_, index) => String(index)));
    for (const { name } of await one.sftp().list()) await one.sftp().remove(name);
    assert.equal(one.asked("sftp", "log in").length, 1);
  });
});

describe("a write into an SFTP directory", () => {
  const { run, bench: own, files } = bench();
  const strike = (fault: "upload cut" | "dropped connection" | "dropped answer" | "not writable" | "disk full" | "no answer", action: string, times?: number) => own.lab.faults.add({ fault, node: SERVER, interface: "sftp", action, times });

  for (const [fault, timing] of [["upload cut", {}], ["dropped connection", {}], ["dropped answer", {}], ["no answer", { request: "400ms" }]] as const)
    test(`is whole after one "${fault}"`, async () => {
      const one = run({ timing });
      strike(fault, `write ${FILE}`, 1);
      await one.sftp().write("a.bin", CONTENT);
      assert.deepEqual([one.struck(fault), one.asked("sftp", `write ${FILE}`).length], [1, 2]);
      assert.ok(files().read(FILE).equals(CONTENT));
    });

  test("is given up when the connection is lost in the middle of the file every time", async () => {
    const one = run();
    strike("upload cut", `write ${FILE}`);
    await fails(one.sftp().write("a.bin", CONTENT), { kind: "connection", node: SERVER, action: `write ${FILE}`, answer: /./ });
    assert.equal(one.struck("upload cut"), 6);
  });

  test("on a full disk is refused once, with what to look at, and leaves no half file", async () => {
    const one = run();
    strike("disk full", DIRECTORY);
    const error = await failure(one.sftp().write("c.p12", CONTENT));
    assert.deepEqual([error.kind, error.failed.node, error.failed.action, error.failed.remedy], ["rejected", SERVER, `write ${DIRECTORY}/c.p12`, "Look whether the disk is full, or a quota is reached"]);
    assert.deepEqual([one.struck("disk full"), files().exists(`${DIRECTORY}/c.p12`)], [1, false]);
  });

  test("without the right to is refused once, with the user and the directory", async () => {
    const one = run();
    strike("not writable", DIRECTORY);
    const error = await failure(one.sftp().write("d.p12", CONTENT));
    assert.deepEqual([error.kind, error.failed.remedy], ["permission", `Give bulk the right to read and write in ${DIRECTORY}`]);
    assert.deepEqual([one.asked("sftp", "write").length, files().exists(`${DIRECTORY}/d.p12`)], [1, false]);
  });

  test("is removed although the answer to it is lost", async () => {
    const one = run();
    await one.sftp().write("e.bin", CONTENT);
    strike("dropped answer", `remove ${DIRECTORY}/e.bin`, 1);
    await one.sftp().remove("e.bin");
    assert.deepEqual([one.struck("dropped answer"), files().exists(`${DIRECTORY}/e.bin`)], [1, false]);
  });

  test("that may not be removed is told", async () => {
    const one = run();
    await one.sftp().write("f.bin", CONTENT);
    strike("not writable", "f.bin");
    await fails(one.sftp().remove("f.bin"), { kind: "permission", node: SERVER, action: `remove ${DIRECTORY}/f.bin`, answer: /./ });
  });
});

describe("an SFTP directory that its connection does not describe rightly:", () => {
  const { run, bench: own } = bench();
  const wrong = (sftp: Record<string, string>): Run => run({ sftp: (is) => ({ sftp: { ...is.sftp, ...sftp } }) });

  test("one that is not there is named, for a list and for a write", async () => {
    const sftp = wrong({ directory: "/nowhere" }).sftp();
    for (const [work, action] of [[() => sftp.list(), "list /nowhere"], [() => sftp.write("a.txt", CONTENT), "write /nowhere/a.txt"]] as const) {
      const error = await failure(work());
      assert.deepEqual([error.kind, error.failed.action], ["notFound", action]);
      assert.match(error.message, /there is no directory \/nowhere for bulk \(.+\)\. Make it, or correct sftp\.directory of the connection$/);
    }
  });

  test("a wrong password is tried once, however much is asked at once, and stands nowhere", async () => {
    const one = wrong({ password: "wrong-one" });
    const errors = await Promise.all([one.sftp().list(), one.sftp().read("a"), one.sftp().write("a", CONTENT), one.sftp().remove("a")].map(failure));
    assert.deepEqual([...new Set(errors.map(({ kind, failed }) => `${kind} ${failed.node} ${failed.action}`))], [`authentication ${SERVER} SSH log-in`]);
    for (const { message } of errors) assert.doesNotMatch(message, /wrong-one/);
    await fails(one.sftp().list(), { kind: "authentication", node: SERVER, action: "SSH log-in", answer: "the log-in of bulk was refused" });
    assert.equal(one.refusedLogIns, 1);
  });

  test("a server whose host key is not known is refused with the line to add, and no password is told", async () => {
    const one = run({ sftp: () => ({ ssh: { hostKeys: [] } }) });
    const error = await failure(one.sftp().list());
    const key = own.lab.sftpServer("bulk").sshFingerprints.find((known) => error.message.includes(known));
    assert.ok(key && error.message.endsWith(`add it: pulumi config set --path 'uccerts:connections.bulk.ssh.hostKeys[0]' ${key}`), error.message);
    assert.deepEqual([error.failed.action, one.asked("sftp", "log in").length, one.refusedLogIns], ["SSH log-in", 0, 0]);
  });

  test("a server that is down is given up, and told", async () => {
    own.lab.faults.add({ fault: "node down", node: SERVER });
    await fails(run().sftp().list(), { kind: "connection", node: SERVER, action: "SSH log-in", answer: /no SSH connection to 127\.0\.0\.1/ });
  });

  for (const [fault, at, timing] of [["second try", "connect", {}], ["dropped connection", "connect", {}], ["no answer", "connect", { connect: "1500ms" }]] as const)
    test(`a connection is opened at the second try where the first one meets "${fault}"`, async () => {
      const one = run({ timing });
      own.lab.faults.add({ fault, node: SERVER, interface: "sftp", action: at, times: fault === "second try" ? undefined : 1 });
      assert.deepEqual(await one.sftp().list(), []);
      assert.equal(one.struck(fault), 1);
    });
});

describe("a connection without what an SFTP directory needs is told with the command that sets it", () => {
  const SET = "pulumi config set --path 'uccerts:connections.bulk";
  const directory = (connections: object): SftpDirectory => {
    const runtime = new Runtime(() => {});
    runtime.configure((key) => (key === "uccerts:connections" ? JSON.stringify(connections) : undefined));
    return runtime.context().sftp("bulk");
  };
  const told = (what: string) => (error: unknown) => error instanceof Error && error.message.includes(what);

  test("when there is none of that name", () => {
    for (const line of [".sftp.host' <server>", ".sftp.username' <name>", ".sftp.password.env' BULK_SFTP_PASSWORD", ".sftp.directory' /<directory>"]) assert.throws(() => directory({}), told(`${SET}${line}`));
  });

  test("when it is one of something else", () => assert.throws(() => directory({ bulk: { ssh: { hostKeys: [] } } }), told(`The connection "bulk" has no sftp log-in. Set it: ${SET}.sftp.host'`)));

  test("when it has a key alone, and publishers ask for its password", () => {
    const sftp = directory({ bulk: { sftp: { host: SERVER, username: "bulk", directory: DIRECTORY, privateKey: "-----BEGIN" } } });
    assert.throws(() => sftp.password, told(`The connection "bulk" has no sftp password, with which publishers log in. Set it: ${SET}.sftp.password.env' <variable>`));
  });
});
