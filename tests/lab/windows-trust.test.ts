import assert from "node:assert/strict";
import { combined, ESTATE_A21, ESTATE_A24, ESTATE_A25, type EstateDescription, estateA21, type Lab, startLab, type WindowsHost } from "../../lab";
import { describe, test } from "../support/hosts-test";
import { within } from "./support/estates";
import { keytoolOf, quoted, withClient } from "./support/windows-client";

const LIMIT = { timeout: 120_000 };
const QUICK = { timing: { serviceStop: 1, serviceStart: 1, tomcatStop: 1, tomcatStart: 1, hostRestart: 1, hostServices: 1 } };
const [AW, ROGGER, FINESSE, OAMP, CSA] = ["awa", "roggera", "finesse-pub", "oamp", "csa"].map((name) => `${name}.example.com`) as [string, string, string, string, string];

/** Only what a test needs of an estate. */
function only(estate: EstateDescription, ...names: string[]): EstateDescription {
  const contactCenters = estate.contactCenters?.map((one) => ({ ...one, windows: one.windows.filter(({ fqdn }) => names.includes(fqdn)) }));
  return { ...estate, contactCenters, clusters: estate.clusters.filter(({ nodes }) => nodes.some(({ fqdn }) => names.includes(fqdn))) };
}

const lab = (...estates: EstateDescription[]) => startLab(combined("trust", ...estates, { name: "quick", clusters: [], ...QUICK }));

/** What a person does: takes the certificate from the port and imports it. */
function exchange(host: WindowsHost, from: string, port: number, alias: string): Promise<string[]> {
  const { path, type } = host.layout.store;
  const file = "C:\\Windows\\Temp\\taken.cer";
  return withClient(host, (client) => client.lines(`${keytoolOf(host)} -printcert -rfc -sslserver ${from}:${port} > ${file} && ${keytoolOf(host)} -importcert -noprompt -alias ${alias} -file ${file} -keystore ${quoted(path)} -storetype ${type} -storepass ${host.storePassword}`));
}

describe("what a service trusts", LIMIT, () => {
  test("is what its store held when it was started: an exchange works after the restart, and not before", () =>
    within(lab(only(ESTATE_A21, AW, ROGGER)), async (own) => {
      const attempt = { from: AW, to: ROGGER, port: 443 };
      assert.match((await own.connect(attempt)).reason, /unable to find valid certification path/);
      await exchange(own.host(AW), ROGGER, 443, `${ROGGER}_IIS`);
      assert.equal((await own.connect(attempt)).trusted, false);
      await own.host(AW).services.restart("Tomcat9");
      const { trusted, alias, fingerprint } = await own.connect(attempt);
      assert.deepEqual([trusted, alias], [true, `${ROGGER}_iis`]);
      assert.equal(fingerprint, own.host(ROGGER).identities.get("IIS")!.certificate.parsed.fingerprint256);
      assert.equal((await own.connect({ ...attempt, port: 7890 })).trusted, false, "DFP has another certificate");
    }));

  test("of a VOS node are its RSA and its EC certificate, each by itself", () =>
    within(lab(only(ESTATE_A21, AW), { ...only(ESTATE_A24, FINESSE), clusters: only(ESTATE_A24, FINESSE).clusters.map((one) => ({ ...one, httpsCiphers: "All" as const })) }), async (own) => {
      const attempt = { from: AW, to: FINESSE, port: 8443 };
      const looks = [await own.connect({ ...attempt, keyType: "RSA" }), await own.connect({ ...attempt, keyType: "EC" })];
      assert.deepEqual(looks.map(({ fingerprint }) => fingerprint), own.node(FINESSE).served.map(({ certificate }) => certificate.parsed.fingerprint256));
    }));

  test("is a certificate that names the server", () =>
    within(lab(only(ESTATE_A21, AW), { ...only(ESTATE_A24, FINESSE), clusters: only(ESTATE_A24, FINESSE).clusters.map((one) => ({ ...one, nodes: one.nodes.map((node) => ({ ...node, certificateName: "finesse-pub" })) })) }), async (own) => {
      await exchange(own.host(AW), FINESSE, 8443, FINESSE);
      await own.host(AW).services.restart("Tomcat9");
      assert.match((await own.connect({ from: AW, to: FINESSE, port: 8443 })).reason, /No subject alternative DNS name matching finesse-pub\.example\.com/);
    }));

  test("is stale as soon as the owner has a new certificate", () =>
    within(lab(only(ESTATE_A21, AW), only(ESTATE_A24, FINESSE)), async (own) => {
      const attempt = { from: AW, to: FINESSE, port: 8443 };
      await exchange(own.host(AW), FINESSE, 8443, FINESSE);
      await own.host(AW).services.restart("Tomcat9");
      assert.equal((await own.connect(attempt)).trusted, true);
      await own.node(FINESSE).certificates.regenerate("tomcat");
      await own.node(FINESSE).services.restart("Cisco Tomcat");
      assert.equal((await own.connect(attempt)).trusted, false);
    }));

  test("between OAMP and a CVP server is WSM's certificate, in a JCEKS store", () =>
    within(lab(only(ESTATE_A25, OAMP, CSA)), async (own) => {
      await exchange(own.host(OAMP), CSA, 8111, `${CSA}_wsm`);
      await own.host(OAMP).restart();
      assert.deepEqual(await own.connect({ from: OAMP, to: CSA, port: 8111 }), { trusted: true, reason: "", fingerprint: own.host(CSA).identities.get("WSM")!.certificate.parsed.fingerprint256, alias: `${CSA}_wsm` });
      assert.equal((await own.connect({ from: CSA, to: OAMP, port: 8111 })).trusted, false);
    }));

  test("is lost by a Java update, from the next start on", () =>
    within(lab(only(ESTATE_A21, AW, ROGGER)), async (own) => {
      const [host, attempt] = [own.host(AW), { from: AW, to: ROGGER, port: 443 }];
      await exchange(host, ROGGER, 443, `${ROGGER}_IIS`);
      await host.services.restart("Tomcat9");
      await host.updateJava();
      assert.equal((await own.connect(attempt)).trusted, true);
      await host.services.restart("Tomcat9");
      assert.equal((await own.connect(attempt)).trusted, false);
    }));

  test("after a Java update into another folder is there, and the registry names it", () =>
    within(lab(only(ESTATE_A21, AW)), async (own) => {
      const home = "C:\\Program Files (x86)\\Java\\jre1.8.0_301";
      await own.host(AW).updateJava(home);
      assert.equal(own.host(AW).layout.store.path, `${home}\\lib\\security\\cacerts`);
      await withClient(own.host(AW), async (client) => {
        assert.match((await client.run('reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment" /v JAVA_HOME')).output, /jre1\.8\.0_301/);
        assert.match((await client.run("echo %JAVA_HOME%")).output, /jre1\.8\.0_221/, "the session's is older");
        assert.equal((await client.run(`if exist "${home}\\bin\\keytool.exe" (echo there)`)).output, "there\r\n");
      });
    }));
});

