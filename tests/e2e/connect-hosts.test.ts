// `uccerts connect` for a contact centre: from an empty configuration to a green `up`.
import assert from "node:assert/strict";
import { type EstateDescription, type Lab, startLab } from "../../lab";
import { loginOptions, passwordVariables, reachOptions } from "../support/first-contact";
import { after, before, describe, it } from "../support/hosts-test";
import { type Run, TestStack } from "../support/stack";
import { AW, commands, ESTATE, ROGGER } from "../support/windows-hosts";

const SMALL: EstateDescription = { ...ESTATE, contactCenters: ESTATE.contactCenters!.map((one) => ({ ...one, windows: one.windows.filter(({ fqdn }) => [AW, ROGGER].includes(fqdn)) })) };
const PROGRAM = `
  const center = new uccerts.ContactCenter("contact-center", { release: "12.5(1)", hosts: [{ fqdn: "${AW}", product: "AW" }, { fqdn: "${ROGGER}", product: "Rogger" }] });
  new uccerts.ContactCenterExchange("exchange", { contactCenter: center });`;

describe("uccerts connect with a contact centre and an empty configuration", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack, run: Run;
  before(async () => {
    lab = await startLab(SMALL);
    stack = await TestStack.create({ lab, program: PROGRAM, connections: {}, env: passwordVariables(lab) });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("shows what every port serves and every host key, and logs in once to each host", async () => {
    run = await stack.uccerts("connect", ...loginOptions(lab), ...reachOptions(lab), "--yes");
    assert.equal(run.code, 0, run.output);
    for (const fqdn of [AW, ROGGER]) {
      const host = lab.host(fqdn);
      for (const port of ["https443", "https7890"] as const) assert.ok(run.output.includes(host.served.get(port)!.certificate.parsed.fingerprint256), `${fqdn} ${port}`);
      assert.ok(host.sshFingerprints.some((key) => run.output.includes(`SSH  ${key}`)), fqdn);
      assert.match(run.output, new RegExp(`${fqdn}: the account is logged in \\(SSH\\), as an administrator`));
    }
    assert.deepEqual(lab.history.since(0).filter(({ action }) => action === "log-in failed"), []);
    assert.deepEqual(commands(lab, AW).filter((command) => !/^(whoami|reg query)/.test(command)), []);
  });

  it("leads to an up that exchanges the certificates", async () => {
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.equal((await lab.connect({ from: AW, to: ROGGER, port: 7890 })).trusted, true);
  });

  it("finds everything accepted when it is asked again", async () => {
    const again = await stack.uccerts("connect", "--yes");
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, new RegExp(`${AW} \\(accepted already\\)`));
  });
});
