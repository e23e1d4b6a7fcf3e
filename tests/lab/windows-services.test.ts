import assert from "node:assert/strict";
import { connect } from "node:tls";
import type { Lab, WindowsHost, WindowsLanguage, WindowsProduct } from "../../lab";
import { describe, test } from "../support/hosts-test";
import { NEVER, within } from "./support/estates";
import { HOST, startHost, type WindowsClient, WindowsClient as Client, withClient } from "./support/windows-client";

const LIMIT = { timeout: 60_000 };

type Work = (client: WindowsClient, host: WindowsHost, lab: Lab) => Promise<void>;

function on(product: WindowsProduct, work: Work, ...how: [more?: Parameters<typeof startHost>[1], estate?: Parameters<typeof startHost>[2]]): Promise<void> {
  return within(startHost(product, ...how), (lab) => withClient(lab.host(HOST), (client) => work(client, lab.host(HOST), lab)));
}

/** Fingerprint of what a port serves; undefined when it refuses. */
function shown(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256);
      socket.destroy();
    });
    socket.on("error", () => resolve(undefined));
  });
}

const stateOf = async (client: WindowsClient, name: string) => /^\s+STATE\s+: \d {2}(\w+)/m.exec((await client.run(`sc query ${name}`)).output)?.[1];

describe("services of a Windows host", LIMIT, () => {
  test("are listed with name, display name, state and, when asked for, process", () =>
    on("AW", async (client) => {
      const lines = await client.lines("sc query state= all bufsize= 262144");
      const at = lines.indexOf("SERVICE_NAME: Tomcat9");
      assert.deepEqual(lines.slice(at, at + 5), ["SERVICE_NAME: Tomcat9", "DISPLAY_NAME: Apache Tomcat 9.0 Tomcat9", "        TYPE               : 10  WIN32_OWN_PROCESS", "        STATE              : 4  RUNNING", "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"]);
      assert.match((await client.run("sc queryex Tomcat9")).output, /^ {8}PID {16}: \d+\r$/m);
      assert.match((await client.run("sc qc tomcat9")).output, /START_TYPE {9}: 2 {3}AUTO_START[\s\S]*DISPLAY_NAME {7}: Apache Tomcat 9\.0 Tomcat9/);
    }));

  test("have the names of their product", () =>
    on("CVP Server", async (client) => {
      const names = (await client.lines("sc query state= all")).filter((line) => line.startsWith("DISPLAY_NAME: Cisco CVP"));
      assert.deepEqual(names.map((line) => line.slice(24)).sort(), ["CallServer", "SNMP Management", "VXMLServer", "WebServicesManager"]);
    }));

  test("take an order at once and follow it after a while, another process and a later start", () =>
    on("AW", async (client, host, lab) => {
      const started = async () => {
        const pid = /PID\s+: (\d+)/.exec((await client.run("sc queryex Tomcat9")).output)![1];
        return { pid, since: /CreationDate=(\S+)/.exec((await client.run(`wmic process where ProcessId=${pid} get CreationDate /value`)).output)![1]! };
      };
      const before = await started();
      assert.match((await client.run("sc stop Tomcat9")).output, /STATE\s+: 3 {2}STOP_PENDING/);
      await host.services.settled();
      assert.equal(await stateOf(client, "Tomcat9"), "STOPPED");
      assert.match((await client.run("sc start Tomcat9")).output, /STATE\s+: 2 {2}START_PENDING/);
      await host.services.settled();
      const after = await started();
      assert.notEqual(after.pid, before.pid);
      assert.ok(after.since > before.since);
      assert.deepEqual(lab.history.of("platform", /Tomcat9/).map(({ action }) => action), ["stop Tomcat9", "start Tomcat9"]);
    }));

  test("refuse what cannot be done, with the number and the words of Windows", () =>
    on(
      "AW",
      async (client) => {
        assert.deepEqual(await client.run("sc query Nothing"), { code: 1060, output: "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an installed service.\r\n\r\n", errors: "" });
        assert.match((await client.run("sc start Tomcat9")).output, /FAILED 1056:/);
        assert.match((await client.run("sc stop W3SVC")).output, /FAILED 1062:/);
        assert.match((await client.run("sc start W3SVC")).output, /FAILED 1058:/);
      },
      { services: { W3SVC: "disabled" } },
    ));

  test("that are on their way take no other order", () =>
    on(
      "AW",
      async (client) => {
        await client.run("sc stop Tomcat9");
        assert.match((await client.run("sc start Tomcat9")).output, /FAILED 1061:/);
      },
      {},
      { timing: { serviceStop: NEVER } },
    ));

  test("that stay down are stopped again, at the first time or for ever", () =>
    on("AW", async (client, host, lab) => {
      const off = lab.faults.add({ fault: "service stays down", action: "Tomcat9" });
      await host.services.restart("Tomcat9");
      assert.equal(await stateOf(client, "Tomcat9"), "STOPPED");
      off();
      await host.services.restart("Tomcat9");
      assert.equal(await stateOf(client, "Tomcat9"), "RUNNING");
    }));

  const HEADS: Record<WindowsLanguage, RegExp> = { en: /SERVICE_NAME: Tomcat9/, fr: /SERVICE_NAME: Tomcat9/, es: /NOMBRE_SERVICIO: Tomcat9[\s\S]*ESTADO {13}: 4 {2}RUNNING/ };
  for (const language of ["fr", "es"] as const)
    test(`are told in ${language}, numbers and order as in English`, () =>
      on(
        "AW",
        async (client) => {
          assert.match((await client.run("sc query Tomcat9")).output, HEADS[language]);
          assert.match((await client.run("sc query Nothing")).output, language === "fr" ? /chec\(s\) 1060 :/ : /ERROR 1060:/);
        },
        { language },
      ));
});

