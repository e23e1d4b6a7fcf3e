import assert from "node:assert/strict";
import { connectionsOf, type ContactCenterConnection, type Fault, isStill, type Lab, restore, snapshot, type WindowsHost } from "../../lab";
import { readJavaStore } from "../../lab/windows/java-store";
import { describe, test } from "../support/hosts-test";
import { NEVER, within } from "./support/estates";
import { HOST, keytoolOf, quoted, startHost, type WindowsClient, withClient, WindowsClient as Client } from "./support/windows-client";

const LIMIT = { timeout: 60_000 };
const TEMP = "C:\\Windows\\Temp";

type Work = (client: WindowsClient, host: WindowsHost, lab: Lab) => Promise<void>;

/** An AW with a fault, and a client that was logged in before. */
function faulty(fault: Fault | undefined, work: Work, more: Parameters<typeof startHost>[1] = {}): Promise<void> {
  return within(startHost("AW", { release: "12.6(2)", ...more }), async (lab) => {
    const host = lab.host(HOST);
    await host.ready();
    const client = await Client.logIn(host);
    if (fault) lab.faults.add({ node: HOST, ...fault });
    await work(client, host, lab);
    client.end();
  });
}

const there = (host: WindowsHost, name: string) => host.drive.isFile(`${TEMP}\\${name}`);

