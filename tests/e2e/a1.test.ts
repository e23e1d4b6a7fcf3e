// A1: one CA-signed multi-server Tomcat certificate, from a declaration to what every node serves (Cisco 118731).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { IMP, program, PUB, restarts, RESTARTS_OF_15, served, SUB, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

describe("A1, the first issue", () => {
  let lab: Lab, stack: TestStack, preview: Run, up: Run;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program() });
    preview = await stack.preview();
    assert.equal(writes(lab).length, 0, "a preview writes to no device");
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("previews the numbered steps in their order, with the sum of their usual minutes", () => {
    assert.equal(preview.code, 0, preview.output);
    const steps = [...preview.output.matchAll(/^ {4}(\d+) +(.+?)  +(\S+)/gm)].map(([, number, what, where]) => `${number} ${what} ${where!.split(".")[0]}`);
    assert.deepEqual(steps.slice(0, 9), [
      "1 preflight of 3 nodes hq",
      "2 generate a tomcat CSR cs-ccm-pub",
      "3 have it signed (template WebServerClient) ca",
      "4 upload Example Root CA to tomcat-trust cs-ccm-pub",
      "5 upload Example Issuing CA 1 to tomcat-trust cs-ccm-pub",
      "6 preflight of 3 nodes hq",
      "7 upload the tomcat certificate cs-ccm-pub",
      "8 restart Cisco Tomcat cs-ccm-pub",
      "9 restart Cisco UDS Tomcat cs-ccm-pub",
    ]);
    assert.match(preview.output, /23 steps, usually 48 minutes/);
    assert.match(preview.output, /if the service has not yet loaded it/);
  });

  it("ends with success", () => assert.equal(up.code, 0, up.output));

  it("makes one CSR on the publisher with the name <pub>-ms.<domain>, and its key reaches three nodes", () => {
    const made = lab.history.of("platform", "generate CSR tomcat");
    assert.equal(made.length, 1);
    assert.equal(made[0]!.node, PUB);
    assert.deepEqual(made[0]!.detail.nodes, [PUB, SUB, IMP]);
    assert.equal(lab.node(PUB).served[0]!.certificate.commonName, "cs-ccm-pub-ms.example.com");
  });

  it("uploads root, then intermediate, then the certificate, and only then restarts", () => {
    const order = writes(lab).map(({ action, detail }) => (action === "store trust certificate" ? String(detail.commonName) : action));
    assert.deepEqual(order.slice(0, 4), ["generate CSR tomcat", "Example Root CA", "Example Issuing CA 1", "install tomcat"]);
    const lastInstall = Math.max(...lab.history.of("platform", "install tomcat").map(({ sequence }) => sequence));
    const firstRestart = lab.history.of("platform", "restart ")[0]!.sequence;
    assert.ok(lastInstall < firstRestart, "no restart before every node has the certificate (R45)");
  });

  it("restarts each service of the matrix once, publisher, subscriber, IM and Presence, and skips what is not active", () => {
    assert.deepEqual(restarts(lab), RESTARTS_OF_15);
    assert.match(up.output, /cs-ccm-sub\.example\.com: Cisco Tftp is not running \(Service Not Activated\): skipped/);
  });

  it("never restarts two services at the same time", () => {
    const spans = lab.history.of("platform", "restart ");
    for (let index = 1; index < spans.length; index++) assert.ok(spans[index]!.at >= spans[index - 1]!.until!, `${spans[index]!.action} begins before ${spans[index - 1]!.action} has ended`);
  });

  it("has every node serve the same certificate, in every container", () => {
    assert.equal(served(lab).size, 1);
    const [fingerprint] = served(lab);
    for (const fqdn of [PUB, SUB]) for (const container of ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"]) assert.equal(lab.node(fqdn).loaded.get(container)![0]!.certificate.parsed.fingerprint256, fingerprint, `${container} of ${fqdn}`);
  });

  it("exports fingerprint, nodes and expiry", () => {
    const [fingerprint] = served(lab);
    assert.match(up.output, new RegExp(`fingerprint: "${fingerprint}"`));
  });

  it("changes nothing at a second up, and no resource makes a network call", async () => {
    const mark = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /27 unchanged/);
    // The program itself looks up the chain of its authority; nothing else is asked.
    assert.deepEqual(lab.history.since(mark).filter((entry) => entry.interface !== "certsrv"), []);
  });

  it("keeps no credential and no private key in the state or in what it prints", () => {
    const secrets = JSON.stringify(connectionsOf(lab)).match(/Lab![\w-]+/g)!;
    assert.ok(secrets.length >= 3);
    for (const secret of secrets) for (const text of [stack.stateText(), preview.output, up.output]) assert.ok(!text.includes(secret), "a password of the lab");
    assert.doesNotMatch(stack.stateText(), /PRIVATE KEY/);
  });

  it("finds nothing to change after a refresh", async () => {
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    const again = await stack.up();
    assert.match(again.output, /27 unchanged/);
  });

  it("leaves the certificate in place at destroy, and says what stays", async () => {
    const [fingerprint] = served(lab);
    const gone = await stack.destroy();
    assert.equal(gone.code, 0, gone.output);
    assert.match(gone.output, /an identity certificate cannot be removed/);
    assert.match(gone.output, /Warning: R82 .*Example Issuing CA 1.* is needed by the installed certificate of tomcat/);
    assert.deepEqual([...served(lab)], [fingerprint]);
    assert.equal(stack.resources().filter(({ type }) => type.includes("uccerts")).length, 0);
  });

  it("adopts everything when the program is deployed anew: nothing is written, nothing is restarted", async () => {
    const mark = lab.history.mark();
    const adopted = await stack.up();
    assert.equal(adopted.code, 0, adopted.output);
    assert.deepEqual(writes(lab, mark), []);
    assert.match(adopted.output, /the installed certificate satisfies the declaration/);
    const [fingerprint] = served(lab);
    assert.match(adopted.output, new RegExp(`fingerprint: "${fingerprint}"`));
  });
});
