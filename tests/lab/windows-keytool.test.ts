import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findJdks, type Jdk, type WindowsHost } from "../../lab";
import { readJavaStore, storeTypeOf } from "../../lab/windows/java-store";
import { describe, test } from "../support/hosts-test";
import { within } from "./support/estates";
import { HOST, keytoolOf, quoted, startHost, type WindowsClient, withClient } from "./support/windows-client";

const LIMIT = { timeout: 120_000 };

type Work = (client: WindowsClient, host: WindowsHost) => Promise<void>;

function on(how: Parameters<typeof startHost>, work: Work): Promise<void> {
  return within(startHost(...how), async (lab) => {
    await lab.host(HOST).ready();
    await withClient(lab.host(HOST), (client) => work(client, lab.host(HOST)));
  });
}

/** A store of the host as a JVM reads it. */
function entries({ drive, layout, storePassword }: WindowsHost) {
  return readJavaStore(drive.read(layout.store.path), storePassword);
}

/** The arguments that name the host's store. */
const storeOf = ({ layout, storePassword }: WindowsHost) => `-keystore ${quoted(layout.store.path)} -storetype ${layout.store.type} -storepass ${storePassword}`;

describe("the trust store of a release", LIMIT, () => {
  const ORACLE = "C:\\Program Files (x86)\\Java\\jre1.8.0_221";
  const OPENJDK = "C:\\Program Files (x86)\\OpenJDK\\jre-8.0.272.10-hotspot";
  const RELEASES: [release: string, store: string, homes: string[]][] = [
    ["12.5(1)", `${ORACLE}\\lib\\security\\cacerts`, [ORACLE]],
    ["12.5(1a)", `${OPENJDK}\\lib\\security\\cacerts`, [OPENJDK]],
    ["12.5(1) ES55", `${OPENJDK}\\lib\\security\\cacerts`, [OPENJDK, ORACLE]],
    ["12.6(2)", "C:\\icm\\ssl\\cacerts", [OPENJDK]],
  ];
  for (const [release, store, homes] of RELEASES)
    test(`${release} is where that release has it, and so are its variables`, () =>
      on(["AW", { release }], async (client, host) => {
        assert.equal(host.layout.store.path, store);
        const variables = await client.lines('reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"');
        const named = variables.filter((line) => /JAVA_HOME/.test(line)).map((line) => line.trim().split(/ {4}/).at(-1));
        assert.deepEqual([...named].sort(), [...homes].sort());
        assert.equal(storeTypeOf(host.drive.read(store)), "JKS");
        assert.ok(entries(host).length > 50, "the public certification authorities");
        assert.match((await client.run(`${keytoolOf(host)} -list ${storeOf(host)}`)).output, /^Keystore type: JKS\r\n/m);
      }));

  test("has the password of the estate, and Java's own cacerts keeps the usual one", () =>
    on(["AW", { release: "12.6(2)", storePassword: "another1" }], async (client, host) => {
      assert.ok(entries(host).length > 50);
      assert.match((await client.run(`${keytoolOf(host)} -list -keystore C:\\icm\\ssl\\cacerts -storepass changeit`)).output, /password was incorrect/);
      assert.equal((await client.run(`${keytoolOf(host)} -list -cacerts -storepass changeit`)).code, 0);
    }));

  test("of CVP is JCEKS with private keys of its own, and its password is in a properties file", async () => {
    await on(["CVP Server"], async (client, host) => {
      assert.equal(storeTypeOf(host.drive.read(host.layout.store.path)), "JCEKS");
      assert.deepEqual(entries(host).map(({ alias, kind }) => [alias, kind]).sort(), [["callserver_certificate", "privateKey"], ["vxml_certificate", "privateKey"], ["wsm_certificate", "privateKey"]]);
      const [, written] = /^Security\.keystorePW = (.*)$/m.exec((await client.lines("more %CVP_HOME%\\conf\\security.properties")).join("\n"))!;
      assert.equal(written!.replace(/\\(.)/g, "$1"), host.storePassword);
      assert.match(host.storePassword, /[^a-zA-Z0-9]/);
    });
  });
});

const JDKS: readonly Jdk[] = findJdks();

