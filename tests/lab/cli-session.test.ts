import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "node:https";
import { connectionsOf, type ClusterConnection, type Lab, startLab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient, hostKeyOf, logIn } from "./support/cli-client";

let lab: Lab;
let node: VosNode;

before(async () => {
  lab = await startLab();
  node = lab.node("cs-ccm-pub.example.com");
});

after(() => lab.stop());

function restStatus(to: VosNode, password: string): Promise<number> {
  const { username } = to.cluster.osAdministrator;
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port: to.ports.https8443, path: "/platformcom/api/v1/certmgr/config/snapshot/server", auth: `${username}:${password}`, rejectUnauthorized: false, agent: false });
    call.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end();
  });
}

describe("logging in", () => {
  test("shows one of the host keys that the connection lists, whichever algorithm the client prefers", async () => {
    const { ssh } = connectionsOf(lab).hq as ClusterConnection;
    assert.ok(ssh.hostKeys.includes(await hostKeyOf(node, "ecdsa-sha2-nistp256")));
    assert.ok(ssh.hostKeys.includes(await hostKeyOf(node, "ssh-rsa")));
    assert.equal(node.sshFingerprint, await hostKeyOf(node, "ecdsa-sha2-nistp256"));
  });

  test("works by keyboard-interactive and is in the history without the password", async () => {
    const mark = lab.history.mark();
    (await logIn(node)).end();
    const entry = lab.history.since(mark).find(({ action }) => action === "log in");
    assert.deepEqual(entry?.detail, { username: node.cluster.osAdministrator.username });
  });

  test("is refused by plain password, even the right one", async () => {
    const { username, password } = node.cluster.osAdministrator;
    await assert.rejects(logIn(node, { config: { username, password, authHandler: ["password"] } }), /authentication methods failed/);
  });

  test("is refused without any authentication", async () => {
    await assert.rejects(logIn(node, { config: { authHandler: ["none"] } }), /authentication methods failed/);
  });

  test("locks the account after three wrong passwords, for REST too", async () => {
    const own = await startLab();
    try {
      const locked = own.node("cs-ccm-pub.example.com");
      for (const password of ["wrong 1", "wrong 2", "wrong 3"]) await assert.rejects(logIn(locked, { password }));
      await assert.rejects(logIn(locked));
      assert.equal(await restStatus(locked, locked.cluster.osAdministrator.password), 401);
      assert.equal(own.history.of("ssh", "log-in failed").at(-1)?.outcome, "locked");
    } finally {
      await own.stop();
    }
  });

  test("is locked for SSH when REST saw three wrong passwords", async () => {
    const own = await startLab();
    try {
      const locked = own.node("cs-ccm-sub.example.com");
      for (let attempt = 0; attempt < 3; attempt++) assert.equal(await restStatus(locked, "wrong"), 401);
      await assert.rejects(logIn(locked));
    } finally {
      await own.stop();
    }
  });
});

describe("what a client may open", () => {
  test("no command without a shell, no SFTP and no forwarding", async () => {
    const client = await logIn(node);
    await assert.rejects(new Promise((resolve, reject) => client.exec("show status", (error) => (error ? reject(error) : resolve(undefined)))));
    await assert.rejects(new Promise((resolve, reject) => client.sftp((error) => (error ? reject(error) : resolve(undefined)))));
    await assert.rejects(new Promise((resolve, reject) => client.forwardOut("127.0.0.1", 1, "127.0.0.1", 22, (error) => (error ? reject(error) : resolve(undefined)))));
    await assert.rejects(new Promise((resolve, reject) => client.forwardIn("127.0.0.1", 0, (error) => (error ? reject(error) : resolve(undefined)))));
    await assert.rejects(new Promise((resolve, reject) => client.shell(false, (error) => (error ? reject(error) : resolve(undefined)))));
    client.end();
  });

  test("ten sessions; the eleventh is told so and closed, and one may come when one has left", async () => {
    const sessions: CliClient[] = [];
    for (let count = 0; count < 10; count++) sessions.push(await CliClient.open(node));
    const eleventh = await CliClient.open(node);
    await eleventh.see("Too many logins for 'administrator'.");
    await eleventh.end();
    await sessions[0]!.see("admin:");
    sessions[0]!.send("exit\n");
    await sessions[0]!.end();
    assert.match(await CliClient.once(node, "show myself"), /account name/);
    sessions.forEach((session) => session.close());
  });

  test("as many sessions as the limit says", async () => {
    const own = await startLab();
    try {
      const small = own.node("cs-imp.example.com");
      const cli = await CliClient.open(small);
      await cli.run("set session maxlimit 1");
      await (await CliClient.open(small)).see("Too many logins");
    } finally {
      await own.stop();
    }
  });
});