describe("ports of a Windows host", LIMIT, () => {
  test("443 and 7890 serve certificates of the host that differ, as long as their service runs", () =>
    on("Rogger", async (_client, host) => {
      const [iis, dfp] = [await shown(host.ports.https443), await shown(host.ports.https7890)];
      assert.deepEqual([iis, dfp], [host.identities.get("IIS")!.certificate.parsed.fingerprint256, host.identities.get("DFP")!.certificate.parsed.fingerprint256]);
      assert.notEqual(iis, dfp);
      host.services.set("W3SVC", "stopped");
      assert.deepEqual([await shown(host.ports.https443), await shown(host.ports.https7890)], [undefined, dfp]);
    }));

  test("8111 serves the WSM certificate of a CVP server, which is in its store", () =>
    on("CVP OAMP", async (client, host) => {
      const listed = (await client.run(`%CVP_HOME%\\jre\\bin\\keytool.exe -list -keystore %CVP_HOME%\\conf\\security\\.keystore -storetype JCEKS -storepass ${host.storePassword} -alias wsm_certificate`)).output;
      assert.ok(listed.includes((await shown(host.ports.https8111))!));
      assert.deepEqual([host.ports.https443, host.ports.https7890], [0, 0]);
    }));

  test("serve a new certificate of IIS at once, and one of WSM after its restart", async () => {
    await on("AW", async (_client, host) => {
      const { certificate } = await host.regenerate("IIS");
      assert.equal(await shown(host.ports.https443), certificate.parsed.fingerprint256);
    });
    await on("CVP Reporting", async (_client, host) => {
      const before = await shown(host.ports.https8111);
      const { certificate } = await host.regenerate("WSM");
      assert.equal(await shown(host.ports.https8111), before);
      await host.services.restart("WebServicesManager");
      assert.equal(await shown(host.ports.https8111), certificate.parsed.fingerprint256);
    });
  });
});

describe("a restart of a Windows host", LIMIT, () => {
  test("ends every session, closes every port, and brings back SSH before the services", () =>
    on(
      "AW",
      async (client, host, lab) => {
        const booted = async (one: WindowsClient) => /LastBootUpTime=(\S+)/.exec((await one.run("wmic os get LastBootUpTime,LocalDateTime /value")).output)![1]!;
        const before = await booted(client);
        const gone = client.closed;
        assert.equal((await client.run("shutdown /r /t 0")).code, 0);
        await gone;
        assert.equal(await shown(host.ports.https443), undefined);
        await assert.rejects(Client.logIn(host));
        await host.idle();
        await withClient(host, async (again) => assert.ok((await booted(again)) > before));
        assert.notEqual(await shown(host.ports.https443), undefined);
        const [restart] = lab.history.of("platform", "restart server");
        assert.ok(lab.history.of("platform", "start Tomcat9")[0]!.sequence > restart!.sequence);
      },
      {},
      { timing: { hostRestart: 300 } },
    ));

  test("gives sessions the variables that the registry has, and starts no service that does not start by itself", () =>
    on(
      "AW",
      async (_client, host) => {
        await host.restart();
        await withClient(host, async (again) => assert.equal((await again.run("echo %JAVA_HOME%")).output, "C:\\Program Files (x86)\\Java\\jre1.8.0_221\r\n"));
        assert.deepEqual([host.services.running("Tomcat9"), host.services.running("W3SVC")], [true, false]);
      },
      { sessionEnvironment: { JAVA_HOME: "" }, services: { W3SVC: "disabled" } },
    ));
});
