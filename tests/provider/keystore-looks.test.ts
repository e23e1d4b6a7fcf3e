// A keystore that one resource looks at while another changes it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { TestProvider } from "../support/provider";
import { until } from "../support/until";
import { CSA, ESTATE, hostOf, OAMP, own } from "../support/windows-hosts";

describe("a CVP keystore", { timeout: 120_000 }, () => {
  let lab: Lab, provider: TestProvider;
  before(async () => {
    lab = await startLab(ESTATE);
    provider = new TestProvider(lab);
  });
  after(async () => {
    await provider?.dispose();
    await lab?.stop();
  });

  it("is changed while another resource looks at it: each waits for the other", async () => {
    lab.faults.add({ fault: "slow answer", node: OAMP, interface: "sftp", action: ".keystore", milliseconds: 1_500, times: 1 });
    const looking = provider.create("KeystoreCertificate", { host: hostOf(lab, OAMP), store: "CVP keystore", alias: "wsm_certificate" });
    await until(() => lab.history.of("sftp", ".keystore").some(({ node }) => node === OAMP));
    const changing = provider.create("KeystoreEntries", { host: hostOf(lab, OAMP), store: "CVP keystore", entries: { [`${CSA}_wsm`]: own(lab, CSA, "WSM") } });
    const [seen, state] = await Promise.all([looking, changing]);
    assert.deepEqual([seen.certificatePem, state.storeType], [`${own(lab, OAMP, "WSM").trim()}\n`, "JCEKS"]);
  });
});
