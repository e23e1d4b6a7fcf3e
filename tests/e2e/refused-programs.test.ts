// Programs that are wrong as a whole: one clear error in the preview, and no device is asked.
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf, cluster } from "../support/a1";
import { assertRefused } from "../support/refused";
import { TestStack } from "../support/stack";

describe("a preview refuses", () => {
  let lab: Lab, stack: TestStack, root: string, issuing: string;
  before(async () => {
    lab = await startLab();
    [root, issuing] = chainOf(lab) as [string, string];
    stack = await TestStack.create({ lab, program: "" });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  const refused = (program: string, expected: RegExp) =>
    assertRefused({ lab, stack }, `const root = ${JSON.stringify(root)}, issuing = ${JSON.stringify(issuing)}, chain = root + issuing;\n${program}`, expected);
  const tomcat = (name: string, more: string) => `new uccerts.MultiServerCertificate("${name}", { cluster: hq, purpose: "tomcat", chain, authority: { connection: "ca", template: "WebServer" }, ${more} });`;

  it("a chain without its root", () => refused(`${cluster()}\nnew uccerts.TrustChain("c", { cluster: hq, store: "tomcat-trust", chain: issuing });`, /R31 the chain lacks its root: nothing here issued Example Issuing CA 1 .*Add the missing certificate/));

  it("a chain without an intermediate", async () => {
    const leaf = await lab.authority("ca").issueCertificate((await lab.clusters[0]!.publisher.certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" })).pem);
    lab.clusters[0]!.publisher.store.requests.clear();
    await refused(`${cluster()}\nnew uccerts.TrustChain("c", { cluster: hq, store: "tomcat-trust", chain: [root, ${JSON.stringify(leaf)}] });`, /R31 the chain lacks an intermediate: nothing here issued /);
  });

  it("a multi-server certificate for a purpose that cannot have one", () =>
    refused(`${cluster()}\nnew uccerts.MultiServerCertificate("x", { cluster: hq, purpose: "ipsec", chain, authority: { connection: "ca", template: "WebServer" } });`, /R18 ipsec cannot have a multi-server certificate; declare a MultiSanCsr with distribution "this-server" for each node/));

  it("two rollouts of one cluster", () => refused(`${cluster()}\n${tomcat("a", "")}\n${tomcat("b", `purpose: "tomcat-ECDSA"`)}`, /Rollout "b": cluster "hq" already has the rollout "a" in this program.*Give both certificates to one Rollout/s));

  it("two changes of one certificate in one rollout", () =>
    refused(`${cluster()}\n${tomcat("a", "rollout: false").replace("new", "const a = new")}\n${tomcat("b", "rollout: false").replace("new", "const b = new")}\nnew uccerts.Rollout("both", { cluster: hq, changes: [a, b] });`, /Rollout "both": R26 two changes are of the tomcat certificate of cs-ccm-pub\.example\.com/));

  it("a change of another cluster in a rollout", () =>
    refused(
      `${cluster()}\n${tomcat("a", "rollout: false").replace("new", "const a = new")}\nconst other = new uccerts.Cluster("other", { release: "15", nodes: [{ fqdn: "x.example.com", product: "CUCM", role: "publisher" }] });\nnew uccerts.Rollout("r", { cluster: other, changes: [a] });`,
      /Rollout "r": the change of tomcat is of cluster "hq", not of "other"/,
    ));

  it("import:, saying what to do instead", () => refused(`new uccerts.Renewal("r", { after: "300d" }, { import: "x" });`, /Renewal "r": "import" is not needed and cannot work here\. Remove the option and run "pulumi up"/));

  it("a cluster with two publishers and a name that is none, both at once", () =>
    refused(
      `new uccerts.Cluster("hq", { release: "15", nodes: [{ fqdn: "pub", product: "CUCM", role: "publisher" }, { fqdn: "b.example.com", product: "CUCM", role: "publisher" }] });`,
      /Cluster "hq" is not right:\s+- nodes\[0\]\.fqdn "pub" is no fully qualified domain name\s+- nodes: CUCM has 2 publishers/,
    ));

  it("an input that is wrong, with its property", () => refused(`${cluster()}\n${tomcat("a", "keyLength: 1024, otherDomains: ['*.example.com']")}`, /R4 keyLength 1024 is too short[\s\S]*R9 \*\.example\.com: wildcard names are not supported/));

  it("a maintenance window that is none", () => refused(`${cluster(`maintenanceWindow: { from: "25:00", to: "04:00", timeZone: "Mars/Olympus" }`)}\n${tomcat("a", "")}`, /from "25:00" is no time of day[\s\S]*timeZone "Mars\/Olympus" is unknown/));
});
