// The provider process against a lab: failures that keep what was done, a refresh of what is gone, and no credential anywhere.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connectionsOf, type Connections, type EstateDescription, type Lab, startLab } from "../../lab";
import { shim } from "../../sdk/tokens";
import { csr } from "../lab/certsrv-support";
import { type Bag, ProviderProcess, Refusal } from "../support/provider-process";
import { type Folder, makeFolder } from "../support/project";

const PUBLISHER = "pub.example.com";
const ESTATE: EstateDescription = {
  name: "shim",
  clusters: [{ name: "hq", nodes: [{ fqdn: PUBLISHER, product: "CUCM", role: "publisher" }] }],
  authorities: [{ name: "ca", fqdn: "ca.example.com", decision: "hold" }],
};
const NODES = [{ fqdn: PUBLISHER, product: "CUCM", role: "publisher" }];
const NODE = { ...NODES[0], release: "15", connection: "hq", cluster: { name: "hq", nodes: NODES } };
const TIMING = { retryFirst: "10ms", poll: "50ms", request: "5s", connect: "5s", cliStart: "5s" };

/** How the engine hands over a value that is secret in the stack configuration. */
function secret(value: unknown): Bag {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: JSON.stringify(value) };
}

function startProvider(connections: Connections, env: Record<string, string> = {}): Promise<ProviderProcess> {
  return ProviderProcess.start({ env, config: { "uccerts:connections": secret(connections), "uccerts:timing": JSON.stringify(TIMING) } });
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const outcome: unknown = await call.catch((error: unknown) => error);
  assert.ok(outcome instanceof Refusal, `it was answered: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** Every password of the lab, as it is and as a log-in header or a URL carries it. */
function credentialsOf(lab: Lab): string[] {
  const cluster = lab.cluster("hq");
  const all = [cluster.osAdministrator, cluster.applicationUser.credential, lab.authority("ca").credential];
  return all.flatMap(({ username, password }) => [password, encodeURIComponent(password), Buffer.from(`${username}:${password}`).toString("base64"), Buffer.from(password).toString("base64")]);
}

describe("the provider process and a lab", { timeout: 120_000 }, () => {
  let lab: Lab;
  let provider: ProviderProcess;
  before(async () => {
    lab = await startLab(ESTATE);
    provider = await startProvider(connectionsOf(lab));
  });
  after(async () => {
    await ProviderProcess.endAll();
    await lab.stop();
  });

  test("keeps a certificate whose signature is pending, says so at every run, and fetches it when it is there", async () => {
    const authority = lab.authority("ca");
    const chain = authority.hierarchy.chain().reverse();
    const inputs = { __provider: shim("AdcsCertificate"), authority: "ca", template: "WebServerClient", csrPem: await csr(), chain, purpose: "tomcat", release: "15" };

    const { partial } = await refusal(provider.create(inputs));
    const [request] = authority.requests;
    assert.ok(partial && request);
    assert.equal(partial.id, `ca/${request.id}`);
    assert.equal(partial.reasons.length, 1);
    assert.match(partial.reasons[0]!, new RegExp(`^ca: request ${request.id} is pending: .*run "pulumi up" again`));
    const { __provider, signature, requestId, certificatePem, incomplete, csrPem } = partial.properties;
    assert.deepEqual([__provider, signature, requestId, certificatePem, incomplete, csrPem], [inputs.__provider, "pending", String(request.id), "", true, inputs.csrPem]);

    const refreshed = await provider.read(partial.id, partial.properties);
    assert.deepEqual(refreshed, { id: partial.id, props: partial.properties });
    assert.equal((await provider.diff(partial.id, refreshed.props, inputs)).changes, "some");

    const again = await refusal(provider.update(partial.id, refreshed.props, inputs));
    assert.deepEqual([again.partial?.id, again.partial?.properties.requestId, authority.requests.length], [partial.id, String(request.id), 1]);

    await authority.issue(request.id);
    const outs = await provider.update(partial.id, refreshed.props, inputs);
    assert.deepEqual([outs.signature, outs.certificatePem, outs.incomplete, outs.__provider], ["issued", `${request.certificate!.pem}\n`, undefined, inputs.__provider]);
    assert.equal((await provider.diff(partial.id, outs, inputs)).changes, "none");
    assert.equal(authority.requests.length, 1);
  });

  test("drops from the state what is gone from the node, and deletes it without complaint", async () => {
    const [root] = lab.authority("ca").roots;
    const { id, outs } = await provider.create({ __provider: shim("TrustCertificate"), node: NODE, store: "tomcat-trust", certificatePem: root! });
    assert.deepEqual(await provider.read(id, outs), { id, props: outs });
    lab.node(PUBLISHER).certificates.deleteTrust("tomcat-trust", outs.fileName as string);
    const { id: found, props } = await (await startedAnew()).read(id, outs);
    assert.deepEqual([found, Object.keys(props)], ["", ["__provider"]]);
    await provider.delete(id, outs);
  });

  /** As the next run sees the node: nothing is remembered. */
  async function startedAnew(): Promise<ProviderProcess> {
    await provider.end();
    return (provider = await startProvider(connectionsOf(lab)));
  }
});

describe("no credential shows", { timeout: 120_000 }, () => {
  let lab: Lab;
  let folder: Folder;
  before(async () => {
    lab = await startLab(ESTATE);
    folder = makeFolder();
  });
  after(async () => {
    await ProviderProcess.endAll();
    await lab.stop();
    folder.remove();
  });

  const TRUST = () => ({ __provider: shim("TrustCertificate"), node: NODE, store: "tomcat-trust", certificatePem: lab.authority("ca").roots[0] });
  const SIGNED = async () => ({ __provider: shim("AdcsCertificate"), authority: "ca", template: "WebServerClient", csrPem: await csr(), chain: lab.authority("ca").roots, purpose: "tomcat", release: "15" });
  const PREFLIGHT = () => ({ __provider: shim("Preflight"), node: NODE, phase: "prepare", purpose: "tomcat", distribution: "multi-server", chain: lab.authority("ca").roots, triggers: [] });

  /** Does everything that speaks to the estate, and looks through all that was said. */
  async function search(connections: Connections, env: Record<string, string> = {}): Promise<string> {
    const provider = await startProvider(connections, env);
    const calls = [TRUST(), await SIGNED(), PREFLIGHT()].map(async (inputs) => {
      const { id, outs } = await provider.create(inputs);
      await provider.read(id, outs);
      await provider.delete(id, outs);
    });
    await Promise.allSettled(calls);
    const { code } = await provider.end();
    assert.deepEqual([code, /^ +at .*/m.exec(provider.said)?.[0]], [0, undefined], "something was uncaught");
    for (const text of credentialsOf(lab)) assert.ok(!provider.said.includes(text), "a credential of the lab shows");
    return provider.said;
  }

  test("when everything is done", async () => {
    const said = await search(connectionsOf(lab));
    for (const trace of [/is pending/, /rules hold/, /upload Example Root CA/]) assert.match(said, trace);
  });

  test("when the platform itself repeats it, also after another kind was configured", async () => {
    const authority = lab.authority("ca");
    const provider = await startProvider(connectionsOf(lab));
    const inputs = await SIGNED();
    const { partial } = await refusal(provider.create(inputs));
    authority.deny(Number(partial!.properties.requestId), `no: ${authority.credential.password} is too short`);
    await provider.check({ __provider: shim("Renewal"), after: "300d" });
    const denied = await refusal(provider.update(partial!.id, partial!.properties, inputs));
    await provider.end();
    assert.match(denied.partial!.reasons[0]!, /no: \[secret\] is too short/);
    for (const text of credentialsOf(lab)) assert.ok(!provider.said.includes(text), "a credential of the lab shows");
  });

  test("when the server is not the one that was pinned", async () => {
    const strange = JSON.parse(JSON.stringify(connectionsOf(lab)).replace(/"fingerprints":\[[^\]]*\]/g, '"fingerprints":[]').replace(/"ca":\[[^\]]*\]/g, '"ca":[]')) as Connections;
    await search(strange);
  });

  test("when nobody answers", async () => {
    lab.faults.add({ fault: "dropped connection" });
    await search(connectionsOf(lab)).finally(() => lab.faults.clear());
  });

  test("when the platform is not available", async () => {
    lab.faults.add({ fault: "unavailable" });
    await search(connectionsOf(lab)).finally(() => lab.faults.clear());
  });

  test("when a log-in is refused", async () => {
    const wrong = JSON.parse(JSON.stringify(connectionsOf(lab)).replace(/"username":"/g, '"username":"not-')) as Connections;
    assert.match(await search(wrong), /log-in|refused|password/i);
  });

  test("when the connections are misspelt", async () => {
    const { hq, ca } = connectionsOf(lab) as Record<string, Record<string, object>>;
    assert.match(await search({ hq: { ...hq, osAdministrator: { ...hq!.osAdministrator, username: "" } }, ca: { ...ca, pasword: hq!.osAdministrator! } }), /The connections are not right/);
  });

  test("when the file of the connections is no YAML", async () => {
    const file = join(folder.path, "connections.yaml");
    const { password } = lab.cluster("hq").osAdministrator;
    writeFileSync(file, `hq:\n  osAdministrator:\n    username: admin\n    password: "${password}\n  applicationUser: { password: ${lab.cluster("hq").applicationUser.credential.password}\n`);
    assert.match(await search({}, { UCCERTS_CONNECTIONS: file }), /connections\.yaml\) is no YAML: line \d/);
  });

  test("when the file of the connections holds something else", async () => {
    const file = join(folder.path, "password.yaml");
    writeFileSync(file, lab.cluster("hq").osAdministrator.password);
    assert.match(await search({}, { UCCERTS_CONNECTIONS: file }), /password\.yaml\): connections are a text: connections by name are expected/);
  });
});