describe("a line of commands", LIMIT, () => {
  test("whose connection drops is not done", () =>
    faulty({ fault: "dropped connection", interface: "windows ssh" }, async (client, host) => {
      assert.equal((await client.run(`echo a > ${TEMP}\\a`)).code, undefined);
      assert.equal(there(host, "a"), false);
    }));

  test("whose answer drops is done", () =>
    faulty({ fault: "dropped answer", interface: "windows ssh" }, async (client, host) => {
      assert.equal((await client.run(`echo a > ${TEMP}\\a`)).code, undefined);
      assert.equal(there(host, "a"), true);
    }));

  test("whose session is lost in the middle is done up to there", () =>
    faulty({ fault: "session lost", action: "copy" }, async (client, host, lab) => {
      assert.equal((await client.run(`echo a> ${TEMP}\\a && copy /Y ${TEMP}\\a ${TEMP}\\b && echo c > ${TEMP}\\c`)).code, undefined);
      assert.deepEqual(["a", "b", "c"].map((name) => there(host, name)), [true, false, false]);
      assert.equal(lab.history.of("windows ssh", "copy").at(-1)!.outcome, "session lost");
    }));

  test("ends with its session: what runs is killed, and nothing more is begun", () =>
    faulty(undefined, async (client, host, lab) => {
      const running = client.run(`${keytoolOf(host)} -genkeypair -keyalg RSA -keysize 16384 -alias a -dname CN=a -keystore ${TEMP}\\slow -storepass changeit & echo a > ${TEMP}\\a`).catch(() => undefined);
      for (let looks = 0; isStill(lab) && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      client.destroy();
      await running;
      await host.idle();
      assert.deepEqual([there(host, "slow"), there(host, "a")], [false, false]);
    }));

  test("ends when its channel is closed, and the connection stays", () =>
    faulty(undefined, async (client, host, lab) => {
      const line = `${keytoolOf(host)} -genkeypair -keyalg RSA -keysize 16384 -alias a -dname CN=a -keystore ${TEMP}\\slow -storepass changeit & echo a > ${TEMP}\\a`;
      const channel = await client.open(line);
      for (let looks = 0; isStill(lab) && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      channel.close();
      await host.idle();
      assert.deepEqual([there(host, "slow"), there(host, "a")], [false, false]);
      assert.equal((await client.run("echo on")).output, "on\r\n");
    }));

  test("is refused a channel when ten of its connection are open", () =>
    faulty({ fault: "no answer", interface: "windows ssh" }, async (client) => {
      const channels = await Promise.all(Array.from({ length: 10 }, () => client.open("ver")));
      await assert.rejects(client.open("ver"), /open fail/i);
      channels[0]!.close();
      await new Promise((resolve) => channels[0]!.once("close", resolve));
      await client.open("ver");
    }));

  test("that is never answered does not keep others from being answered", () =>
    faulty({ fault: "no answer", interface: "windows ssh", action: "ver", times: 1 }, async (client) => {
      void client.run("ver");
      assert.equal((await client.run("echo a")).output, "a\r\n");
    }));

  test("may be slow, and a log-in may need two tries", () =>
    faulty({ fault: "slow answer", interface: "windows ssh", action: "echo", milliseconds: 40 }, async (client, host, lab) => {
      await client.run("echo a");
      const { at, until } = lab.history.of("windows ssh", "echo")[0]!;
      assert.ok(until! - at >= 39, `${until! - at} ms`);
      lab.faults.add({ fault: "second try", node: HOST, times: 1 });
      await assert.rejects(Client.logIn(host));
      (await Client.logIn(host)).end();
    }));

  test("is struck at a rate in the same order each time, and never more than three times in a row", async () => {
    const struck = async () => {
      let codes: boolean[] = [];
      await faulty({ fault: "dropped connection", interface: "windows ssh", action: "ver", rate: 0.5, seed: "a" }, async (_client, host) => {
        for (let count = 0; count < 12; count++) codes = [...codes, await withClient(host, async (own) => (await own.run("ver")).code === undefined)];
      });
      return codes;
    };
    const [first, second] = [await struck(), await struck()];
    assert.deepEqual(first, second);
    assert.ok(first.includes(true) && first.includes(false));
    assert.doesNotMatch(first.map(Number).join(""), /1111/);
  });
});

describe("a file over SFTP", LIMIT, () => {
  test("is written, read, listed and removed at its Windows path, and nowhere else", () =>
    faulty(undefined, async (client, host, lab) => {
      const sftp = await client.sftp();
      await sftp.write("/C:/Windows/Temp/One.txt", "one");
      assert.equal(host.drive.read(`${TEMP}\\one.txt`).toString(), "one");
      assert.equal((await sftp.read("/c:/windows/temp/one.TXT")).toString(), "one");
      assert.deepEqual(await sftp.list("/C:/Windows/Temp"), ["One.txt"]);
      assert.equal(await sftp.call<string>((done) => sftp.raw.realpath(".", done)), "/C:/Users/svc-uccerts");
      assert.equal((await sftp.call<{ size: number }>((done) => sftp.raw.stat("/C:/Windows/Temp/One.txt", done))).size, 3);
      await sftp.write("/C:/Windows/Temp/two.txt", "two");
      await assert.rejects(sftp.call((done) => sftp.raw.rename("/C:/Windows/Temp/two.txt", "/C:/Windows/Temp/One.txt", done)), /Failure|Cannot/);
      await sftp.call((done) => sftp.raw.unlink("/C:/Windows/Temp/two.txt", done));
      await assert.rejects(sftp.read("/C:/Windows/Temp/two.txt"), /No such file/);
      await assert.rejects(sftp.read("/C:/../../etc/passwd"), /No such file/);
      await assert.rejects(sftp.read("/etc/passwd"), /No such file/);
      assert.deepEqual(lab.history.of("sftp", "write").map(({ action }) => action), ["write /C:/Windows/Temp/One.txt", "write /C:/Windows/Temp/two.txt"]);
    }));

  test("larger than one piece arrives whole", () =>
    faulty(undefined, async (client, host) => {
      const content = Buffer.alloc(300_000, "0123456789");
      await (await client.sftp()).write("/C:/Windows/Temp/large", content);
      assert.ok(host.drive.read(`${TEMP}\\large`).equals(content));
    }));

  test("whose upload is cut is half there", () =>
    faulty({ fault: "upload cut", interface: "sftp" }, async (client, host) => {
      const sftp = await client.sftp();
      await assert.rejects(sftp.write("/C:/Windows/Temp/a", "123456"));
      assert.equal(host.drive.read(`${TEMP}\\a`).toString(), "123");
    }));

  test("whose answer drops is there", () =>
    faulty({ fault: "dropped answer", interface: "sftp", action: "write" }, async (client, host) => {
      const sftp = await client.sftp();
      await assert.rejects(sftp.write("/C:/Windows/Temp/a", "123456"));
      assert.equal(host.drive.read(`${TEMP}\\a`).toString(), "123456");
    }));

  test("on a full disk fails, and a part of it is there", () =>
    faulty({ fault: "disk full", action: "staging", times: 1 }, async (client, host) => {
      const sftp = await client.sftp();
      await assert.rejects(sftp.write("/C:/Windows/Temp/staging", "123456"), /Failure/);
      assert.ok(host.drive.read(`${TEMP}\\staging`).length < 6);
      await sftp.write("/C:/Windows/Temp/staging", "123456");
    }));

  test("in a protected folder is refused to a session that is not elevated", () =>
    faulty(undefined, async (client) => assert.rejects((await client.sftp()).write("/C:/icm/ssl/cacerts", "a"), /Permission denied/), { elevated: false }));
});

describe("a store", LIMIT, () => {
  test("that another program holds can be read and copied, and not replaced, removed or changed", () =>
    faulty({ fault: "store locked" }, async (client, host) => {
      const { path } = host.layout.store;
      const before = host.drive.read(path);
      const LOCKED = "The process cannot access the file because it is being used by another process.\r\n";
      await client.lines(`copy /B /Y ${path} ${TEMP}\\copy`);
      assert.deepEqual(await client.run(`copy /B /Y ${TEMP}\\copy ${path}`), { code: 1, output: "", errors: LOCKED });
      assert.equal((await client.run(`move /Y ${TEMP}\\copy ${path}`)).errors, LOCKED);
      assert.match((await client.run(`del /F /Q ${path}`)).errors, /being used by another process/);
      const { code, output } = await client.run(`${keytoolOf(host)} -delete -alias "${readJavaStore(before, "changeit")[0]!.alias}" -keystore ${quoted(path)} -storepass changeit`);
      assert.deepEqual([code, output], [1, `keytool error: java.io.FileNotFoundException: ${path} (The process cannot access the file because it is being used by another process)\r\n`]);
      await assert.rejects((await client.sftp()).write("/C:/icm/ssl/cacerts", "a"));
      assert.ok(host.drive.read(path).equals(before));
    }));

  test("is left half written when the disk is full", () =>
    faulty({ fault: "disk full", action: "cacerts" }, async (client, host) => {
      const { path } = host.layout.store;
      const { length } = host.drive.read(path);
      await client.lines(`copy /B /Y ${path} ${TEMP}\\copy`);
      assert.equal((await client.run(`copy /B /Y ${TEMP}\\copy ${path}`)).errors, "There is not enough space on the disk.\r\n");
      assert.equal(host.drive.read(path).length, Math.floor(length / 2));
    }));

  test("that keytool could not change may be answered with 0", () =>
    faulty({ fault: "keytool answers 0" }, async (client, host) => {
      const { code, output } = await client.run(`${keytoolOf(host)} -list -keystore ${host.layout.store.path} -storepass wrong-one`);
      assert.equal(code, 0);
      assert.match(output, /^keytool error: /);
    }));
});

describe("a host that is down", LIMIT, () => {
  test("refuses every port until it is back", () =>
    faulty(undefined, async (_client, host, lab) => {
      const off = lab.faults.add({ fault: "node down", node: HOST });
      await assert.rejects(Client.logIn(host));
      assert.match((await lab.connect({ from: HOST, to: HOST, port: 443 })).reason, /disconnected|ECONNRESET|socket/);
      off();
      (await Client.logIn(host)).end();
    }));
});

describe("a snapshot of a host", LIMIT, () => {
  test("brings back its drive, rights, services and what they trust, as often as wanted", () =>
    faulty(undefined, async (client, host, lab) => {
      const { path } = host.layout.store;
      const before = { content: host.drive.read(path), rights: host.drive.acl(path) };
      const taken = snapshot(lab);
      for (let round = 0; round < 2; round++) {
        await client.lines(`echo a > ${path} && icacls ${path} /reset && echo b > ${TEMP}\\b`);
        await host.services.restart("Tomcat9");
        assert.match((await lab.connect({ from: HOST, to: HOST, port: 443 })).reason, /Invalid keystore format/);
        restore(lab, taken);
        assert.ok(host.drive.read(path).equals(before.content));
        assert.deepEqual(host.drive.acl(path), before.rights);
        assert.equal(there(host, "b"), false);
        assert.match((await lab.connect({ from: HOST, to: HOST, port: 443 })).reason, /unable to find valid certification path/);
        client = await Client.logIn(host);
      }
      client.end();
    }));

  test("of a host that nobody has looked at is taken and brought back too", () =>
    within(startHost("CVP Server"), async (lab) => {
      const taken = snapshot(lab);
      await withClient(lab.host(HOST), (client) => client.lines("echo a > C:\\Windows\\Temp\\a"));
      restore(lab, taken);
      assert.equal(lab.host(HOST).drive.stat("C:\\Windows"), undefined);
      await withClient(lab.host(HOST), async (client) => assert.equal((await client.run("if exist C:\\Windows\\Temp\\a echo there")).output, ""));
    }));

  test("waits for what is under way: a command, a service, a restart", () =>
    within(startHost("AW", {}, { timing: { serviceStop: NEVER } }), (lab) =>
      withClient(lab.host(HOST), async (client) => {
        await client.run("sc stop Tomcat9");
        assert.throws(() => snapshot(lab), /no snapshot can be taken: Tomcat9 of host\.example\.com is STOP_PENDING/);
      }),
    ));
});

describe("the connection of a contact centre", LIMIT, () => {
  test("has one account, pinned keys, what ports serve, and passwords that are not the usual one", () =>
    within(startHost("AW", { storePassword: "another1" }), (lab) => {
      const connection = connectionsOf(lab).cc as ContactCenterConnection;
      const host = lab.host(HOST);
      assert.deepEqual(Object.keys(connection.reach[HOST]!.ports), ["22", "443", "7890"]);
      assert.deepEqual(connection.ssh.hostKeys, host.sshFingerprints);
      assert.deepEqual(connection.tls.fingerprints, [...host.served.values()].map(({ certificate }) => certificate.parsed.fingerprint256));
      assert.deepEqual(connection.keystores, { default: "changeit", [HOST]: "another1" });
      assert.equal(connection.windows.username, "svc-uccerts");
      return Promise.resolve();
    }));
});
