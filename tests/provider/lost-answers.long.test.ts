// What changes a device, step by step as A1 does it: its answer is lost, or it never arrives. By REST on release 15, by CLI below 14; without the engine.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ESTATE_A1, type FaultName, type Interface, type Lab, startLab } from "../../lab";
import type { Kind } from "../../sdk/tokens";
import { Cluster } from "../../sdk/topology";
import { chainOf, HQ, PUB } from "../support/a1";
import { TestProvider } from "../support/provider";

interface Way {
  release: string;
  distribution: "multi-server" | "this-server";
  /** Where requests and certificates are asked for, and how. */
  at: Interface;
  csr: string;
  trust: string;
  identity: string;
}

const WAYS: readonly Way[] = [
  { release: "15", distribution: "multi-server", at: "rest", csr: "POST /csr", trust: "POST /trust/certificates", identity: "POST /identity/certificates" },
  { release: "12.5(1)SU7", distribution: "this-server", at: "cli", csr: "set csr gen", trust: "set cert import trust", identity: "set cert import own" },
];

/** One thing that is written. */
interface Step {
  what: string;
  kind: Kind;
  inputs: () => object;
  at: Interface;
  asked: string;
  /** What the device has done then, how often. */
  effect: RegExp;
  keep?: (made: Record<string, unknown>) => void;
}

for (const { release, distribution, at, csr, trust, identity } of WAYS)
  for (const fault of ["dropped answer", "dropped connection", ...(at === "cli" ? (["lost prompt"] as const) : [])] as const satisfies readonly FaultName[])
    describe(`release ${release}, "${fault}"`, { timeout: 120_000 }, () => {
      const node = new Cluster("hq", { release, nodes: HQ.nodes.map(({ fqdn, product, role }) => ({ fqdn, product, role })) }).publisher("CUCM")!;
      let lab: Lab, provider: TestProvider, mark: number;
      let csrPem = "", certificatePem = "", fingerprint = "", changedAt = "";
      const base = () => ({ node, purpose: "tomcat", distribution, chain: chainOf(lab) });
      before(async () => {
        lab = await startLab({ ...ESTATE_A1, clusters: ESTATE_A1.clusters.map((cluster) => ({ ...cluster, release })) });
      });
      beforeEach(() => {
        provider = new TestProvider(lab, { timing: { cliCommand: "1s", serviceRestart: "2500ms" } });
        mark = lab.history.mark();
      });
      afterEach(async () => {
        lab.faults.clear();
        await provider.dispose();
      });
      after(() => lab.stop());

      const since = () => lab.history.since(mark);
      const upload = (index: number): Step => ({
        what: `the upload of ${["the root", "the intermediate"][index]}`,
        kind: "TrustCertificate",
        inputs: () => ({ node, store: "tomcat-trust", certificatePem: chainOf(lab)[index] }),
        at,
        asked: trust,
        effect: /^store trust certificate/,
      });
      const restart = (service: string, by: Interface, asked: string, more: () => object = () => ({})): Step => ({
        what: `the restart of ${service}`,
        kind: "ServiceRestart",
        inputs: () => ({ node, service, triggers: ["1"], changedAt, ...more() }),
        at: by,
        asked,
        effect: new RegExp(`^restart ${service}`),
      });
      const steps: readonly Step[] = [
        { what: "a CSR", kind: "MultiSanCsr", inputs: base, at, asked: csr, effect: /^generate CSR/, keep: (made) => (csrPem = String(made.csrPem)) },
        upload(0),
        upload(1),
        {
          what: "the upload of the certificate",
          kind: "IdentityCertificate",
          inputs: () => ({ ...base(), certificatePem }),
          at,
          asked: identity,
          effect: /^install tomcat/,
          keep: (made) => ([fingerprint, changedAt] = [String(made.fingerprint), String(made.changedAt)]),
        },
        restart("Cisco Tomcat", "cli", "utils service restart", () => ({ expects: [{ fingerprint, keyType: "RSA" }] })),
        ...(fault === "lost prompt" ? [] : [restart("Cisco Tftp", "soap", "soapDoControlServices")]),
      ];

      for (const { what, kind, inputs, at: by, asked, effect, keep } of steps)
        it(`${what} is done once: ${fault === "dropped connection" ? "what never arrived is sent again, and said" : "it is found done, said, and not sent again"}`, async () => {
          if (kind === "IdentityCertificate") certificatePem = await lab.authority("ca").issueCertificate(csrPem);
          lab.faults.add({ fault, node: PUB, interface: by, action: asked, times: 1 });
          const made = await provider.create(kind, inputs());
          await lab.cluster("hq").settled();
          const done = since().filter((entry) => entry.interface === "platform" && entry.node === PUB && effect.test(entry.action));
          const sent = since().filter((entry) => entry.interface === by && entry.node === PUB && entry.action.includes(asked) && !entry.action.startsWith("fault"));
          assert.deepEqual([done.length, sent.length], [1, fault === "dropped connection" ? 2 : 1], provider.output);
          assert.match(provider.output, fault === "dropped connection" ? /: it failed \(.*\), and is not done; it is sent again/ : /: the answer was lost \(.*\); it is found done and not sent again/);
          keep?.(made);
        });
    });

describe("a submission to AD CS, which leaves no trace that can be looked up", { timeout: 60_000 }, () => {
  let lab: Lab, provider: TestProvider, csrPem: string;
  before(async () => {
    lab = await startLab();
    csrPem = (await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" })).pem;
  });
  beforeEach(() => (provider = new TestProvider(lab)));
  afterEach(async () => {
    lab.faults.clear();
    await provider.dispose();
  });
  after(() => lab.stop());
  const inputs = () => ({ authority: "ca", template: "WebServerClient", csrPem, chain: chainOf(lab), purpose: "tomcat", release: "15" });
  const received = () => lab.authority("ca").requests;

  for (const [fault, more, said] of [
    ["dropped answer", 2, /ca: submission of the tomcat CSR: no connection .*; whether it arrived cannot be looked up; it is sent once more/],
    ["dropped connection", 1, /; whether it arrived cannot be looked up; it is sent once more/],
    ["unavailable", 1, /HTTP 503 .*; nothing was done; it is sent once more/],
  ] as const)
    it(`whose answer is lost ("${fault}") is made once more with the same CSR, and said; the later one is used`, async () => {
      lab.faults.add({ fault, interface: "certsrv", action: "POST", times: 1 });
      const before = received().length;
      const made = await provider.create("AdcsCertificate", inputs());
      assert.equal(received().length, before + more);
      assert.ok(received().slice(before).every(({ request }) => request!.publicKey.equals(received()[before]!.request!.publicKey)));
      assert.equal(made.requestId, String(received().at(-1)!.id));
      assert.match(provider.output, said);
    });
});