for (const jdk of JDKS)
  describe(`keytool of Java ${jdk.version}`, LIMIT, () => {
    const home = { jdk: jdk.home };

    test("imports a certificate into a JKS store by paths of the host, and shows them in what it prints", () =>
      on(["AW", home], async (client, host) => {
        const before = entries(host).length;
        await client.lines(`${keytoolOf(host)} -exportcert -rfc ${storeOf(host)} -alias "${entries(host)[0]!.alias}" -file C:\\Windows\\Temp\\a.cer`);
        assert.match((await client.run("type C:\\Windows\\Temp\\a.cer")).output, /^-----BEGIN CERTIFICATE-----/);
        const said = await client.run(`${keytoolOf(host)} -importcert -noprompt -alias Roggera.example.com_IIS -file c:\\windows\\temp\\A.CER ${storeOf(host)}`);
        assert.deepEqual(said, { code: 0, output: "", errors: "Certificate was added to keystore\r\n" });
        assert.equal(entries(host).length, before + 1);
        assert.equal((await client.run(`${keytoolOf(host)} -list -keystore C:\\nowhere\\cacerts -storepass changeit`)).output, "keytool error: java.lang.Exception: Keystore file does not exist: C:\\nowhere\\cacerts\r\n");
      }));

    test("imports a store into a JCEKS copy with passwords from files, and leaves the private keys", () =>
      on(["CVP OAMP", home], async (client, host) => {
        const path = host.layout.store.path;
        host.drive.write("C:\\Windows\\Temp\\p", host.storePassword);
        host.drive.write("C:\\Windows\\Temp\\s", "staging");
        const keytool = keytoolOf(host);
        await client.lines(`copy /B /Y ${path} ${path}.new`);
        await client.lines(`${keytool} -exportcert -alias wsm_certificate -keystore ${path} -storetype JCEKS -storepass:file C:\\Windows\\Temp\\p -file C:\\Windows\\Temp\\wsm.crt`);
        await client.lines(`${keytool} -importcert -noprompt -alias csa.example.com_wsm -file C:\\Windows\\Temp\\wsm.crt -keystore C:\\Windows\\Temp\\staging -storetype JKS -storepass:file C:\\Windows\\Temp\\s`);
        await client.lines(`${keytool} -J-Duser.language=en -importkeystore -noprompt -srckeystore C:\\Windows\\Temp\\staging -srcstoretype JKS -srcstorepass:file C:\\Windows\\Temp\\s -destkeystore ${path}.new -deststoretype JCEKS -deststorepass:file C:\\Windows\\Temp\\p`);
        await client.lines(`move /Y ${path}.new ${path}`);
        assert.deepEqual(entries(host).map(({ alias, kind }) => `${alias} ${kind}`).sort(), ["csa.example.com_wsm trustedCert", "oamp_certificate privateKey", "wsm_certificate privateKey"]);
      }));

    test("tells a wrong password and a wrong type from one another, and ends with 1", () =>
      on(["CVP OAMP", home], async (client, host) => {
        const listing = (type: string, password: string) => client.run(`${keytoolOf(host)} -list -keystore ${host.layout.store.path} -storetype ${type} -storepass ${password}`);
        assert.match((await listing("JCEKS", "wrong-one")).output, /keytool error: java\.io\.IOException: .*password was incorrect/);
        assert.equal((await listing("JCEKS", "wrong-one")).code, 1);
        assert.match((await listing("JKS", host.storePassword)).output, /keytool error: java\.io\.IOException: Invalid keystore format/);
      }));

    test("looks at a port of another server of the estate", () =>
      on(["AW", home], async (client, host) => {
        const pem = (await client.lines(`${keytoolOf(host)} -printcert -rfc -sslserver ${HOST}:7890`)).join("\n");
        assert.ok(host.identities.get("DFP")!.certificate.pem.replace(/\s/g, "").includes(pem.split("\n")[1]!));
        assert.match((await client.run(`${keytoolOf(host)} -printcert -rfc -sslserver nowhere.example.com:443`)).output, /^keytool error: java\.net\.UnknownHostException: nowhere\.example\.com\r\n/);
      }));

    for (const [language, said] of [["fr", "erreur keytool : "], ["es", "error de herramienta de claves: "]] as const)
      test(`speaks ${language} on a host in ${language}, and English when told to`, () =>
        on(["AW", { ...home, language }], async (client, host) => {
          const wrong = `-list -keystore ${quoted(host.layout.store.path)} -storepass wrong-one`;
          assert.ok((await client.run(`${keytoolOf(host)} ${wrong}`)).output.startsWith(said));
          assert.match((await client.run(`${keytoolOf(host)} -J-Duser.language=en ${wrong}`)).output, /^keytool error: /);
        }));
  });

describe("a drive", LIMIT, () => {
  test("is gone with the lab, and is made only when somebody looks at it", async () => {
    let folder = "";
    await within(startHost("CVP Server"), async (lab) => {
      folder = lab.folder();
      assert.equal(lab.host(HOST).drive.stat("C:\\Cisco"), undefined);
      await withClient(lab.host(HOST), (client) => client.lines("ver"));
      assert.ok(lab.host(HOST).drive.isFolder("C:\\Cisco\\CVP"));
    });
    assert.equal(existsSync(folder), false);
  });

  test("of a process that was killed is removed by the next lab, and one of a process that lives is not", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const [dead, living] = [pid, process.ppid].map((id) => mkdtempSync(join(tmpdir(), `uccerts-lab-${id}-`)));
    await within(startHost("AW"), () => Promise.resolve());
    assert.deepEqual([existsSync(dead!), existsSync(living!)], [false, true]);
    rmSync(living!, { recursive: true });
  });

  test("ends with a keytool that runs when the lab is stopped", async () => {
    const lab = await startHost("AW");
    const folder = lab.folder();
    await withClient(lab.host(HOST), async (client) => {
      const running = client.run(`${keytoolOf(lab.host(HOST))} -genkeypair -keyalg RSA -keysize 8192 -alias slow -dname CN=a -keystore C:\\Windows\\Temp\\slow -storepass changeit`).catch(() => undefined);
      for (let looks = 0; lab.history.of("windows ssh", "genkeypair").length === 0 && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      await lab.stop();
      await running;
    });
    assert.equal(existsSync(folder), false);
  });
});
