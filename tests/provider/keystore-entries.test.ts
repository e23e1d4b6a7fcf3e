// Entries of a Java keystore on a Windows host of the lab, with the real keytool.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { ESTATE_A21, type Lab, startLab } from "../../lab";
import type { WindowsHost } from "../../sdk/windows-host";
import { TestProvider } from "../support/provider";

const AW = "awa.example.com";
const ROGGER = "roggera.example.com";
const HOST: WindowsHost = { fqdn: AW, product: "AW", release: "12.5(1)", connection: "contact-center", contactCenter: "contact-center" };

let lab: Lab, provider: TestProvider;
before(async () => {
  lab = await startLab(ESTATE_A21);
});
afterEach(() => {
  lab.faults.clear();
  provider.dispose();
});
after(() => lab.stop());

const pem = (fqdn: string, name: "IIS" | "DFP") => lab.host(fqdn).identities.get(name)!.certificate.pem;

describe("entries of a truststore", { timeout: 120_000 }, () => {
  it("are imported in one batch, after a backup", async () => {
    provider = new TestProvider(lab);
    const inputs = { host: HOST, store: "truststore", entries: { [`${ROGGER}_IIS`]: pem(ROGGER, "IIS"), [`${ROGGER}_DFP`]: pem(ROGGER, "DFP") } };
    const state = await provider.create("KeystoreEntries", inputs);
    console.log(state, provider.output);
    console.log(lab.history.of("windows ssh", /./).map(({ action, detail }) => `${action} ${JSON.stringify(detail)}`).join("\n"));
    await lab.host(AW).services.restart("Tomcat9");
    assert.equal((await lab.connect({ from: AW, to: ROGGER, port: 443 })).trusted, true);
  });
});
