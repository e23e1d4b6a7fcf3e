// The graph of ContactCenterExchange, as a preview on the real engine shows it; no host is needed for it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf } from "../support/a1";
import { contactCenter, type Planned, planned } from "../support/contact-center-program";
import { TestStack } from "../support/stack";

const WINDOW = `maintenanceWindow: { from: "00:00", to: "23:59", timeZone: "Europe/Berlin" }`;
const EXCHANGE = `new uccerts.ContactCenterExchange("exchange", {
  contactCenter: center,
  secureLinks: ["CVP and VVB by SIP", "CVP and VVB by HTTPS"],
  additionalTrust: [{ fqdn: "crm.example.com", port: 8443, alias: "crm" }],
  approved: { "aw-a.example.com": ["AA".repeat(32)] },
  probeFrom: "host",
});`;

describe("a contact centre of A21, A24, A25 and A27", () => {
  let lab: Lab, stack: TestStack, resources: Planned[], said: string, asked: number;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: `${contactCenter(WINDOW)}\n${EXCHANGE}` });
    const mark = lab.history.mark();
    ({ resources, said } = await planned(stack));
    asked = lab.history.since(mark).length;
  });
  after(async () => {
    stack?.dispose();
    await lab.stop();
  });

  const find = (name: string) => {
    const found = resources.find((one) => one.name === `exchange-${name}`);
    assert.ok(found, `no resource exchange-${name}`);
    return found;
  };
  const ofKind = (kind: string) => resources.filter((one) => one.kind === kind);
  const waitsFor = (name: string) => find(name).dependencies.map((one) => one.replace(/^exchange-/, "")).sort();
  /** Everything that comes before, also through others. */
  const before_ = (name: string, seen = new Set<string>()): Set<string> => {
    for (const one of find(name).dependencies.map((other) => other.replace(/^exchange-/, ""))) if (!seen.has(one)) before_(one, seen.add(one));
    return seen;
  };

  it("is previewed without asking anybody", () => assert.equal(asked, 0));

  it("prints the whole matrix as a table, and what is left to people", () => {
    assert.match(said, /Who trusts whom after this:\n#\s+into\s+store\s+alias\s+certificate\s+found at\s+then restart\n1\s+aw-a\.example\.com\s+truststore\s+rogger-a\.example\.com_IIS/);
    assert.match(said, /tomcat of livedata-a\.example\.com into tomcat-trust of finesse-a\.example\.com: only looked at/);
    assert.match(said, /Left to people:\n(?: {2}.*\n)* {2}on vvb1\.example\.com: switch TLS on where it is off \(VVB Administration, System Parameters\), then restart Cisco VVB Engine/);
  });

  it("looks at each certificate once, however many import it", () => {
    const looks = [...ofKind("ServedCertificate"), ...ofKind("KeystoreCertificate")];
    assert.equal(new Set(looks.map(({ inputs }) => JSON.stringify([inputs.server ?? inputs.host, inputs.port, inputs.alias]))).size, looks.length);
    // IIS and DFP of 6 hosts, 10 VOS nodes, VVB, one endpoint; WSM of 5 CVP hosts, callserver and vxml of 2.
    assert.deepEqual([ofKind("ServedCertificate").length, ofKind("KeystoreCertificate").length], [12 + 10 + 1 + 1, 5 + 4]);
  });

  it("looks at a port from the first importer, where that is wanted, and approves what is declared", () => {
    const { inputs } = find("aw-a-iis");
    assert.deepEqual([inputs.port, (inputs.server as { connection: string }).connection, (inputs.from as { fqdn: string }).fqdn, inputs.approved], [443, "center", "aw-a.example.com", ["AA".repeat(32)]]);
  });

  it("changes each store in one batch, with one more for what other services read", () => {
    const batches = ofKind("KeystoreEntries").map(({ name }) => name.replace("exchange-", "")).sort();
    assert.deepEqual(batches, [
      ...["aw-a-truststore", "aw-b-truststore"],
      ...["csa", "csb"].flatMap((name) => ["", "-endpoints", "-vvb"].map((part) => `${name}-cvp-keystore${part}`)),
      ...["oamp-cvp-keystore", "pg-a-truststore", "pg-b-truststore", "repa-cvp-keystore", "repb-cvp-keystore", "rogger-a-truststore", "rogger-b-truststore"],
    ]);
    assert.deepEqual([find("aw-a-truststore").inputs.store, find("oamp-cvp-keystore").inputs.store], ["truststore", "CVP keystore"]);
  });

  it("names for every entry the port that must still present it (R115)", () => {
    const presented = find("oamp-cvp-keystore").inputs.presentedAt as Record<string, { fqdn: string; port: number }>;
    assert.deepEqual(presented["csa.example.com_wsm"], { fqdn: "csa.example.com", port: 8111 });
    assert.deepEqual((find("csa-cvp-keystore-endpoints").inputs.presentedAt as typeof presented).crm, { fqdn: "crm.example.com", port: 8443 });
    assert.equal(Object.keys(find("aw-a-truststore").inputs.presentedAt as object).length, 12 + 10);
  });

  it("restarts Apache Tomcat of every CCE host, and every CVP server and VVB whole, each once", () => {
    assert.deepEqual(ofKind("ServiceRestart").filter(({ inputs }) => inputs.service === "Apache Tomcat").map(({ name }) => name.replace(/^exchange-|-apache-tomcat$/g, "")).sort(), ["aw-a", "aw-b", "pg-a", "pg-b", "rogger-a", "rogger-b"]);
    assert.deepEqual(ofKind("ServerRestart").map(({ name }) => name.replace(/^exchange-|-restart$/g, "")).sort(), ["csa", "csb", "oamp", "repa", "repb", "vvb1"]);
  });

  it("restarts a server after the last import into it", () => {
    assert.ok(["csa-cvp-keystore", "csa-cvp-keystore-vvb", "csa-cvp-keystore-endpoints"].every((name) => waitsFor("csa-restart").includes(name)));
  });

  it("proves one AW before anything is imported into the second", () => {
    assert.ok(waitsFor("aw-b-truststore").includes("aw-a-apache-tomcat"));
    assert.ok(!before_("aw-a-apache-tomcat").has("aw-b-truststore"));
  });

  it("proves one CVP server, with all its services, before anything is imported into the second (R121)", () => {
    assert.ok(["csa-restart", "csa-cisco-cvp-call-server", "csa-cisco-cvp-vxml-server"].every((name) => waitsFor("csb-cvp-keystore").includes(name)));
  });

  it("restarts one server at a time: CCE in a row, CVP in a row, and neither waits for the other", () => {
    const rows = [
      ["aw-a-apache-tomcat", "aw-b-apache-tomcat", "rogger-a-apache-tomcat", "pg-a-apache-tomcat", "rogger-b-apache-tomcat", "pg-b-apache-tomcat"],
      ["oamp-restart", "repa-restart", "repb-restart", "csa-restart", "csa-cisco-cvp-call-server", "csa-cisco-cvp-vxml-server", "csb-restart", "csb-cisco-cvp-call-server", "csb-cisco-cvp-vxml-server"],
    ];
    for (const row of rows) row.slice(1).forEach((name, index) => assert.ok(waitsFor(name).includes(row[index]!), `${name} does not wait for ${row[index]!}`));
    const last = before_("csb-cisco-cvp-vxml-server");
    assert.deepEqual(rows[0]!.filter((name) => last.has(name)), []);
  });

  it("restarts inside the contact centre's maintenance window", () => {
    for (const { inputs, name } of [...ofKind("ServiceRestart"), ...ofKind("ServerRestart")]) assert.deepEqual(inputs.maintenanceWindow, { from: "00:00", to: "23:59", timeZone: "Europe/Berlin" }, name);
  });

  it("uploads CVP's certificates to the VVB one after the other, then restarts the node, Tomcat and the engine", () => {
    assert.deepEqual(ofKind("TrustCertificate").map(({ name }) => name), ["csa-callserver", "csb-callserver", "csa-vxml", "csb-vxml"].map((name) => `exchange-vvb1-trusts-${name}`).sort((a, b) => position(a) - position(b)));
    // Every certificate is known before the first upload (R34).
    assert.deepEqual(waitsFor("vvb1-trusts-csb-vxml"), ["csa-callserver", "csa-vxml", "csb-callserver", "csb-vxml", "vvb1-trusts-csa-vxml"]);
    assert.ok(waitsFor("vvb1-restart").includes("vvb1-trusts-csb-vxml") && waitsFor("vvb1-cisco-tomcat").includes("vvb1-restart") && waitsFor("vvb1-cisco-vvb-engine").includes("vvb1-cisco-tomcat"));
  });
  const position = (name: string) => resources.findIndex((one) => one.name === name);

  it("with a CA imports its chain, and looks at nothing that it has signed", async () => {
    const chain = JSON.stringify(chainOf(lab).reverse());
    stack.write(`${contactCenter()}\nnew uccerts.ContactCenterExchange("exchange", { contactCenter: center, authority: { chain: ${chain}, signs: ["IIS", "DFP"] }, retain: true });`);
    ({ resources } = await planned(stack));
    const { inputs } = find("rogger-a-truststore");
    assert.deepEqual(Object.keys(inputs.entries as object).sort(), ["Example_Issuing_CA_1", "Example_Root_CA"]);
    assert.deepEqual([inputs.retain, inputs.presentedAt], [true, undefined]);
    assert.deepEqual(ofKind("ServedCertificate").filter(({ inputs: { port } }) => port !== 8443), []);
  });
});

