// A27: secure SIP and HTTPS between CVP and VVB, on the real engine: CVP's certificates into VVB's tomcat-trust, VVB's into CVP's keystore.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ClusterDescription, combined, ESTATE_A25, type Lab, startLab } from "../../lab";
import { asked, attempts, centerOf, deedNames, deeds, distrusted, domain, exchange, exchangeStack, only, overlaps } from "../support/exchange";
import type { TestStack } from "../support/stack";

const VVBS = ["vvb1", "vvb2"];
const SERVERS = ["csa", "csb"];
const vvb = (name: string): ClusterDescription => ({ name, release: "12.5(1)", nodes: [{ fqdn: domain(name), product: "VVB", role: "publisher" }] });

/** tomcat-trust holds one certificate of each common name (R34): those of one server need two. */
const CVP = only(ESTATE_A25, ...SERVERS);
const DISTINCT = { ...CVP, contactCenters: CVP.contactCenters!.map((one) => ({ ...one, windows: one.windows.map((host) => ({ ...host, commonNames: { vxml: host.fqdn.replace(".", "-vxml.") } })) })) };
const VOS = { name: "vos", clusters: VVBS.map(vvb) };

describe("A27, secure links between CVP and VVB", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(combined("a27", DISTINCT, VOS));
    stack = await exchangeStack(lab, `${centerOf(lab, { own: VVBS })}\n${exchange(`secureLinks: ["CVP and VVB by SIP", "CVP and VVB by HTTPS"]`)}`);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });
  const links = () => [...attempts(SERVERS, VVBS, [8443], "CallServer"), ...attempts(SERVERS, VVBS, [8443], "VXMLServer")];
  const on = (name: string) => deedNames(lab).filter((what) => what.endsWith(` ${name}`) && what.startsWith("restart"));

  test("the preview says what is left to people: the restart of each VVB node", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    for (const name of VVBS) assert.match(output, new RegExp(`restart the node ${name}\\.example\\.com \\(utils system restart\\)`));
  });

  test("both trust each other after the run", async () => {
    assert.equal((await distrusted(lab, links())).length, 8);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(await distrusted(lab, links()), []);
    const own = SERVERS.flatMap((name) => (["callserver", "vxml"] as const).map((kind) => lab.host(domain(name)).identities.get(kind)!.certificate.parsed.fingerprint256));
    for (const name of VVBS) {
      const trusted = lab.node(domain(name)).store.entries("tomcat-trust").map(({ certificate }) => certificate.parsed.fingerprint256);
      assert.deepEqual(own.filter((fingerprint) => !trusted.includes(fingerprint)), [], name);
    }
  });

  test("of a CVP server only the two services restart, the second server when the first is proved", () => {
    for (const name of SERVERS) assert.deepEqual(on(name), [`restart CallServer on ${name}`, `restart VXMLServer on ${name}`]);
    const all = deeds(lab);
    const last = lab.history.of("platform", "start VXMLServer").find(({ node }) => node === domain("csa"))!;
    assert.ok(last.until! <= all.find(({ what }) => what === "import into csb")!.entry.at);
  });

  test("of a VVB Cisco Tomcat restarts after the last upload, then the engine", () => {
    for (const name of VVBS) {
      const own = deeds(lab).filter(({ what }) => what.endsWith(` ${name}`));
      assert.deepEqual(own.map(({ what }) => what), [...Array.from({ length: 4 }, () => `upload to tomcat-trust of ${name}`), `restart Cisco Tomcat on ${name}`, `restart Cisco VVB Engine on ${name}`]);
      assert.deepEqual(overlaps(own.filter(({ what }) => what.startsWith("restart"))), []);
    }
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(asked(lab, mark), []);
  });
});

describe("A27 where the certificates of a CVP server have the same common name", { timeout: 300_000 }, () => {
  test("says which two tomcat-trust cannot both take, and uploads neither (R34)", async () => {
    const lab = await startLab(combined("a27-same", only(ESTATE_A25, "csa"), { name: "vos", clusters: [vvb("vvb1")] }));
    let stack: TestStack | undefined;
    try {
      stack = await exchangeStack(lab, `${centerOf(lab, { own: ["vvb1"] })}\n${exchange(`secureLinks: ["CVP and VVB by SIP", "CVP and VVB by HTTPS"]`)}`);
      const { code, output } = await stack.up();
      assert.notEqual(code, 0);
      assert.match(output, /R34 vvb1\.example\.com: tomcat-trust cannot take all: (callserver|vxml) of csa\.example\.com and (callserver|vxml) of csa\.example\.com have the same common name, csa\.example\.com/);
      assert.deepEqual(deedNames(lab).filter((what) => what.startsWith("upload")), []);
    } finally {
      stack?.dispose();
      await lab.stop();
    }
  });
});
