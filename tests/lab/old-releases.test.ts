// Scenario A16 has nodes of 10.5 and 11.5: what they have not yet, what signs their trust files, and what they export.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifyTrustList } from "../../domain/trust-list/verify";
import { type EstateDescription, type Lab, startLab } from "../../lab";
import { REFUSALS } from "../../lab/vos/bulk/words";
import { ask, envelope } from "../support/soap-lab";
import { bulk, configure, DIRECTORY, holds, lying, own, SFTP_SERVERS } from "./support/bulk";
import { CliClient } from "./support/cli-client";
import { shared, within } from "./support/estates";
import { rest } from "./support/node-client";
import { fetchList, serialOf } from "./support/phone-client";
import { makeRoot, sign } from "./support/signer";

const SOURCE = "CUCM1052PUB.example.com";
const DESTINATION = "CUCM1151PUB.example.com";

type Security = EstateDescription["clusters"][number]["securityMode"];

/** One node each. */
function startA16({ source = "10.5(2)", securityMode, ...more }: { source?: string; securityMode?: Security } & Partial<EstateDescription> = {}): Promise<Lab> {
  const one = (name: string, release: string, fqdn: string) => ({ name, release, securityMode, nodes: [{ fqdn, product: "CUCM" as const, role: "publisher" as const }] });
  return startLab({ name: "a16", clusters: [one("source", source, SOURCE), one("destination", "11.5(1)", DESTINATION)], sftpServers: SFTP_SERVERS, timing: { replication: 1, cliStart: 0, tomcatStop: 1, tomcatStart: 1, serviceStop: 1, serviceStart: 1 }, ...more });
}

const onA16 = shared(() => startA16());

function axlVersion(lab: Lab, fqdn: string, version: string): Promise<{ status: number; body: string }> {
  return ask(lab.node(fqdn), "/axl/", { headers: { soapaction: `"CUCM:DB ver=${version} getCCMVersion"` }, body: envelope(`<axl:getCCMVersion xmlns:axl="http://www.cisco.com/AXL/API/${version}"/>`) });
}

for (const [fqdn, printed, axl, later, versions] of [
  [SOURCE, "10.5.2.10000-1", "10.5", "11.5", "10.x"],
  [DESTINATION, "11.5.1.10000-1", "11.5", "12.5", "10.x and 11.x"],
] as const)
  describe(`a node of ${axl}`, () => {
    test("prints its release, and speaks AXL in its own namespace and in none of a later release", () =>
      onA16(async (lab) => {
        assert.match(await CliClient.once(lab.node(fqdn), "show version active"), new RegExp(`^Active Master Version: ${printed.replace(/\./g, "\\.")}\n`));
        const { status, body } = await axlVersion(lab, fqdn, axl);
        assert.equal(status, 200);
        assert.ok(body.includes(`xmlns:ns="http://www.cisco.com/AXL/API/${axl}"`) && body.includes(`<version>${printed}</version>`), body);
        const refused = await axlVersion(lab, fqdn, later);
        assert.equal(refused.status, 599);
        assert.ok(refused.body.includes(`Supported axl versions are ${versions}<`), refused.body);
      }));

    test("has no certificate REST, no HAProxy and one Tomcat", () =>
      onA16(async (lab) => {
        assert.equal((await rest(lab.node(fqdn), "GET /snapshot/server")).status, 404);
        const { services } = lab.node(fqdn);
        assert.deepEqual(["Cisco Tomcat", "Cisco HAProxy", "Cisco AXL Tomcat"].filter((name) => services.get(name)), ["Cisco Tomcat"]);
      }));

    test("gets a signed certificate by command line, and serves it after a restart of Cisco Tomcat", () =>
      onA16(async (lab) => {
        const node = lab.node(fqdn);
        const root = await makeRoot();
        const cli = await CliClient.open(node);
        const paste = async (command: string, pem: string) => {
          cli.send(`${command}\n`);
          await cli.see("Paste the Certificate and Hit Enter\r\n");
          cli.send(`${pem.trim()}\n\n`);
          return cli.answer();
        };
        assert.match(await paste("set cert import trust tomcat", root.certificate), /Successfully imported certificate for tomcat/);
        assert.equal(await cli.run("set csr gen tomcat"), "Successfully Generated CSR  for tomcat\n");
        assert.match(await cli.run("show csr own tomcat"), /-----BEGIN CERTIFICATE REQUEST-----/);
        const signed = await sign(root, node.store.requests.get("tomcat")!.pem);
        assert.match(await paste("set cert import own tomcat", signed), /Successfully imported certificate for tomcat/);
        cli.close();
        const { serial } = own(lab, fqdn, "tomcat");
        assert.notEqual(node.served[0]!.certificate.serial, serial);
        await node.services.restart("Cisco Tomcat");
        assert.equal(node.served[0]!.certificate.serial, serial);
      }));

    test("signs its ITL and its CTL with CallManager", () =>
      within(startA16({ securityMode: "mixed" }), async (lab) => {
        for (const file of ["ITLFile.tlv", "CTLFile.tlv"]) {
          const list = await fetchList(lab.node(fqdn), file);
          assert.deepEqual([list.signer.serialNumber, verifyTrustList(list).verified], [serialOf(lab.node(fqdn), "CallManager"), true], file);
        }
      }));

    test("has no bulk type ITLRecovery, though it has such a certificate", () =>
      onA16(async (lab) => {
        await configure(lab, lab.node(fqdn));
        assert.equal(await bulk(lab, fqdn, "export ITLRecovery"), `${REFUSALS.type("ITLRecovery")}\nExecuted command unsuccessfully\n`);
        await bulk(lab, fqdn, "export all");
        assert.deepEqual(lying(lab), ["capf", "tftp", "tomcat"].map((type) => `${fqdn.split(".")[0]}_${type}.pkcs12`));
        assert.ok(lab.node(fqdn).store.identities.has("ITLRecovery"));
      }));
  });

