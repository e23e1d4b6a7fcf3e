import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient } from "./support/cli-client";

let lab: Lab;
let pub: VosNode;
let sub: VosNode;
let imp: VosNode;

before(async () => {
  lab = await startLab({ ...ESTATE_A1, clusters: [{ ...ESTATE_A1.clusters[0]!, sso: true }] });
  [pub, sub, imp] = ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"].map((name) => lab.node(`${name}.example.com`)) as [VosNode, VosNode, VosNode];
});

after(() => lab.stop());

const ask = (node: VosNode, command: string) => CliClient.once(node, command);

describe("single sign-on", () => {
  test("its status has the lines of the platform", async () => {
    const shown = await ask(pub, "utils sso status");
    assert.match(shown, /^SSO Status: SAML SSO Enabled\nIdP Metadata Imported Date = \w{3} \w{3} \d\d [\d:]{8} UTC \d{4}\nSP Metadata Exported Date = .+\nSSO Test Result Date = .+\nSAML SSO Test Status = passed\nRecovery URL Status = enabled\nEntity ID = http/);
  });

  test("is disabled on the node that is told so, after a yes, and not on the others", async () => {
    const cli = await CliClient.open(pub);
    cli.send("utils sso disable\n");
    await cli.see("Cisco Unified CM Administration");
    await cli.see("(yes/no) ? ");
    cli.send("yes\n");
    await cli.answer();
    assert.match(await cli.run("utils sso status"), /SAML SSO Disabled/);
    assert.match(await ask(sub, "utils sso status"), /SAML SSO Enabled/);
    cli.close();
  });

  test("stays when the answer is not yes", async () => {
    const cli = await CliClient.open(sub);
    cli.send("utils sso disable\n");
    await cli.see("(yes/no) ? ");
    cli.send("n\n");
    await cli.answer();
    assert.ok(sub.health.sso);
    cli.close();
  });

  test("cannot be enabled here: there is only advice", async () => {
    assert.match(await ask(pub, "utils sso enable"), /administration pages only/);
    assert.ok(!pub.health.sso);
  });
});

describe("the node", () => {
  test("its version", async () => {
    assert.equal(await ask(pub, "show version active"), "Active Master Version: 15.0.1.11900-40\nActive Version Installed Software Options:\nNo Installed Software Options Found.\n");
  });

  test("its status with date, uptime and how full the disks are", async () => {
    pub.health.diskUsedPercent = 82;
    const shown = await ask(pub, "show status");
    assert.match(shown, /^Host Name {10}: cs-ccm-pub\nDate {15}: \w{3} \w{3} \d\d, \d{4} \d\d:\d\d:\d\d\n/);
    assert.match(shown, /^Uptime:\n \d\d:\d\d:\d\d up 30 days, 0 min, {2}1 user, /m);
    assert.match(shown, /^Disk\/active +\d+K +\d+K +\d+K \(82%\)$/m);
    assert.match(shown, /^Disk\/logging +\d+K +\d+K +\d+K \(82%\)$/m);
  });

  test("its date follows its own clock", async () => {
    pub.clockOffset = 400 * 86_400_000;
    const [, year] = /Date +: .*, (\d{4}) /.exec(await ask(pub, "show status"))!;
    pub.clockOffset = 0;
    assert.ok(Number(year) > new Date().getUTCFullYear());
  });

  test("who is logged in", async () => {
    assert.match(await ask(pub, "show myself"), /^Machine Name {4}: cs-ccm-pub\naccount name {4}: administrator\n/);
  });

  test("its account lock", async () => {
    assert.equal(await ask(pub, "show accountlocking"), "Account Lockout is enabled\nUnlock Time : 300 seconds\nRetry Count : 3 attempts\n");
  });

  test("whether NTP is synchronised", async () => {
    assert.match(await ask(sub, "utils ntp status"), /^synchronised to NTP server \(.+\) at stratum 3$/m);
    sub.health.ntpSynchronised = false;
    assert.match(await ask(sub, "utils ntp status"), /^unsynchronised$/m);
  });

  test("whether it is in FIPS mode, and whether an upgrade runs", async () => {
    assert.match(await ask(sub, "utils fips status"), /not operating in FIPS mode/);
    assert.match(await ask(sub, "utils system upgrade status"), /No upgrade is in progress/);
    Object.assign(sub.health, { fips: true, upgradeRunning: true });
    assert.match(await ask(sub, "utils fips status"), /is operating in FIPS mode/);
    assert.match(await ask(sub, "utils system upgrade status"), /Upgrade status: In progress/);
  });
});

