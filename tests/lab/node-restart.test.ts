// `utils system restart` of a node: what a person sees on the command line, what refuses meanwhile, and what is new afterwards.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { isStill } from "../../lab/snapshot";
import { until } from "../support/until";
import { CliClient } from "./support/cli-client";

describe("utils system restart", { timeout: 60_000 }, () => {
  let lab: Lab, sub: VosNode, cli: CliClient;
  beforeEach(async () => {
    lab = await startLab({ ...ESTATE_A1, timing: { nodeRestart: 300, nodeServices: 1 } });
    sub = lab.node("cs-ccm-sub.example.com");
    cli = await CliClient.open(sub);
  });
  afterEach(() => {
    cli.close();
    return lab.stop();
  });

  /** Types the command and answers its question. */
  const order = async (answer: string) => {
    cli.send("utils system restart\n");
    await cli.see("Do you really want to restart ?");
    await cli.see("Enter (yes/no)? ");
    cli.send(`${answer}\n`);
  };
  const spans = () => lab.history.of("platform", "restart node");
  const back = () => until(() => spans()[0]?.until !== undefined && isStill(lab), "the end of the restart");
  /** Whether a connection to a port is ended at once. */
  const refuses = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      const timer = setTimeout(() => end(false), 150);
      const end = (refused: boolean) => (clearTimeout(timer), socket.destroy(), resolve(refused));
      socket.once("close", () => end(true)).once("error", () => {});
    });

  test("asks, says that the appliance is being restarted, and ends every session with the node", async () => {
    const other = await CliClient.open(sub);
    await order("yes");
    await cli.see("Appliance is being Restarted ...");
    await Promise.all([cli.end(), other.end()]);
    await back();
    assert.equal(spans().length, 1);
  });

  test("does nothing without a yes", async () => {
    await order("no");
    assert.equal(await cli.answer(), "no\nOperation cancelled\n");
    assert.deepEqual(spans(), []);
  });

  test("makes every port refuse until the node is back", async () => {
    await order("yes");
    await cli.end();
    const { ssh, https443, https8443 } = sub.ports;
    assert.deepEqual(await Promise.all([ssh, https443, https8443].map(refuses)), [true, true, true]);
    await back();
    assert.deepEqual(await Promise.all([ssh, https443, https8443].map(refuses)), [false, false, false]);
  });

  test("starts whatever is activated anew, and counts the uptime from the beginning", async () => {
    assert.match(await cli.run("show status"), /\n \d\d:\d\d:\d\d up 30 days, 0 min, {2}1 user,/);
    sub.services.set("Cisco CTIManager", "stopped");
    const ordered = Date.now();
    await order("yes");
    await cli.end();
    await back();
    const up = sub.services.list().filter(({ state }) => state === "STARTED");
    const down = sub.services.list().filter(({ state }) => state !== "STARTED");
    assert.ok(up.every(({ startedAt }) => startedAt.getTime() >= ordered) && up.some(({ name }) => name === "Cisco CTIManager"));
    assert.ok(down.length > 0 && down.every(({ activated, reason }) => !activated && reason === "Service Not Activated"));
    assert.match(await CliClient.once(sub, "show status"), / up 0 min, {2}1 user,/);
  });

  test("loads what is in the stores then", async () => {
    await sub.certificates.regenerate("tomcat");
    const made = sub.store.identities.get("tomcat")!.certificate.serial;
    assert.notEqual(sub.served[0]!.certificate.serial, made);
    await order("yes");
    await cli.end();
    await back();
    assert.equal(sub.served[0]!.certificate.serial, made);
  });

  test("ends a restart of a service that is on its way, which does not come up in the middle of it", async () => {
    const restart = sub.services.restart("Cisco Tomcat");
    await order("yes");
    await cli.end();
    await restart;
    assert.equal(sub.services.get("Cisco Tomcat")!.state, "STOPPED");
    await back();
    assert.equal(sub.services.get("Cisco Tomcat")!.state, "STARTED");
  });
});