describe("a program is refused with everything that is wrong", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: "" });
  });
  after(async () => {
    stack?.dispose();
    await lab.stop();
  });

  it("with an exchange", async () => {
    const [root] = chainOf(lab);
    stack.write(`${contactCenter("")}\nnew uccerts.ContactCenterExchange("x", { contactCenter: center, secureLinks: ["SIP"], probeFrom: "there",
      additionalTrust: [{ fqdn: "192.0.2.1" }, { fqdn: "crm.example.com", alias: "WSM_certificate" }, { fqdn: "a.example.com", alias: "oamp.example.com_wsm" }],
      certificates: { "aw-a.example.com": { IIS: ${JSON.stringify(root)}, DFP: "none" }, "aw-z.example.com": {} }, approved: { "pg-z.example.com": [] } });`);
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    for (const reason of [
      /ContactCenterExchange "x": it is not right:/,
      /secureLinks: "SIP" is unknown \(known: CVP and VVB by SIP, /,
      /probeFrom: "there" is unknown/,
      /additionalTrust: "192\.0\.2\.1" is no fully qualified domain name \(R123\)/,
      /R113 alias "WSM_certificate" is that of a private key of CVP/,
      /R112 csa\.example\.com: alias oamp\.example\.com_wsm is wanted for WSM of oamp\.example\.com and for endpoint of a\.example\.com/,
      /certificates\["aw-a\.example\.com"\]\.IIS: R16 its certificate is of Example Root CA/,
      /certificates\["aw-a\.example\.com"\]\.DFP is no certificate/,
      /certificates: the contact centre has no server aw-z\.example\.com/,
      /approved: the contact centre has no server pg-z\.example\.com/,
      /U9 csa\.example\.com: its restart ends the calls on it, and no maintenance window is declared\. Declare the maintenanceWindow of the contact centre, or accept it/,
    ]) assert.match(output, reason);
  });
});
