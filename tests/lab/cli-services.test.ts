import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type EstateDescription, ESTATE_A1, type Lab, startLab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient } from "./support/cli-client";

let lab: Lab;
let pub: VosNode;
let sub: VosNode;
let imp: VosNode;

before(async () => {
  lab = await startLab();
  [pub, sub, imp] = ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"].map((name) => lab.node(`${name}.example.com`)) as [VosNode, VosNode, VosNode];
});

after(() => lab.stop());

async function withLab(description: Partial<EstateDescription>, work: (node: VosNode, lab: Lab) => Promise<void>): Promise<void> {
  const own = await startLab({ ...ESTATE_A1, ...description });
  try {
    await work(own.node("cs-ccm-pub.example.com"), own);
  } finally {
    await own.stop();
  }
}

/** Waits until a service has come to rest. */
async function settled(node: VosNode, name: string): Promise<string> {
  const state = () => node.services.get(name)!.state;
  for (let look = 0; look < 100 && /ING$/.test(state()); look++) await new Promise((resolve) => setTimeout(resolve, 20));
  return state();
}

describe("the list of services", () => {
  test("has the platform's frame, states and reasons", async () => {
    const lines = (await CliClient.once(sub, "utils service list")).trim().split("\n");
    assert.deepEqual(lines.slice(0, 4), ["Requesting service status, please wait...", "Service Manager is running", "Getting list of all services", ">> Return code = 0"]);
    assert.ok(lines.includes("Cisco Tomcat[STARTED]"));
    assert.ok(lines.includes("Cisco Tftp[STOPPED]  Service Not Activated"));
    assert.equal(lines.at(-1), "Primary Node =false");
  });

  test("says on the publisher that it is the primary node", async () => {
    assert.match(await CliClient.once(pub, "utils service list"), /\nPrimary Node =true\n$/);
  });
});

