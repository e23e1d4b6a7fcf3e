// A21, A24 and A25 as one exchange (the estate of A28), on the real engine: who trusts whom afterwards is asked with real handshakes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { combined, ESTATE_A21, ESTATE_A24, ESTATE_A25, type HistoryEntry, type Lab, startLab } from "../../lab";
import { TestStack } from "../support/stack";

const HOSTS = [
  ...["a", "b"].flatMap((side) => [["rogger", "Rogger"], ["pg", "Peripheral Gateway"], ["aw", "AW"]].map(([name, product]) => ({ fqdn: `${name}${side}.example.com`, product, side: side.toUpperCase() }))),
  ...[["oamp", "CVP OAMP"], ["csa", "CVP Server"], ["csb", "CVP Server"], ["repa", "CVP Reporting"], ["repb", "CVP Reporting"]].map(([name, product]) => ({ fqdn: `${name}.example.com`, product })),
];
const VOS = [["finesse", "Finesse"], ["cuic", "CUIC"], ["livedata", "Live Data"], ["ids", "IdS"], ["cloudconnect", "Cloud Connect"]];
const program = (approved = {}) => `
  const clusters = ${JSON.stringify(VOS)}.map(([name, product]) => new uccerts.Cluster(name, { release: "12.5(1)", connection: "contact-center", nodes: [
    { fqdn: name + "-pub.example.com", product, role: "publisher" }, { fqdn: name + "-sub.example.com", product, role: "subscriber" }] }));
  const contactCenter = new uccerts.ContactCenter("contact-center", { release: "12.5(1)", hosts: ${JSON.stringify(HOSTS)}, clusters });
  const { entries, restarts } = new uccerts.ContactCenterExchange("exchange", { contactCenter, approved: ${JSON.stringify(approved)} });
  return { restarts: restarts.length, stores: entries.length };`;

describe("the exchange of A21, A24 and A25", { timeout: 400_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(combined("a28", ESTATE_A21, ESTATE_A24, ESTATE_A25));
    stack = await TestStack.create({ lab, program: program() });
  });
  after(async () => {
    stack?.dispose();
    await lab.stop();
  });

  const trusts = async ([from, to, port]: readonly [string, string, number]) => (await lab.connect({ from: `${from}.example.com`, to: `${to}.example.com`, port })).trusted;
  /** One of each kind: from, to, port. */
  const PAIRS = [
    ["awa", "roggerb", 443],
    ["awb", "pga", 7890],
    ["awb", "awa", 443],
    ["roggera", "awb", 443],
    ["pgb", "awa", 443],
    ["awa", "finesse-sub", 8443],
    ["awb", "cloudconnect-pub", 8443],
    ["oamp", "csb", 8111],
    ["oamp", "cloudconnect-sub", 8443],
    ["csa", "oamp", 8111],
    ["repb", "oamp", 8111],
  ] as const;
  const happened = (action: string, since = 0) => lab.history.since(since).filter((entry) => entry.interface === "platform" && entry.action === action);
  const names = (entries: readonly HistoryEntry[]) => entries.map(({ node }) => node.replace(".example.com", ""));
  const alone = (entries: readonly HistoryEntry[]) => entries.slice(1).forEach((entry, index) => assert.ok(entry.at >= entries[index]!.until!, `${entry.node} before ${entries[index]!.node} was back`));

  it("before it nobody trusts anybody", async () => {
    for (const pair of PAIRS) assert.equal(await trusts(pair), false, pair.join());
  });

  it("runs through", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output.slice(-4000));
  });

  it("restarts Apache Tomcat of each CCE host once, the AWs first, then side A, then side B, never two at a time", () => {
    assert.deepEqual(names(happened("start Tomcat9")), ["awa", "awb", "roggera", "pga", "roggerb", "pgb"]);
    alone(happened("start Tomcat9"));
  });

  it("restarts each CVP server once, the CVP Servers last, never two at a time", () => {
    assert.deepEqual(names(happened("restart server")), ["oamp", "repa", "repb", "csa", "csb"]);
    alone(happened("restart server"));
  });

  it("asks nobody in a second run", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(mark), []);
  });

  for (const pair of PAIRS)
    it(`lets ${pair[0]} connect to port ${pair[2]} of ${pair[1]}`, async () => {
      assert.ok(await trusts(pair));
    });

  it("after a Finesse node has a new certificate replaces that one entry on both AWs, and restarts their Apache Tomcat alone (A28)", async () => {
    const fqdn = "finesse-pub.example.com";
    const node = lab.node(fqdn);
    const { parsed } = await node.certificates.regenerate("tomcat");
    await node.services.restart("Cisco Tomcat");
    const mark = lab.history.mark();
    stack.write(program({ [fqdn]: [parsed.fingerprint256] }));
    await stack.refresh();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output.slice(-4000));
    assert.deepEqual([...new Set(output.match(/\w+\.example\.com: \S.*(new|replaced).*/g))].map((line) => line.replace(/:.*:/, ":")), ["awa.example.com: 1 replaced (R114)", "awb.example.com: 1 replaced (R114)"]);
    assert.deepEqual([names(happened("start Tomcat9", mark)), names(happened("restart server", mark))], [["awa", "awb"], []]);
    assert.ok((await trusts(["awa", "finesse-pub", 8443])) && (await trusts(["awb", "finesse-pub", 8443])));
  });
});
