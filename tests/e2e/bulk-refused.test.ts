// Programs with a bulk exchange that the guide does not allow: one clear error in the preview, and no device is asked.
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { A16, clustersText, estateOf, OPEN, type SmallCluster } from "../support/bulk-exchange";
import { assertRefused } from "../support/refused";
import { TestStack } from "../support/stack";

const CLUSTERS = clustersText(A16);
const PUBLISHERS = `const clusters = [source, destination].map((one) => one.publisher("CUCM")), [first, second] = clusters;`;
const step = (kind: string, name: string, node: string, more = "") => `new uccerts.Bulk${kind}("${name}", { node: ${node}, clusters, sftp: "bulk", maintenanceWindow: ${JSON.stringify(OPEN)}, ${more} });`;

describe("a preview refuses", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(A16));
    stack = await TestStack.create({ lab, program: "" });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  const refused = (program: string, ...expected: RegExp[]) => assertRefused({ lab, stack }, program, ...expected);
  const exchange = (more: string, clusters = "source, destination") => `new uccerts.BulkCertificateExchange("exchange", { clusters: [${clusters}], ${more} });`;

  it("two directories (R89)", () => refused(`${CLUSTERS}\n${exchange('sftp: { source: "bulk", destination: "other" }')}`, /R89 destination: it uses other:22/));

  it("one cluster alone without a window: both are said (R91, R101)", () => refused(`${clustersText(A16, null)}\n${exchange('sftp: "bulk"', "source")}`, /R91 source takes part alone/, /R101 source: its import resets phones, and no maintenance window is declared/));

  it("two clusters with a node of the same host (R91)", () => {
    const twin: SmallCluster = { name: "twin", release: "11.5(1)", nodes: ["CUCM1052PUB.other.example.com"] };
    return refused(`${clustersText([A16[0]!, twin])}\n${exchange('sftp: "bulk"', "source, twin")}`, /R91 cucm1052pub: two clusters have a node of this host/);
  });

  it("EMCC without ITLRecovery (R99)", () => refused(`${CLUSTERS}\n${exchange('sftp: "bulk", emcc: true')}`, /R99 EMCC needs ITLRecovery, which is not among the types/));

  it("an exchange without SFTP whose TVS is not restarted (R104)", () => refused(`${CLUSTERS}\n${exchange('method: "direct", restartTvs: false')}`, /R104 CUCM1052PUB\.example\.com: TVS is not restarted there/));

  it("arguments that mean nothing, and names of no cluster, all at once", () =>
    refused(`${CLUSTERS}\n${exchange('method: "direct", sftp: "bulk", oneWay: { trusted: "west", by: "source" }, types: ["ftp"]')}`, /types: "ftp" is unknown/, /"west" is no cluster of this exchange \(source, destination\)/, /"sftp" has no meaning with method: "direct"/));

  it("a second consolidation (R93)", () =>
    refused(`${CLUSTERS}\n${exchange('sftp: "bulk"')}\n${PUBLISHERS}\n${step("Consolidation", "again", "second")}`, /BulkConsolidation "again" is not right:\s+- R93 it is consolidated 2 times: source, destination/));

  it("a consolidation before the second export (R92)", () =>
    refused(`${CLUSTERS}\n${PUBLISHERS}\n${step("Export", "a", "first")}\n${step("Consolidation", "early", "first")}\n${step("Export", "b", "second")}`, /BulkConsolidation "early" is not right:\s+- R92 destination: it has no export/));

  it("an export to another directory than the consolidation's (R89)", () =>
    refused(`${CLUSTERS}\n${PUBLISHERS}\n${step("Export", "a", "first")}\n${step("Export", "b", "second", 'sftp: "other"')}\n${step("Consolidation", "c", "first")}`, /BulkConsolidation "c" is not right:\s+- R89 destination: it uses other:22/));

  it("a certificate that the exchange carries and is not repeated after (R66)", () =>
    refused(
      `${CLUSTERS}\nnew uccerts.IdentityCertificate("tomcat", { node: source.publisher("CUCM"), purpose: "tomcat", distribution: "this-server", certificatePem: "-", chain: ["-"] });\n${exchange('sftp: "bulk"')}`,
      /R66 source: its tomcat certificate changes, and the exchange exchange is not repeated\. Have the exchange depend on the certificate/,
    ));

  it("an import before the consolidation (R94)", () => refused(`${CLUSTERS}\n${PUBLISHERS}\n${step("Export", "a", "first")}\n${step("Import", "i", "first")}`, /BulkImport "i" is not right:\s+- R94 nothing is consolidated before it/));

  it("an export on a subscriber (R90)", () => {
    const pair: SmallCluster = { name: "pair", release: "15", nodes: ["pair-pub.example.com", "pair-sub.example.com"] };
    return refused(`${clustersText([A16[0]!, pair])}\nconst clusters = [source, pair].map((one) => one.publisher("CUCM"));\n${step("Export", "s", 'pair.node("pair-sub.example.com")')}`, /R90 pair-sub\.example\.com: the export would run on a node that is not its cluster's CUCM publisher/);
  });
});
