// Bad input gives one clear error and changes nothing (issue: bad input). What concerns whole programs is in tests/e2e/refused-programs.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { selfSigned } from "../../lab/pki/make";
import { chainOf, HQ, IMP, PUB, SUB, writes } from "../support/a1";
import { TestProvider } from "../support/provider";

let lab: Lab, provider: TestProvider, chain: string[], mark: number;
const node = HQ.publisher("CUCM")!;
const question = () => ({ node, purpose: "tomcat", distribution: "multi-server", chain });
const prepare = (more = {}) => ({ ...question(), phase: "prepare", triggers: [], ...more });

before(async () => {
  lab = await startLab();
  chain = chainOf(lab);
});
beforeEach(() => {
  provider = new TestProvider(lab);
  mark = lab.history.mark();
});
afterEach(async () => {
  lab.faults.clear();
  await provider.dispose();
});
after(() => lab.stop());

const nothingWritten = () => assert.deepEqual(writes(lab, mark), [], "nothing may be written");

/** A self-signed certificate with what a test wants wrong. */
async function odd(shape: "rsa-1024" | "rsa-2048", content: { subject: string; names?: string[] }, validity = {}): Promise<string> {
  return selfSigned(await lab.keys.next(shape), content, validity);
}

describe("refused at preview, without the network", () => {
  it("an unknown purpose, with the known ones", async () => {
    const [failure] = await provider.check("MultiSanCsr", { ...question(), purpose: "tomkat" });
    assert.match(failure!, /^purpose: "tomkat" is no certificate purpose \(known: tomcat, tomcat-ECDSA, CallManager/);
  });

  it("a wildcard name", async () => {
    const failures = await provider.check("MultiSanCsr", { ...question(), otherDomains: ["*.example.com"] });
    assert.deepEqual(failures, ["otherDomains: R9 *.example.com: wildcard names are not supported by these platforms. Name each host"]);
  });

  it("a key of 1024 bits in a request", async () => {
    assert.deepEqual(await provider.check("MultiSanCsr", { ...question(), keyLength: 1024 }), ["keyLength: R4 keyLength 1024 is too short. Write keyLength 2048, 3072 or 4096"]);
  });

  it("a key of 1024 bits in a certificate", async () => {
    const certificatePem = await odd("rsa-1024", { subject: "CN=old" });
    const failures = await provider.check("TrustCertificate", { node, store: "tomcat-trust", certificatePem });
    assert.deepEqual(failures, ["certificatePem: R4 the key has 1024 bits. Use a key of 2048 bits or more"]);
  });

  it("a trust certificate that has expired", async () => {
    const certificatePem = await odd("rsa-2048", { subject: "CN=gone" }, { notBefore: new Date("2020-01-01"), days: 10 });
    const [failure] = await provider.check("TrustCertificate", { node, store: "tomcat-trust", certificatePem });
    assert.match(failure!, /^certificatePem: R1 the certificate expired on 2020-01-11T/);
  });

  it("a trust certificate that is not yet valid", async () => {
    const certificatePem = await odd("rsa-2048", { subject: "CN=early" }, { notBefore: new Date(Date.now() + 86_400_000) });
    const [failure] = await provider.check("TrustCertificate", { node, store: "tomcat-trust", certificatePem });
    assert.match(failure!, /^certificatePem: R1 the certificate is not valid before /);
  });

  it("a text that is no PEM", async () => {
    const failures = await provider.check("TrustCertificate", { node, store: "tomcat-trust", certificatePem: "not a certificate" });
    assert.deepEqual(failures, ["certificatePem: is no certificate: it holds no PEM certificate"]);
  });

  it("a multi-server request for a purpose that cannot have one", async () => {
    const [failure] = await provider.check("MultiSanCsr", { ...question(), purpose: "ipsec" });
    assert.match(failure!, /^distribution: R18 ipsec on CUCM cannot have a multi-server certificate/);
  });

  it("a request on a subscriber, naming the right node", async () => {
    const [failure] = await provider.check("MultiSanCsr", { ...question(), node: HQ.node(SUB) });
    assert.match(failure!, new RegExp(`^node: R22 ${SUB}: tomcat multi-server requests are made on ${PUB}, not on a subscriber`));
  });

  it("everything that is wrong at once", async () => {
    const failures = await provider.check("MultiSanCsr", { ...question(), keyLength: 1024, otherDomains: ["*.example.com"], commonName: "*" });
    assert.equal(failures.length, 3, failures.join("\n"));
  });

  it("an acceptance of a rule that cannot be accepted", async () => {
    const failures = await provider.check("MultiSanCsr", { ...question(), accept: { R19: "why not" } });
    assert.deepEqual(failures, ["accept: R19 cannot be accepted (can be: R64, R97, R137, U9, U10, U22)"]);
  });

  it("and no check asks a device", () => assert.deepEqual(lab.history.since(mark), []));
});

describe("refused by the preflight, before anything is written", () => {
  const refused = async (more = {}) => {
    const message = await provider.refusal("Preflight", prepare(more));
    nothingWritten();
    return message;
  };

  it("a foreign request is pending (R23), with the way out", async () => {
    const pending = await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    mark = lab.history.mark();
    const message = await refused();
    assert.match(message, new RegExp(`R23 ${PUB}: a tomcat request is pending that asks something else .*its public key fingerprint is ([0-9A-F:]+)\\. Install its certificate first, or give it up: discardPending`));
    lab.node(PUB).store.requests.clear();
    assert.ok(pending);
  });

  it("SSO is on (R38)", async () => {
    lab.node(SUB).health.sso = true;
    const message = await refused();
    lab.node(SUB).health.sso = false;
    assert.match(message, new RegExp(`^Nothing was changed: a rule refuses to change tomcat on cluster "hq":\n {2}- R38 ${SUB}: SSO is on\\. Switch it off on every node \\(utils sso disable\\)`));
  });

  it("Platform Administrative Web Service is stopped on a subscriber (R131)", async () => {
    lab.node(SUB).services.set("Platform Administrative Web Service", "stopped");
    const message = await refused();
    lab.node(SUB).services.set("Platform Administrative Web Service", "started");
    assert.match(message, new RegExp(`R131 ${SUB}: Platform Administrative Web Service is Stopped`));
  });

  it("database replication is broken (R37)", async () => {
    lab.faults.add({ fault: "replication broken" });
    assert.match(await refused(), /R37 \S+: database replication is \(4\) Setup Failed\. Repair replication first/);
  });

  it("a node does not answer (U1), and the others are still checked", async () => {
    lab.faults.add({ fault: "node down", node: IMP });
    lab.node(SUB).health.sso = true;
    const message = await refused();
    lab.node(SUB).health.sso = false;
    assert.match(message, new RegExp(`U1 ${IMP}: certificate REST: no connection to 127\\.0\\.0\\.1:\\d+`));
    assert.match(message, new RegExp(`R38 ${SUB}: SSO is on`));
  });

  it("a backup is too old (R64), unless that is accepted", async () => {
    const { backups } = lab.cluster("hq");
    backups[0] = { at: new Date(Date.now() - 30 * 86_400_000), succeeded: true };
    const message = await refused();
    assert.match(message, /R64 the last good backup is of \S+, more than 7 days ago\. .*or accept it: accept: \{ R64: "<reason>" \}/);
    const passed = await provider.create("Preflight", prepare({ accept: { R64: "snapshots by the hypervisor" } }));
    backups[0] = { at: new Date(), succeeded: true };
    assert.match((passed.findings as string[]).join("\n"), /R64 the last good backup is of \S+, more than 7 days ago \(accepted: snapshots by the hypervisor\)/);
  });

  it("a name does not resolve on a node (R28)", async () => {
    lab.node(IMP).health.unresolved.add(SUB);
    const message = await refused();
    lab.node(IMP).health.unresolved.clear();
    assert.match(message, new RegExp(`R28 ${IMP}: the node cannot resolve ${SUB}`));
  });

  it("the disk is full (U2)", async () => {
    lab.node(SUB).health.diskUsedPercent = 97;
    const message = await refused();
    lab.node(SUB).health.diskUsedPercent = 60;
    assert.match(message, new RegExp(`U2 ${SUB}: Disk/active is 97% full`));
  });

  it("a clock is an hour off (R135)", async () => {
    lab.node(IMP).clockOffset = 3_600_000;
    const message = await refused();
    lab.node(IMP).clockOffset = 0;
    assert.match(message, new RegExp(`R135 ${IMP}: its clock is 3[56]\\d\\d s ahead of this machine's`));
  });

  it("the declared release is not the node's (U3)", async () => {
    const message = await refused({ node: { ...node, release: "14" } });
    assert.match(message, /U3 \S+: the node runs 15\.0\.1\.11900-40, declared is 14/);
  });

  it("the declared nodes are not the cluster's (R27), naming the line to change", async () => {
    const fewer = { ...node, cluster: { ...node.cluster, nodes: node.cluster.nodes.filter(({ fqdn }) => fqdn !== SUB) } };
    const message = await refused({ node: fewer });
    assert.match(message, new RegExp(`R27 ${SUB}: the cluster has this node, and the program does not declare it\\. Change the list of nodes in the program`));
  });

  it("a trust upload would displace an anchor that issued a live certificate (R137)", async () => {
    const tomcat = await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    const own = lab.authority("ca");
    for (const pem of chain) lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
    lab.node(PUB).certificates.uploadIdentity("tomcat", await own.issueCertificate(tomcat.pem));
    await lab.cluster("hq").settled();
    // Another authority of the same name, with another key and a later notBefore: the platform would let it displace the present one.
    const twin = await odd("rsa-2048", { subject: "CN=Example Root CA", ...{ ca: true, keyUsage: 96 } }, { notBefore: new Date(Date.now() - 1000) });
    mark = lab.history.mark();
    const message = await provider.refusal("TrustCertificate", { node, store: "tomcat-trust", certificatePem: twin });
    nothingWritten();
    assert.match(message, /^Nothing was changed: Example Root CA .* cannot go into tomcat-trust:\n {2}- R137 \S+: it would displace tomcat-trust\/Example_Root_CA_\S+\.pem, to which the installed certificate of .*tomcat.* leads/);
  });
});

describe("connections", () => {
  const refused = async (change: (connections: ReturnType<typeof connectionsOf>) => unknown) => {
    const connections = structuredClone(connectionsOf(lab));
    change(connections);
    await provider.dispose();
    provider = new TestProvider(lab, { connections });
    return provider.refusal("Preflight", prepare());
  };

  it("an unknown connection: the command that sets it", async () => {
    const message = await refused((connections) => delete connections.hq);
    assert.match(message, /There is no connection "hq" \(there is: ca\)\. Set it, for a cluster:\n {2}pulumi config set --path 'uccerts:connections\.hq\.osAdministrator\.username' <name>/);
  });

  it("a wrong password: one attempt per node and account, then never again", async () => {
    const message = await refused((connections) => ((connections.hq as { osAdministrator: { password: string } }).osAdministrator.password = "wrong"));
    assert.match(message, new RegExp(`U1 ${PUB}: .*the log-in .*was refused`));
    await provider.refusal("Preflight", prepare());
    for (const fqdn of [PUB, SUB, IMP]) {
      const failed = lab.history.since(mark).filter((entry) => entry.node === fqdn && entry.action === "log-in failed");
      assert.equal(failed.length, 1, `${fqdn}: ${failed.length} failed log-ins`);
    }
    assert.equal(lab.node(PUB).osAdministrator.locked, false);
    assert.ok(!message.includes("wrong"), "the password is not in the message");
  });

  it("an unknown host key: the one seen and the line to add", async () => {
    const message = await refused((connections) => ((connections.hq as { ssh: { hostKeys: string[] } }).ssh.hostKeys = []));
    assert.match(message, /platform CLI: the host key SHA256:\S+ is unknown to the connection "hq" \(If that is the right server, add it: pulumi config set --path 'uccerts:connections\.hq\.ssh\.hostKeys\[0\]' SHA256:/);
  });

  it("an unknown server certificate: the one seen and the line to add, and no credential was sent", async () => {
    const message = await refused((connections) => ((connections.hq as { tls: object }).tls = {}));
    assert.match(message, /certificate REST: the connection "hq" trusts no certificate yet .*SHA-256 [0-9A-F:]+ \(If that is the right server, add it: pulumi config set --path 'uccerts:connections\.hq\.tls\.fingerprints\[0\]'/);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at }) => at === "rest" || at === "soap"), []);
  });
});
