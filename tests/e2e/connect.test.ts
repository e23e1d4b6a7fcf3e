// `uccerts connect`: from an empty configuration to a green `up`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { type Lab, startLab } from "../../lab";
import { IMP, program, PUB, served, SUB, writes } from "../support/a1";
import { loginOptions, passwordVariables, reachOptions } from "../support/first-contact";
import { type Run, TestStack } from "../support/stack";

describe("uccerts connect with a program and an empty configuration", () => {
  let lab: Lab, stack: TestStack, run: Run;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program(), connections: {}, env: passwordVariables(lab) });
  });
  after(async () => {
    stack.dispose();
    await lab.stop();
  });

  it("says which authority the program looks up, before anything was asked", async () => {
    const { code, output } = await stack.uccerts("connect", "--trust");
    assert.equal(code, 2, output);
    assert.match(output, /the program looks at "ca" while it runs, and there is no connection of that name yet: add --authority ca=<server>/);
  });

  it("shows fingerprints, logs in once each and writes the connections", async () => {
    run = await stack.uccerts("connect", "--authority", "ca=ca.example.com", ...loginOptions(lab), ...reachOptions(lab), "--yes");
    assert.equal(run.code, 0, run.output);
    for (const fqdn of [PUB, SUB, IMP]) {
      const { sshFingerprints, served: shown } = lab.node(fqdn);
      assert.ok(sshFingerprints.some((key) => run.output.includes(`SSH  ${key}`)), fqdn);
      assert.ok(run.output.includes(shown[0]!.certificate.parsed.fingerprint256), fqdn);
    }
    assert.match(run.output, /hq: servers may be issued by .*the program puts it into a trust store/);
    assert.deepEqual(lab.history.since(0).filter(({ action }) => action === "log-in failed"), []);
  });

  it("writes what it prints, and no password", () => {
    const written = (parse(readFileSync(join(stack.folder, "Pulumi.test.yaml"), "utf8")) as { config: Record<string, unknown> }).config["uccerts:connections"];
    const printed = (parse(run.output.slice(run.output.indexOf("config:"), run.output.indexOf("Written into"))) as { config: Record<string, unknown> }).config["uccerts:connections"];
    assert.deepEqual(written, printed);
    assert.deepEqual((written as { hq: { osAdministrator: object } }).hq.osAdministrator, { username: lab.clusters[0]!.osAdministrator.username, password: { env: "HQ_OS_PASSWORD" } });
  });

  it("leads to an up that installs the certificate everywhere", async () => {
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.equal(served(lab).size, 1);
  });

  it("finds everything accepted when it is asked again, and changes nothing", async () => {
    const before = readFileSync(join(stack.folder, "Pulumi.test.yaml"), "utf8");
    const mark = lab.history.mark();
    const again = await stack.uccerts("connect", "--yes");
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, new RegExp(`${PUB} \\(accepted already\\)`));
    assert.equal(readFileSync(join(stack.folder, "Pulumi.test.yaml"), "utf8"), before);
    assert.deepEqual(writes(lab, mark), []);
  });
});