describe("the cluster", () => {
  test("its nodes, one a row; IM and Presence is a subscriber with a database of its own", async () => {
    const lines = (await ask(pub, "show network cluster")).split("\n");
    assert.equal(lines[0], "10.0.0.11 cs-ccm-pub.example.com cs-ccm-pub Publisher callmanager DBPub authenticated");
    assert.match(lines[1]!, /^10\.0\.0\.12 cs-ccm-sub\.example\.com cs-ccm-sub Subscriber callmanager DBSub authenticated using TCP since /);
    assert.match(lines[2]!, /^10\.0\.0\.13 cs-imp\.example\.com cs-imp Subscriber cups DBPub authenticated using TCP since /);
    assert.deepEqual(lines.slice(4, 6), ["Server Table (processnode) Entries", "----------------------------------"]);
  });

  test("the server table is on the publisher only", async () => {
    assert.doesNotMatch(await ask(imp, "show network cluster"), /Server Table/);
  });

  const ROW = (name: string, state: string) => new RegExp(`^${name} +[\\d.]+ +[\\d.]+ +Y/Y/Y +\\d+ +\\(g_\\d\\) +\\(${state}`, "m");

  test("replication is set up on every node", async () => {
    const shown = await ask(pub, "utils dbreplication runtimestate");
    assert.match(shown, ROW("cs-ccm-pub", "2\\) Setup Completed"));
    assert.match(shown, ROW("cs-ccm-sub", "2\\) Setup Completed"));
    assert.match(await ask(imp, "utils dbreplication runtimestate"), ROW("cs-imp", "2\\) Setup Completed"));
  });

  test("replication that is broken says so in the row of the node", async () => {
    const off = lab.faults.add({ fault: "replication broken", node: sub.fqdn });
    const shown = await ask(pub, "utils dbreplication runtimestate");
    off();
    assert.match(shown, ROW("cs-ccm-sub", "4\\) Setup Failed"));
    assert.match(shown, ROW("cs-ccm-pub", "2\\) Setup Completed"));
  });

  test("a node that is down has no replication", async () => {
    const off = lab.faults.add({ fault: "node down", node: sub.fqdn });
    const shown = await ask(pub, "utils dbreplication runtimestate");
    off();
    assert.match(shown, /^cs-ccm-sub .* N\/N\/N +-- /m);
  });
});

describe("names", () => {
  test("a node resolves by name and by address", async () => {
    assert.equal(await ask(pub, "utils network host cs-imp"), "Local Resolution:\ncs-imp.example.com resolves locally to 10.0.0.13\n\nExternal Resolution:\ncs-imp.example.com has address 10.0.0.13\n");
    assert.match(await ask(pub, "utils network host 10.0.0.13"), /^13\.0\.0\.10\.in-addr\.arpa domain name pointer cs-imp\.example\.com\.$/m);
  });

  test("a name that the node cannot resolve is not found", async () => {
    pub.health.unresolved.add("ca.example.com");
    assert.match(await ask(pub, "utils network host ca.example.com"), /No external servers found/);
    assert.match(await ask(pub, "utils network ping ca.example.com"), /unknown host ca\.example\.com/);
    assert.match(await ask(imp, "utils network host ca.example.com"), /has address 192\.0\.2\./);
  });

  test("a ping is answered, and not by a node that is down", async () => {
    assert.match(await ask(pub, "utils network ping 10.0.0.12"), /4 received, 0% packet loss/);
    const off = lab.faults.add({ fault: "node down", node: sub.fqdn });
    assert.match(await ask(pub, "utils network ping 10.0.0.12"), /100% packet loss/);
    off();
  });
});

describe("backups", () => {
  test("the history has a row for each", async () => {
    assert.match(await ask(pub, "utils disaster_recovery history Backup"), /^[\d-]+\.tar +NETWORK +\w{3} \w{3} \d\d [\d:]{8} UTC \d{4} +SUCCESS /m);
    assert.match(await ask(pub, "utils disaster_recovery status backup"), /^Status: SUCCESS :Backup Completed/);
  });

  test("one that failed has no file", async () => {
    lab.cluster("hq").backups.push({ at: new Date(), succeeded: false });
    assert.match(await ask(pub, "utils disaster_recovery history backup"), /^TAR file not created +NETWORK .* ERROR /m);
  });

  test("no backup, no history", async () => {
    lab.cluster("hq").backups.length = 0;
    assert.equal(await ask(pub, "utils disaster_recovery history backup"), "drfCliMsg:  No history data is available\n");
    assert.equal(await ask(pub, "utils disaster_recovery status backup"), "drfCliMsg: No backup status available\n");
  });

  test("nothing is known while the master is down", async () => {
    pub.services.set("Cisco DRF Master", "stopped");
    assert.match(await ask(imp, "utils disaster_recovery history backup"), /Unable to connect to Master Agent host: cs-ccm-pub/);
    pub.services.set("Cisco DRF Master", "started");
  });
});