test("below 11.0 there are no certificates with an elliptic curve, in 11.0 that of CallManager alone", async () => {
  const listed = (lab: Lab, fqdn: string) => [...lab.node(fqdn).store.identities.keys()].filter((purpose) => purpose.endsWith("-ECDSA"));
  await onA16(async (lab) => assert.deepEqual([listed(lab, SOURCE), listed(lab, DESTINATION)], [[], ["tomcat-ECDSA", "CallManager-ECDSA"]]));
  await within(startA16({ source: "11.0(1)" }), async (lab) => assert.deepEqual(listed(lab, SOURCE), ["CallManager-ECDSA"]));
});

test("from 12.0 ITLRecovery signs the ITL and the CTL, and is a bulk type", () =>
  within(startA16({ source: "12.0(1)", securityMode: "mixed" }), async (lab) => {
    for (const file of ["ITLFile.tlv", "CTLFile.tlv"]) assert.equal((await fetchList(lab.node(SOURCE), file)).signer.serialNumber, serialOf(lab.node(SOURCE), "ITLRecovery"), file);
    await configure(lab, lab.node(SOURCE));
    assert.equal(await bulk(lab, SOURCE, "export ITLRecovery"), "Successfully exported ITLRecovery certificate(s) to sftp server.\n");
  }));

test("the exchange of A16: six files, one consolidation on the source, four stores on both sides", () =>
  onA16(async (lab) => {
    for (const fqdn of [DESTINATION, SOURCE]) {
      await configure(lab, lab.node(fqdn));
      await bulk(lab, fqdn, "export all");
    }
    assert.equal(lying(lab).length, 6);
    await bulk(lab, SOURCE, "consolidate all");
    for (const [local, remote] of [[DESTINATION, SOURCE], [SOURCE, DESTINATION]] as const) {
      await bulk(lab, local, "import all");
      const rows = [["tomcat-trust", "tomcat"], ["Phone-SAST-trust", "CallManager"], ["CallManager-trust", "CallManager"], ["CallManager-trust", "CAPF"]] as const;
      for (const [store, purpose] of rows) assert.ok(holds(lab, local, store, own(lab, remote, purpose)), `${purpose} of ${remote} in ${store} of ${local}`);
    }
    assert.equal(lab.sftpServer("bulk").userNamed().files.list(DIRECTORY).length, 9);
  }));