describe("a service of CVP", LIMIT, () => {
  test("whose private key was overwritten by an import does not start", () =>
    within(lab(only(ESTATE_A25, CSA)), async (own) => {
      const host = own.host(CSA);
      const { path } = host.layout.store;
      await withClient(host, (client) =>
        client.lines(`${keytoolOf(host)} -delete -alias vxml_certificate -keystore ${path} -storetype JCEKS -storepass ${host.storePassword}`),
      );
      await Promise.all([host.services.restart("VXMLServer"), host.services.restart("CallServer")]);
      assert.deepEqual([host.services.get("VXMLServer")!.state, host.services.get("CallServer")!.state], ["STOPPED", "RUNNING"]);
    }));
});

describe("ready-made estates", LIMIT, () => {
  const names = ({ contactCenters }: Lab) => contactCenters.flatMap(({ hosts }) => hosts.map(({ fqdn }) => fqdn.split(".")[0]));

  test("A21, A24 and A25 come together as A28", () =>
    within(lab(ESTATE_A21, ESTATE_A24, ESTATE_A25), (own) => {
      assert.deepEqual(names(own), ["roggera", "roggerb", "pga", "pgb", "awa", "awb", "oamp", "csa", "csb", "repa", "repb"]);
      assert.deepEqual(own.clusters.map(({ name, nodes }) => `${name} ${nodes.length}`), ["finesse 2", "cuic 2", "livedata 2", "ids 2", "cloudconnect 2"]);
      assert.equal(own.contactCenters.length, 1);
      return Promise.resolve();
    }));

  test("A21 has the release that is asked for", () =>
    within(lab(estateA21("12.6(2)")), (own) => {
      assert.equal(own.host(AW).layout.store.path, "C:\\icm\\ssl\\cacerts");
      return Promise.resolve();
    }));

  test("nodes of a contact centre have tomcat and their own services, and no AXL", () =>
    within(lab(only(ESTATE_A24, FINESSE)), (own) => {
      const node = own.node(FINESSE);
      assert.deepEqual(node.purposes, ["tomcat", "tomcat-ECDSA", "ipsec"]);
      assert.deepEqual([node.services.started("Cisco Finesse Tomcat"), node.services.started("Cisco Tomcat"), node.services.get("Cisco AXL Web Service")], [true, true, undefined]);
      return Promise.resolve();
    }));

  test("with a mistake are refused with all of them", async () => {
    const contactCenters = [{ name: "cc", release: "12", windows: [{ fqdn: "a", product: "AW" as const }, { fqdn: AW, product: "Dialer" as "AW" }] }];
    const clusters = [{ name: "mixed", nodes: [{ fqdn: FINESSE, product: "Finesse" as const, role: "publisher" as const }, { fqdn: "cuic.example.com", product: "CUIC" as const, role: "publisher" as const }] }];
    await assert.rejects(startLab({ name: "x", clusters, contactCenters }), (error: Error) => {
      assert.match(error.message, /clusters\[0\]\.nodes must hold Finesse alone: every product of a contact centre is a cluster of its own/);
      assert.match(error.message, /contactCenters\[0\]\.release must be a release, such as 12\.5\(1\)/);
      assert.match(error.message, /contactCenters\[0\]\.windows\[0\]\.fqdn must be a fully qualified host name/);
      assert.match(error.message, /contactCenters\[0\]\.windows\[1\]\.product must be one of Router, /);
      return true;
    });
  });

  test("with a JDK that is not there are refused", () =>
    assert.rejects(startLab({ name: "x", clusters: [], contactCenters: [{ name: "cc", windows: [{ fqdn: AW, product: "AW", jdk: "/nowhere" }] }] }), /there is no keytool in \/nowhere\/bin: `jdk` must be the home of a JDK/));
});
