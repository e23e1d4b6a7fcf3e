// Two stacks at work on the same cluster at the same time: one certificate job at a time (R134).
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type HistoryEntry, type Lab, startLab } from "../../lab";
import { cluster, served } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

const only = (purpose: string) => `${cluster()}
  new uccerts.MultiServerCertificate("one", { cluster: hq, purpose: "${purpose}", chain: await live.getAuthorityChain("ca"), authority: { connection: "ca", template: "WebServerClient" } });`;

/** Neighbours in time of which the second begins before the first has ended. */
const overlaps = (spans: HistoryEntry[]) => spans.slice(1).filter((span, index) => span.at < spans[index]!.until!).map(({ action, node }) => `${node}: ${action}`);

describe("two runs on one cluster at the same time", () => {
  let lab: Lab, state: string, stacks: TestStack[], runs: Run[];
  before(async () => {
    lab = await startLab();
    state = mkdtempSync(join(tmpdir(), "uccerts-state-"));
    const env = { UCCERTS_STATE: state };
    stacks = await Promise.all([TestStack.create({ lab, env, program: only("tomcat") }), TestStack.create({ lab, env, program: only("tomcat-ECDSA") })]);
    runs = await Promise.all(stacks.map((stack) => stack.up()));
  });
  after(async () => {
    stacks.forEach((stack) => stack.dispose());
    rmSync(state, { recursive: true, force: true });
    await lab.stop();
  });

  it("both end with success", () => runs.forEach(({ code, output }) => assert.equal(code, 0, output)));

  it("one waits for the other and says who holds the cluster: process, since when, doing what", () => {
    const said = runs.flatMap(({ output }) => output.match(/waiting for another run on cs-ccm-pub\.example\.com \(process \d+ on this machine, since \S+Z: [^)]+/g) ?? []);
    assert.ok(said.length > 0);
  });

  it("no service is ever restarted while another one is, on whatever node", () => {
    const spans = lab.history.of("platform", "restart ");
    assert.ok(spans.length >= 14, String(spans.length));
    assert.deepEqual(overlaps(spans), []);
  });

  it("both certificates are on every node, and the RSA one is served everywhere", () => {
    for (const purpose of ["tomcat", "tomcat-ECDSA"]) assert.equal(new Set(lab.cluster("hq").nodes.map((node) => node.store.identities.get(purpose)!.certificate.parsed.fingerprint256)).size, 1, purpose);
    assert.equal(served(lab).size, 1);
  });

  it("no lock is left behind", () => assert.deepEqual(readdirSync(join(state, "locks")), []));

  it("afterwards neither has anything to do", async () => {
    for (const stack of stacks) assert.match((await stack.up()).output, /\d+ unchanged\n/);
  });
});
