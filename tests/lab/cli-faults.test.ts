import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { type Lab, startLab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient, logIn } from "./support/cli-client";

let lab: Lab;
let node: VosNode;

before(async () => {
  lab = await startLab();
  node = lab.node("cs-ccm-pub.example.com");
});

afterEach(() => lab.faults.clear());

after(() => lab.stop());

const GENERATE = "set csr gen tomcat";

/** Types a command that works, up to the moment of truth. */
async function generate(): Promise<CliClient> {
  node.store.requests.clear();
  const cli = await CliClient.open(node);
  await cli.see("admin:");
  cli.send(`${GENERATE}\n`);
  return cli;
}

async function answerYes(cli: CliClient): Promise<void> {
  await cli.see("Include OU in CSR (yes|no)? ");
  cli.send("yes\n");
}

const made = () => node.store.requests.has("tomcat");

describe("a command", () => {
  test("whose prompt is lost does its work, and the session hangs", async () => {
    lab.faults.add({ fault: "lost prompt", interface: "cli", action: GENERATE, times: 1 });
    const cli = await generate();
    await answerYes(cli);
    await cli.see("Successfully Generated CSR");
    cli.send("\n");
    await cli.see("tomcat\r\n");
    assert.ok(await cli.silent());
    assert.ok(made());
    cli.close();
  });

  test("that answers slowly still answers", async () => {
    lab.faults.add({ fault: "slow answer", interface: "cli", milliseconds: 80, times: 1 });
    assert.match(await CliClient.once(node, "show myself"), /account name/);
    assert.ok(lab.history.of("cli", "fault: slow answer").length > 0);
  });

  test("that never answers does nothing", async () => {
    lab.faults.add({ fault: "no answer", interface: "cli", action: GENERATE, times: 1 });
    const cli = await generate();
    await cli.see(`${GENERATE}\r\n`);
    assert.ok(await cli.silent());
    assert.ok(!made());
    assert.equal(lab.history.of("cli", GENERATE).at(-1)?.outcome, "no answer");
    cli.close();
  });

  test("whose connection drops is not done", async () => {
    lab.faults.add({ fault: "dropped connection", interface: "cli", action: GENERATE, times: 1 });
    const cli = await generate();
    await cli.end();
    assert.ok(!made());
    assert.equal(lab.history.of("cli", GENERATE).at(-1)?.outcome, "dropped connection");
  });

  test("whose answer drops is done", async () => {
    lab.faults.add({ fault: "dropped answer", interface: "cli", action: GENERATE, times: 1 });
    const cli = await generate();
    await answerYes(cli);
    await cli.end();
    assert.ok(made());
    assert.doesNotMatch(cli.transcript, /Successfully/);
  });
});

describe("a connection", () => {
  test("is refused at first and accepted when tried again", async () => {
    lab.faults.add({ fault: "second try", interface: "ssh" });
    await assert.rejects(logIn(node));
    (await logIn(node)).end();
    await assert.rejects(logIn(node));
  });

  test("drops before anything is said", async () => {
    lab.faults.add({ fault: "dropped connection", interface: "ssh", times: 1 });
    await assert.rejects(logIn(node));
    (await logIn(node)).end();
  });

  test("is accepted and then silent", async () => {
    lab.faults.add({ fault: "no answer", interface: "ssh", times: 1 });
    await assert.rejects(logIn(node, { config: { readyTimeout: 200 } }), /Timed out/);
  });

  test("drops after the log-in was accepted", async () => {
    lab.faults.add({ fault: "dropped answer", interface: "ssh", action: "log in", times: 1 });
    await assert.rejects(logIn(node));
    (await logIn(node)).end();
  });

  test("is slow and then works", async () => {
    lab.faults.add({ fault: "slow answer", interface: "ssh", milliseconds: 80, times: 1 });
    (await logIn(node)).end();
  });
});

describe("a node that is down", () => {
  test("refuses new connections and cuts the old ones when they speak", async () => {
    const cli = await CliClient.open(node);
    await cli.see("admin:");
    lab.faults.add({ fault: "node down", node: node.fqdn });
    await assert.rejects(logIn(node));
    cli.send("show myself\n");
    await cli.end();
    assert.doesNotMatch(cli.transcript, /account name/);
  });

  test("does not hinder the others", async () => {
    lab.faults.add({ fault: "node down", node: node.fqdn });
    assert.match(await CliClient.once(lab.node("cs-imp.example.com"), "show myself"), /cs-imp/);
  });
});

describe("a lab that is stopped", () => {
  test("ends its sessions, hanging ones too", async () => {
    const own = await startLab({ ...lab.description, faults: [{ fault: "no answer", interface: "cli" }] });
    const cli = await CliClient.open(own.node("cs-imp.example.com"));
    await cli.see("admin:");
    cli.send("show myself\n");
    await cli.see("show myself\r\n");
    await own.stop();
    await cli.end();
  });
});