describe("a restart", () => {
  test("warns of Ctrl-C, shows the states and loads the new certificate", async () => {
    await sub.certificates.regenerate("tomcat");
    const shown = await CliClient.once(sub, "utils service restart Cisco Tomcat");
    assert.match(shown, /^ Don't press Ctrl-c while the service is getting RESTARTED\.If Service has not Restarted Properly, execute the same Command Again\nService Manager is running\n/);
    assert.match(shown, /(Cisco Tomcat\[STOPPING\] {2}\n)+(Cisco Tomcat\[STARTING\] {2}\n)+(Cisco Tomcat\[STARTED\] {2}\n)+$/);
    assert.equal(sub.served[0]?.certificate.serial, sub.store.identities.get("tomcat")?.certificate.serial);
  });

  test("is in the history with begin and end, as a command and as what the node did", async () => {
    const mark = lab.history.mark();
    await CliClient.once(sub, "utils service restart Cisco CTIManager");
    const [asked, done] = ["utils service restart Cisco CTIManager", "restart Cisco CTIManager"].map((action) => lab.history.since(mark).find((entry) => entry.action === action));
    assert.ok(asked?.until !== undefined && done?.until !== undefined);
    assert.ok(asked.at <= done.at && done.until <= asked.until);
  });

  test("that ends down shows STOPPED", async () => {
    const off = lab.faults.add({ fault: "service stays down", node: sub.fqdn, times: 1 });
    assert.match(await CliClient.once(sub, "utils service restart Cisco CTIManager"), /Cisco CTIManager\[STOPPED\] {2}Component is not running\n$/);
    off();
    assert.match(await CliClient.once(sub, "utils service restart Cisco CTIManager"), /Cisco CTIManager\[STARTED\] {2}\n$/);
  });

  test("of the XCP Router brings all XCP services back; its stop takes them along and its start does not bring them back", async () => {
    await CliClient.once(imp, "utils service restart Cisco XCP Router");
    assert.ok(imp.services.started("Cisco XCP Connection Manager"));
    await CliClient.once(imp, "utils service stop Cisco XCP Router");
    assert.ok(!imp.services.started("Cisco XCP Connection Manager"));
    await CliClient.once(imp, "utils service start Cisco XCP Router");
    assert.ok(imp.services.started("Cisco XCP Router"));
    assert.ok(!imp.services.started("Cisco XCP Connection Manager"));
  });

  test("of an unknown or not activated service is refused", async () => {
    assert.match(await CliClient.once(sub, "utils service restart Cisco Coffee"), /No such service\nExecuted command unsuccessfully/);
    assert.match(await CliClient.once(sub, "utils service restart Cisco Tftp"), /Cisco Tftp\[STOPPED\] {2}Service Not Activated\nExecuted command unsuccessfully/);
  });

  test("is refused while an upgrade runs", async () => {
    sub.health.upgradeRunning = true;
    assert.match(await CliClient.once(sub, "utils service restart Cisco CTIManager"), /not allowed while an upgrade/);
    sub.health.upgradeRunning = false;
  });
});

describe("a restart whose session ends in the middle", () => {
  test("leaves the service STOPPED when the connection is lost", () =>
    withLab({}, async (node, own) => {
      const cli = await CliClient.open(node);
      cli.send("utils service restart Cisco Tomcat\n");
      await cli.see("Cisco Tomcat[STOPPING]");
      cli.close();
      assert.equal(await settled(node, "Cisco Tomcat"), "STOPPED");
      assert.equal(node.services.get("Cisco HAProxy")?.state, "STOPPED");
      assert.equal(own.history.of("cli", "restart")[0]?.outcome, "connection lost");
      assert.match(await CliClient.once(node, "utils service restart Cisco Tomcat"), /STARTED/);
    }));

  test("leaves it STOPPED when it was STARTING already", () =>
    withLab({}, async (node) => {
      const cli = await CliClient.open(node);
      cli.send("utils service restart Cisco Tomcat\n");
      await cli.see("Cisco Tomcat[STARTING]");
      cli.close();
      assert.equal(await settled(node, "Cisco Tomcat"), "STOPPED");
    }));

  test("leaves it STOPPED when Ctrl-C is pressed, with a prompt to go on", () =>
    withLab({}, async (node) => {
      const cli = await CliClient.open(node);
      cli.send("utils service restart Cisco Tomcat\n");
      await cli.see("Cisco Tomcat[STOPPING]");
      cli.send("\u0003");
      await cli.answer();
      assert.match(await cli.run("utils service list"), /^Cisco Tomcat\[STOPPED\] {2}Component is not running$/m);
    }));

  test("finishes all the same when the switch says so", () =>
    withLab({ switches: { restartSurvivesLostSession: true } }, async (node) => {
      const cli = await CliClient.open(node);
      cli.send("utils service restart Cisco Tomcat\n");
      await cli.see("Cisco Tomcat[STOPPING]");
      cli.close();
      assert.equal(await settled(node, "Cisco Tomcat"), "STARTED");
    }));
});

describe("stop, start, activate, deactivate", () => {
  test("a stopped service was commanded out of service, and starts again", async () => {
    assert.match(await CliClient.once(imp, "utils service stop Cisco Sync Agent"), /Cisco Sync Agent\[STOPPED\] {2}Commanded Out of Service\n$/);
    assert.match(await CliClient.once(imp, "utils service start Cisco Sync Agent"), /Cisco Sync Agent\[STARTED\] {2}\n$/);
  });

  test("starting what runs and stopping what is down changes nothing", async () => {
    const mark = lab.history.mark();
    assert.match(await CliClient.once(imp, "utils service start Cisco Sync Agent"), /Cisco Sync Agent\[STARTED\]\n$/);
    assert.ok(!lab.history.since(mark).some((entry) => entry.interface === "platform"));
  });

  test("a feature service is activated and started, and deactivated again", async () => {
    assert.match(await CliClient.once(sub, "utils service activate Cisco Tftp"), /Cisco Tftp\[STARTED\] {2}\n$/);
    assert.match(await CliClient.once(sub, "utils service deactivate Cisco Tftp"), /Cisco Tftp\[STOPPED\] {2}Service Not Activated\n$/);
    assert.equal(sub.services.get("Cisco Tftp")?.activated, false);
  });

  test("a network service can be neither", async () => {
    assert.match(await CliClient.once(sub, "utils service deactivate Cisco Tomcat"), /Operation not supported/);
    assert.ok(sub.services.started("Cisco Tomcat"));
  });

  test("System SSH that is stopped lets nobody in", () =>
    withLab({}, async (node) => {
      node.services.set("System SSH", "stopped");
      await assert.rejects(CliClient.open(node));
    }));
});
