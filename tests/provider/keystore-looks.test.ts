// Looks at a keystore: beside somebody who changes it, and at certificates that name another server.
import assert from "node:assert/strict";
import { ESTATE_A25, type EstateDescription, type Lab, startLab } from "../../lab";
import { only } from "../support/exchange";
import { after, before, describe, it } from "../support/hosts-test";
import { TestProvider } from "../support/provider";
import { until } from "../support/until";
import { CSA, hostOf, OAMP, own } from "../support/windows-hosts";

const CSB = "csb.example.com";

/** Somebody has given a CVP server another name since its certificates were made. */
function renamed(estate: EstateDescription): EstateDescription {
  return { ...estate, contactCenters: estate.contactCenters!.map((one) => ({ ...one, windows: one.windows.map((host) => (host.fqdn === CSB ? { ...host, certificateName: "cvp2.old.example.com" } : host)) })) };
}

describe("a CVP keystore", { timeout: 120_000 }, () => {
  let lab: Lab, provider: TestProvider;
  before(async () => {
    lab = await startLab(renamed(only(ESTATE_A25, "oamp", "csa", "csb")));
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

  const csb = { store: "CVP keystore", alias: "wsm_certificate" };
  it("whose certificate names another server gives none that others would trust (R16)", async () => {
    assert.match(await provider.refusal("KeystoreCertificate", { host: hostOf(lab, CSB), ...csb }), /csb\.example\.com: read alias wsm_certificate: R16 csb\.example\.com: its certificate is of cvp2\.old\.example\.com/);
  });

  it("is read again at a refresh; a certificate that names another server is not taken over", async () => {
    const first = await provider.create("KeystoreCertificate", { host: hostOf(lab, CSA), ...csb });
    const seen = await provider.read("KeystoreCertificate", { ...first, host: hostOf(lab, CSB) });
    assert.equal(seen!.fingerprint, first.fingerprint);
    assert.match(provider.output, /csb\.example\.com: alias wsm_certificate holds another certificate now, SHA-256 \S+, which is not taken over: R16/);
  });
});
