// A chain in whatever form an authority hands it over: each certificate is uploaded by itself, the root first (R15, R31).
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { X509Certificate } from "node:crypto";
import { type Lab, startLab } from "../../lab";
import { ask, basic } from "../lab/certsrv-support";
import { chainOf, PUB, writes } from "../support/a1";
import { TestStack } from "../support/stack";

const ONE_NODE = { name: "forms", clusters: [{ name: "hq", nodes: [{ fqdn: PUB, product: "CUCM", role: "publisher" }] }], authorities: [{ name: "ca", fqdn: "ca.example.com", intermediates: 2 }] } as const;
const CLUSTER = `const hq = new uccerts.Cluster("hq", { release: "15", nodes: [{ fqdn: "${PUB}", product: "CUCM", role: "publisher" }] }), file = (name) => require("node:fs").readFileSync(__dirname + "/" + name);`;
const trust = (chain: string) => `${CLUSTER}\n  new uccerts.TrustChain("ca", { cluster: hq, store: "tomcat-trust", chain: ${chain} });`;

describe("a chain of a root and two intermediates", () => {
  let lab: Lab, stack: TestStack, names: string[];
  before(async () => {
    lab = await startLab(structuredClone(ONE_NODE) as never);
    stack = await TestStack.create({ lab, program: "" });
    const pems = chainOf(lab);
    names = pems.map((pem) => /CN=(.*)/.exec(new X509Certificate(pem).subject)![1]!);
    const ders = pems.map((pem) => new X509Certificate(pem).raw);
    const fetched = (encoding: string) => ask(lab.authority("ca"), `certnew.p7b?ReqID=CACert&Enc=${encoding}`, { headers: basic(lab.authority("ca")) });
    const put = (name: string, content: string | Buffer) => writeFileSync(join(stack.folder, name), content);
    put("root.pem", pems[0]!);
    ders.forEach((der, index) => put(`${index}.cer`, der));
    put("0.b64", ders[0]!.toString("base64"));
    put("bundle.pem", [pems[1], "Bag Attributes: none", pems[0], pems[2], pems[1]].join("\n"));
    put("certchain.p7b", (await fetched("bin")).body);
    put("certchain-b64.p7b", (await fetched("b64")).body);
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("has three certificates of three authorities", () => assert.equal(new Set(names).size, 3));

  const forms: [form: string, chain: string][] = [
    ["PKCS#7 as AD CS gives it (certchain.p7b, binary)", `file("certchain.p7b")`],
    ["PKCS#7 as AD CS gives it in base-64, as text", `file("certchain-b64.p7b").toString()`],
    ["one PEM bundle in any order, with a repetition and text in between", `file("bundle.pem").toString()`],
    ["DER files in the wrong order", `[file("2.cer"), file("1.cer"), file("0.cer")]`],
    ["a mixture: DER, DER in base-64, PEM", `[file("1.cer"), file("0.b64").toString(), file("2.cer"), file("root.pem").toString()]`],
  ];
  for (const [form, chain] of forms)
    it(`is uploaded root first, each by itself, from ${form}`, async () => {
      stack.write(trust(chain));
      const mark = lab.history.mark();
      const { code, output } = await stack.up();
      assert.equal(code, 0, output);
      assert.deepEqual(writes(lab, mark).map(({ action, detail }) => `${action}: ${String(detail.commonName)}`), names.map((name) => `store trust certificate: ${name}`));
      assert.equal(lab.history.since(mark).filter(({ interface: at, action }) => at === "rest" && action.startsWith("POST /trust/certificates")).length, 3, "one request for each");
      assert.equal((await stack.destroy()).code, 0);
      assert.equal(lab.node(PUB).store.entries("tomcat-trust").filter(({ certificate: { commonName } }) => names.includes(commonName)).length, 0);
    });

  const refused: [what: string, chain: string, expected: RegExp][] = [
    ["lacks its root", `[file("1.cer"), file("2.cer")]`, /R31 the chain lacks its root: nothing here issued .*Add the missing certificate; the order does not matter/],
    ["lacks the intermediate in between", `[file("0.cer"), file("2.cer")]`, /R31 the chain lacks an intermediate: nothing here issued .*Add the missing certificate/],
    ["holds something that is no certificate", `[file("certchain.p7b"), "nothing"]`, /R15 it is neither PEM nor base-64 DER/],
  ];
  for (const [what, chain, expected] of refused)
    it(`is refused in the preview when it ${what}`, async () => {
      stack.write(trust(chain));
      const mark = lab.history.mark();
      const { code, output } = await stack.preview();
      assert.notEqual(code, 0);
      assert.match(output, expected);
      assert.deepEqual(lab.history.since(mark), []);
    });
});