describe("the manners of the shell", () => {
  test("a banner, then the prompt without a line end, twice with a stray CR", async () => {
    const cli = await CliClient.open(node);
    await cli.see("admin:\r\n\radmin:");
    assert.match(cli.transcript, /^Command Line Interface is starting up, please wait \.\.\.\r\n\r\n {3}Welcome to the Platform Command Line Interface\r\n/);
    cli.close();
  });

  test("a first prompt only after Enter, when the switch says so", async () => {
    const own = await startLab({ ...lab.description, switches: { firstPrompt: "after newline" } });
    try {
      const cli = await CliClient.open(own.node("cs-imp.example.com"));
      await cli.see("8192 Mbytes RAM");
      assert.ok(await cli.silent());
      assert.ok(!cli.transcript.includes("admin:"));
      cli.send("\n");
      await cli.see("admin:");
    } finally {
      await own.stop();
    }
  });

  test("what is typed is echoed, and lines end with CRLF", async () => {
    const cli = await CliClient.open(node);
    cli.send("show accountlocking\r\n");
    await cli.see("admin:show accountlocking\r\nAccount Lockout is enabled\r\n");
    cli.close();
  });

  test("input may come in any chunks, one key at a time or several commands at once", async () => {
    const cli = await CliClient.open(node);
    for (const key of "show accountlocking\r\n") cli.send(key);
    await cli.see("Retry Count : 3 attempts");
    cli.send("show myself\nshow accountlocking\n");
    await cli.see("account name");
    await cli.see("Retry Count : 3 attempts");
    cli.close();
  });

  test("a backspace takes a key back", async () => {
    const cli = await CliClient.open(node);
    cli.send("show accountlockk\u007fing\n");
    await cli.see("Retry Count : 3 attempts");
    cli.close();
  });

  test("Ctrl-C forgets the line and prompts again", async () => {
    const cli = await CliClient.open(node);
    await cli.see("\radmin:");
    cli.send("show acc\u0003");
    await cli.see("^C\r\nadmin:");
    assert.match(await cli.run("show accountlocking"), /Retry Count/);
    cli.close();
  });

  for (const word of ["exit", "quit"]) {
    test(`${word} ends the session`, async () => {
      const mark = lab.history.mark();
      const cli = await CliClient.open(node);
      cli.send(`${word}\n`);
      await cli.end();
      const session = lab.history.since(mark).find(({ action }) => action === "session");
      assert.equal(session?.outcome, "ok");
      assert.ok(session?.until !== undefined);
    });
  }

  test("a session whose client vanished is over and says so in the history", async () => {
    const mark = lab.history.mark();
    const cli = await CliClient.open(node);
    await cli.see("admin:");
    cli.close();
    await cli.end();
    for (let look = 0; look < 50 && lab.history.since(mark).every(({ outcome }) => outcome !== "connection lost"); look++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(lab.history.since(mark).find(({ action }) => action === "session")?.outcome, "connection lost");
  });

  test("an unknown command gets the platform's answer and is recorded as unknown", async () => {
    assert.equal(await CliClient.once(node, "make coffee"), "No valid command entered\n");
    assert.equal(lab.history.of("cli", "make coffee")[0]?.outcome, "unknown");
  });

  test("a command with too few or too many words is unknown too", async () => {
    assert.equal(await CliClient.once(node, "set cert regen"), "No valid command entered\n");
    assert.equal(await CliClient.once(node, "show status now"), "No valid command entered\n");
  });

  test("a command of the platform that the lab does not have is named", async () => {
    assert.match(await CliClient.once(node, "utils ctl reset localkey"), /"utils ctl" is not emulated by this lab/);
    assert.match(await CliClient.once(node, "show network eth0"), /"show network" is not emulated by this lab/);
  });

  test("the session timeout is asked with a single key and set for new sessions", async () => {
    const cli = await CliClient.open(node);
    cli.send("set cli session timeout 60\n");
    await cli.see("Continue (y/n)?");
    cli.send("y");
    await cli.answer();
    assert.match(await cli.run("show cli session timeout"), /60 minutes/);
    assert.match(await cli.run("set cli session timeout 4"), /range is 5 - 99999/);
    cli.close();
  });

  test("a password that is typed as a command is not in the history", async () => {
    const { password } = node.cluster.osAdministrator;
    await CliClient.once(node, password);
    assert.ok(!JSON.stringify(lab.history.entries).includes(password));
  });
});

describe("pages", () => {
  const MORE = "Press <enter> for 1 line, <space> for one page, or <q> to quit";

  test("a long answer stops after a page; space, Enter and q do what they say", async () => {
    const cli = await CliClient.open(node, { rows: 10 });
    cli.send("show status\n");
    assert.equal((await cli.see(`\u001b[1m${MORE}\u001b[0m`)).split("show status\r\n")[1]!.split("\r\n").length - 1, 9);
    cli.send("\r");
    assert.equal((await cli.see(MORE)).split("\r\n").length - 1, 1);
    cli.send(" ");
    assert.equal((await cli.see(MORE)).split("\r\n").length - 1, 9);
    cli.send("q");
    await cli.see("\r\u001b[Kadmin:");
    cli.close();
  });

  test("there are none after pagination was turned off, and again after it was turned on", async () => {
    const cli = await CliClient.open(node, { rows: 10 });
    assert.equal(await cli.run("set cli pagination off"), "Automatic pagination is turned off\n");
    assert.equal(await cli.run("show cli pagination"), "Automatic Pagination : Off.\n");
    assert.match(await cli.run("show status"), /Disk\/logging/);
    await cli.run("set cli pagination on");
    cli.send("show status\n");
    await cli.see(MORE);
    cli.close();
  });

  test("`utils service list page` pauses although pagination is off", async () => {
    const cli = await CliClient.open(node, { rows: 10 });
    await cli.run("set cli pagination off");
    cli.send("utils service list page\n");
    await cli.see(MORE);
    cli.close();
  });
});
