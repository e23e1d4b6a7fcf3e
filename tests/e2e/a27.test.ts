// A27: secure SIP and HTTPS between CVP and VVB, on the real engine: CVP's certificates into VVB's tomcat-trust, VVB's into CVP's keystore.
import assert from "node:assert/strict";
import { type ClusterDescription, combined, ESTATE_A25, type Lab, startLab } from "../../lab";
import { asked, attempts, centerOf, deedNames, deeds, distrusted, domain, exchange, exchangeStack, only, overlaps } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const VVBS = ["vvb1", "vvb2"];
const SERVERS = ["csa", "csb"];
const vvb = (name: string): ClusterDescription => ({ name, release: "12.5(1)", nodes: [{ fqdn: domain(name), product: "VVB", role: "publisher" }] });

/** tomcat-trust holds one certificate of each common name (R34): those of one server need two. */
const CVP = only(ESTATE_A25, ...SERVERS);
const DISTINCT = { ...CVP, contactCenters: CVP.contactCenters!.map((one) => ({ ...one, windows: one.windows.map((host) => ({ ...host, commonNames: { vxml: host.fqdn.replace(".", "-vxml.") } })) })) };
/** A node comes up so long after the last upload that the uptimes of its services, whole seconds, prove it. */
const VOS = { name: "vos", clusters: VVBS.map(vvb), timing: { nodeRestart: 4_000 } };

describe("A27, secure links between CVP and VVB", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack, said: string;
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

  test("the preview has the restart of each VVB as a step, and leaves switching TLS on to people", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    for (const name of VVBS) {
      assert.match(output, new RegExp(`restart the node +${name}\\.example\\.com .*calls on this VVB +10`));
      assert.match(output, new RegExp(`on ${name}\\.example\\.com: switch TLS on where it is off`));
    }
  });

  test("both trust each other after the run", async () => {
    assert.equal((await distrusted(lab, links())).length, 8);
    const { code, output } = await stack.up();
    said = output;
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

  test("a VVB restarts whole, once, after the last upload; Cisco Tomcat and the engine came up with it and are not restarted again", () => {
    for (const name of VVBS) {
      const own = deeds(lab).filter(({ what }) => what.endsWith(` ${name}`));
      assert.deepEqual(own.map(({ what }) => what), [...Array.from({ length: 4 }, () => `upload to tomcat-trust of ${name}`), `restart ${name}`]);
      for (const service of ["Cisco Tomcat", "Cisco VVB Engine"]) assert.match(said, new RegExp(`${name}\\.example\\.com: ${service} is not restarted: it was started after the change`));
    }
  });

  test("one VVB restarts at a time", () => {
    const all = deeds(lab).filter(({ what }) => VVBS.some((name) => what.startsWith("restart") && what.endsWith(` ${name}`)));
    assert.deepEqual([all.length, overlaps(all)], [2, []]);
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(asked(lab, mark), []);
  });

  test("a new VXML certificate alone restarts Cisco Tomcat and the engine of a VVB, and not the node", async () => {
    const made = await lab.host(domain("csa")).regenerate("vxml");
    const mark = lab.history.mark();
    const { code, output } = await stack.up("--refresh");
    assert.equal(code, 0, output);
    const names = deedNames(lab, mark);
    const restarts = names.filter((what) => what.startsWith("restart"));
    assert.deepEqual(restarts, VVBS.flatMap((name) => [`restart Cisco Tomcat on ${name}`, `restart Cisco VVB Engine on ${name}`]));
    for (const name of VVBS) assert.ok(lab.node(domain(name)).store.entries("tomcat-trust").some(({ certificate }) => certificate.parsed.fingerprint256 === made.certificate.parsed.fingerprint256), name);
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
