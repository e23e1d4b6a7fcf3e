// SSO of the cluster of A1, as tests start from it and look at it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { ESTATE_A1, type EstateDescription, type HistoryEntry, type Lab, startLab } from "../../lab";
import { chainOf, HQ, IMP, PUB, SUB } from "./a1";
import { type Partial as PartialFailure, TestProvider } from "./provider";

const TIMES = { timing: { distribution: "1500ms" } };

/** The estate of A1 with SSO on, on every node. */
export function startWithSso(more: Partial<EstateDescription> = {}): Promise<Lab> {
  return startLab({ ...ESTATE_A1, clusters: [{ ...ESTATE_A1.clusters[0]!, sso: true }], ...more });
}

/** Nodes on which the CLI says that it is on, by their host names. */
export function ssoOn(lab: Lab): string[] {
  return lab.cluster("hq").nodes.filter(({ health }) => health.sso).map(({ fqdn }) => fqdn.split(".")[0]!);
}

/** `cs-ccm-pub: disable SSO`, `cs-ccm-pub: install tomcat`, …: what concerns SSO, in order. */
export function story(entries: readonly HistoryEntry[]): string[] {
  const told = entries.filter(({ interface: at, action }) => at === "platform" && /^(disable SSO|enable SSO|install tomcat|restart )/.test(action));
  return told.map(({ node, action }) => `${node.split(".")[0]}: ${action}`);
}

/** A signed certificate that answers the pending request of the cluster, and is not installed. */
export async function issued(lab: Lab): Promise<string> {
  const request = await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
  await lab.cluster("hq").settled();
  return lab.authority("ca").issueCertificate(request.pem);
}

/** The certificate as IdentityCertificate and SsoSuspension take it. */
export function change(lab: Lab, certificatePem: string) {
  return { node: HQ.publisher("CUCM")!, purpose: "tomcat", distribution: "multi-server", certificatePem, chain: chainOf(lab) } as const;
}

const ALL = [PUB, SUB, IMP];

/** A lab with SSO on, a run and a certificate that waits to be installed: anew for every test of a file. */
export class SsoBench {
  lab!: Lab;
  provider!: TestProvider;
  certificatePem = "";
  mark = 0;

  constructor() {
    before(async () => {
      this.lab = await startWithSso();
      for (const pem of chainOf(this.lab)) this.lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
    });
    beforeEach(async () => {
      for (const { health } of this.lab.cluster("hq").nodes) Object.assign(health, { sso: true, ssoInDatabase: undefined });
      this.certificatePem = await issued(this.lab);
      this.provider = new TestProvider(this.lab, TIMES);
      this.mark = this.lab.history.mark();
    });
    afterEach(async () => {
      this.lab.faults.clear();
      await this.provider.dispose();
    });
    after(() => this.lab.stop());
  }

  /** What was done since the test began. */
  get done(): string[] {
    return story(this.lab.history.since(this.mark));
  }

  suspension(more = {}) {
    return { node: HQ.publisher("CUCM")!, changes: [change(this.lab, this.certificatePem)], wasOn: ALL, ...more };
  }

  suspend(more = {}) {
    return this.provider.create("SsoSuspension", this.suspension(more));
  }

  /** Changes to what every node has installed already. */
  installed() {
    const pem = (fqdn: string) => this.lab.node(fqdn).store.identities.get("tomcat")!.certificate.pem;
    return HQ.nodes.map((node) => ({ ...change(this.lab, pem(node.fqdn)), node, distribution: "this-server" }));
  }

  /** Ends the run, as the engine does, and returns what it printed since. */
  farewell(): string {
    const from = this.provider.lines.length;
    this.provider.runtime.report.farewell();
    return this.provider.lines.slice(from).join("\n");
  }

  /** Another run, which knows nothing of what this one has noted. */
  async anotherRun(): Promise<void> {
    await this.provider.dispose();
    this.provider = new TestProvider(this.lab, TIMES);
  }
}

/** The inputs of a resumption that hang on a suspension. */
export function resumption({ suspensionId, nodes, suspendedAt }: Record<string, unknown>, more = {}) {
  return { node: HQ.publisher("CUCM")!, suspensionId, nodes, suspendedAt, ...more };
}

/** The failure with which work ends, and the state that it keeps. */
export async function failing(work: Promise<unknown>): Promise<{ text: string; state: Record<string, unknown> }> {
  const failed = await work.then(() => assert.fail("it succeeded"), (error: PartialFailure) => error);
  assert.ok(failed.properties, `the state is kept: ${failed.message}`);
  return { text: failed.reasons!.join("\n"), state: failed.properties };
}
