// Entries of a Java keystore on a Windows host of the lab, with the real keytool: one suite for each JDK and each language of the host.
import assert from "node:assert/strict";
import { findJdks, type Lab, restore, type Snapshot, snapshot, startLab, type WindowsLanguage } from "../../lab";
import { after, afterEach, before, beforeEach, describe, it } from "../support/hosts-test";
import { keytool } from "../../lab/windows/jdk";
import { CACERTS_PASSWORD } from "../../lab/windows/stores";
import { importByHand } from "../support/exchange";
import { AW, beside, commands, CSA, ESTATE, hostOf, javaStarts, OAMP, own, PG, ROGGER, storeOf } from "../support/windows-hosts";
import { TestProvider } from "../support/provider";

type Entries = Record<string, string>;

/** What Windows says. */
const LOCKED = { en: /being used by another process/, fr: /utilisé par un autre processus/, es: /siendo utilizado por otro proceso/ };
const FULL = { en: /There is not enough space on the disk/, fr: /Espace insuffisant sur le disque/, es: /Espacio en disco insuficiente/ };

interface Variant {
  jdk: ReturnType<typeof findJdks>[number];
  language: WindowsLanguage;
}

/** Every JDK of this machine, and every language of Windows, each at least once. */
export const VARIANTS: readonly Variant[] = [0, 1, 2, 3, 4, 5].flatMap((index) => {
  const jdks = findJdks();
  const languages = ["en", "fr", "es"] as const;
  return jdks.length > 0 && index < Math.max(jdks.length, languages.length) ? [{ jdk: jdks[index % jdks.length]!, language: languages[index % languages.length]! }] : [];
});

/** Plays all of it with one of them. */
export function keystoreSuite({ jdk: { version, home: jdk }, language }: Variant): void {
  const estate = { ...ESTATE, contactCenters: ESTATE.contactCenters!.map((one) => ({ ...one, windows: one.windows.map((host) => ({ ...host, jdk, language })) })) };

  describe(`with the keytool of JDK ${version} on a host that speaks ${language}`, { timeout: 900_000 }, () => {
    let lab: Lab, start: Snapshot, provider: TestProvider, mark: number;
    before(async () => {
      lab = await startLab(estate);
      for (const fqdn of [AW, OAMP, CSA]) await lab.host(fqdn).ready();
      start = snapshot(lab);
    });
    beforeEach(() => {
      provider = new TestProvider(lab);
      mark = lab.history.mark();
    });
    afterEach(async () => {
      lab.faults.clear();
      await provider.dispose();
      for (const fqdn of [AW, OAMP, CSA]) await lab.host(fqdn).idle();
      restore(lab, start);
    });
    after(() => lab.stop());

    const rogger = () => ({ [`${ROGGER}_IIS`]: own(lab, ROGGER, "IIS"), [`${ROGGER}_DFP`]: own(lab, ROGGER, "DFP") });
    const inputs = (entries: Entries = rogger(), more: object = {}) => ({ host: hostOf(lab, AW), store: "truststore", entries, ...more });
    const trusts = async (from: string, to: string, port: number) => (await lab.connect({ from, to, port })).trusted;
    /** A fault that strikes from the import on. */
    function afterImport(fault: Parameters<Lab["faults"]["add"]>[0]): void {
      const unwatch = lab.history.watch(({ action }) => {
        if (!action.includes("-importkeystore")) return;
        unwatch();
        lab.faults.add(fault);
      });
    }
    const writes = (fqdn: string) => commands(lab, fqdn, mark).filter((command) => /^(copy|mkdir) |-importkeystore|-delete/.test(command) && !command.includes("&& icacls"));

    describe("entries of a truststore", { timeout: 300_000 }, () => {
      it("are one batch: one look, one backup, one import, one check, one replacement; and count after the restart of what reads them", async () => {
        const state = await provider.create("KeystoreEntries", inputs());
        assert.deepEqual(writes(AW).map((command) => /^copy|-importkeystore/.exec(command)![0]), ["copy", "copy", "-importkeystore", "copy"]);
        assert.equal(javaStarts(lab, AW, mark), 1);
        assert.deepEqual([state.storeType, state.adopted, beside(lab, AW).length], ["JKS", [], 1]);
        assert.equal(await trusts(AW, ROGGER, 443), false);
        await lab.host(AW).services.restart("Tomcat9");
        assert.deepEqual([await trusts(AW, ROGGER, 443), await trusts(AW, ROGGER, 7890), await trusts(AW, PG, 443)], [true, true, false]);
      });

      it("that are there already are adopted: the store is looked at, and stays as it is", async () => {
        await provider.create("KeystoreEntries", inputs());
        const [before, second] = [storeOf(lab, AW), lab.history.mark()];
        const other = new TestProvider(lab);
        const state = await other.create("KeystoreEntries", inputs());
        await other.dispose();
        assert.deepEqual([state.adopted, javaStarts(lab, AW, second)], [Object.keys(rogger()), 0]);
        assert.deepEqual(storeOf(lab, AW), before);
      });

      it("replace an older certificate under the same alias, after the backup (R114)", async () => {
        const first = await provider.create("KeystoreEntries", inputs());
        const before = storeOf(lab, AW);
        await lab.host(ROGGER).regenerate("IIS");
        const state = await provider.update("KeystoreEntries", first, inputs());
        assert.notEqual(state.changeId, first.changeId);
        assert.match(provider.output, /cacerts: 1 replaced \(R114\)/);
        assert.deepEqual(storeOf(lab, AW, String(state.backup)), before);
        await lab.host(AW).services.restart("Tomcat9");
        assert.equal(await trusts(AW, ROGGER, 443), true);
      });

      it("that are not declared any more are taken out, and no other", async () => {
        const first = await provider.create("KeystoreEntries", inputs());
        await provider.update("KeystoreEntries", first, inputs({ [`${ROGGER}_IIS`]: own(lab, ROGGER, "IIS") }));
        await lab.host(AW).services.restart("Tomcat9");
        assert.deepEqual([await trusts(AW, ROGGER, 443), await trusts(AW, ROGGER, 7890)], [true, false]);
      });

      it("are taken out when the resource is removed, but for those that were there before", async () => {
        const [alias, pem] = Object.entries(rogger())[0]!;
        await provider.create("KeystoreEntries", inputs({ [alias]: pem }));
        const other = new TestProvider(lab);
        const state = await other.create("KeystoreEntries", inputs());
        await other.delete("KeystoreEntries", state);
        await other.delete("KeystoreEntries", state);
        await other.dispose();
        await lab.host(AW).services.restart("Tomcat9");
        assert.deepEqual([await trusts(AW, ROGGER, 443), await trusts(AW, ROGGER, 7890)], [true, false]);
      });

      it("are found gone after a Java update, and put back by the next update (R118)", async () => {
        const first = await provider.create("KeystoreEntries", inputs());
        assert.equal((await provider.diff("KeystoreEntries", first, inputs())).changes, false);
        await lab.host(AW).updateJava();
        const seen = await provider.read("KeystoreEntries", first);
        assert.deepEqual(seen!.fingerprints, {});
        assert.equal((await provider.diff("KeystoreEntries", seen!, inputs())).changes, true);
        const state = await provider.update("KeystoreEntries", seen!, inputs());
        assert.deepEqual(state.fingerprints, first.fingerprints);
      });

      it("keep the owner and the access rights of the store, and the newest five backups", async () => {
        const { drive, layout } = lab.host(AW);
        drive.setAcl(layout.store.path, { ...drive.acl(layout.store.path), owner: "EXAMPLE\\somebody" });
        const rights = drive.acl(layout.store.path);
        let state = await provider.create("KeystoreEntries", inputs());
        for (const name of ["IIS", "DFP", "IIS", "DFP", "IIS"] as const) state = await provider.update("KeystoreEntries", state, inputs({ one: own(lab, ROGGER, name) }));
        assert.deepEqual(drive.acl(layout.store.path), rights);
        assert.equal(beside(lab, AW).length, 5);
        assert.ok(beside(lab, AW).includes(String(state.backup).split("\\").at(-1)!));
      });

      it("of several resources for one store take their turns", async () => {
        const entry = (alias: string, pem: string) => provider.create("KeystoreEntry", { host: hostOf(lab, AW), store: "truststore", alias, certificatePem: pem });
        const states = await Promise.all(Object.entries(rogger()).map(([alias, pem]) => entry(alias, pem)));
        await lab.host(AW).services.restart("Tomcat9");
        assert.deepEqual([await trusts(AW, ROGGER, 443), await trusts(AW, ROGGER, 7890)], [true, true]);
        await provider.delete("KeystoreEntry", states[0]!);
        await lab.host(AW).services.restart("Tomcat9");
        assert.deepEqual([await trusts(AW, ROGGER, 443), await trusts(AW, ROGGER, 7890)], [false, true]);
      });

      it("are imported from a port that is looked at from the host itself (R115)", async () => {
        const alias = `${ROGGER}_IIS`;
        await provider.create("KeystoreEntries", inputs({ [alias]: own(lab, ROGGER, "IIS") }, { probeFrom: "host", presentedAt: { [alias]: { fqdn: ROGGER, port: 443 } } }));
        assert.match(commands(lab, AW, mark).join("\n"), /-printcert -v -rfc -sslserver roggera\.example\.com:443/);
      });
    });

    describe("entries of a CVP keystore", { timeout: 300_000 }, () => {
      const wsm = () => ({ host: hostOf(lab, OAMP), store: "CVP keystore", entries: { [`${CSA}_wsm`]: own(lab, CSA, "WSM") } });

      it("are imported with the password of the host's own properties file, which stands in no command; the private keys stay", async () => {
        const state = await provider.create("KeystoreEntries", wsm());
        assert.equal(state.storeType, "JCEKS");
        const { storePassword } = lab.host(OAMP);
        assert.ok(!commands(lab, OAMP, mark).join("\n").includes(storePassword));
        for (const service of ["WebServicesManager", "OPSConsoleServer"]) await lab.host(OAMP).services.restart(service);
        assert.equal(lab.host(OAMP).services.get("OPSConsoleServer")!.state, "RUNNING");
        assert.equal(await trusts(OAMP, CSA, 8111), true);
      });

      it("are read as certificates that can be declared elsewhere", async () => {
        const state = await provider.create("KeystoreCertificate", { host: hostOf(lab, CSA), store: "CVP keystore", alias: "wsm_certificate" });
        assert.equal(state.certificatePem, `${own(lab, CSA, "WSM").trim()}\n`);
        await lab.host(CSA).regenerate("WSM");
        const seen = await provider.read("KeystoreCertificate", state);
        assert.notEqual(seen!.fingerprint, state.fingerprint);
      });
    });

    describe("a store that only Java reads", { timeout: 300_000 }, () => {
      const PATH = "C:\\own\\store.p12";
      const declared = (entries: Entries) => ({ host: hostOf(lab, AW), store: { path: PATH, type: "PKCS12" }, storePassword: CACERTS_PASSWORD, entries });

      it("is looked at and checked by the host's keytool, and changed in one batch all the same", async () => {
        const host = lab.host(AW);
        host.drive.makeFolder("C:\\own");
        await importByHand(lab, "awa", { path: PATH, alias: "pg", of: "pga", kind: "IIS" });
        const state = await provider.create("KeystoreEntries", declared(rogger()));
        assert.deepEqual([state.storeType, javaStarts(lab, AW, mark)], ["PKCS12", 3]);
        const listed = (await keytool(host.jdk, ["-J-Duser.language=en", "-list", "-keystore", host.drive.local(PATH), "-storepass", CACERTS_PASSWORD])).toString();
        assert.deepEqual(["pg", ...Object.keys(rogger())].filter((alias) => !listed.includes(`${alias.toLowerCase()}, `)), []);
      });
    });

    describe("a store that a run has left half written", { timeout: 120_000 }, () => {
      it("is put back from the backup by the next run, which then imports as declared", async () => {
        const before = storeOf(lab, AW);
        // The disk is full for the new store, and for the old one that is put back.
        afterImport({ fault: "disk full", node: AW, action: "security\\cacerts", times: 2 });
        assert.match(await provider.refusal("KeystoreEntries", inputs()), FULL[language]);
        assert.notDeepEqual(storeOf(lab, AW), before);
        const state = await provider.create("KeystoreEntries", inputs());
        assert.match(provider.output, /a run that was cut had left .*cacerts half written; .*cacerts\.uccerts-\w+ is put back/);
        assert.deepEqual(storeOf(lab, AW, String(state.backup)), before);
        assert.deepEqual(beside(lab, AW).filter((name) => name.startsWith("uccerts-")), []);
      });

      it("is finished where only the answer was lost: nothing is imported twice", async () => {
        afterImport({ fault: "dropped answer", node: AW, interface: "windows ssh", action: "copy /B", times: 1 });
        await provider.create("KeystoreEntries", inputs());
        assert.equal(writes(AW).filter((command) => command.includes("-importkeystore")).length, 1);
        await lab.host(AW).services.restart("Tomcat9");
        assert.equal(await trusts(AW, ROGGER, 443), true);
      });
    });

    describe("a store stays byte for byte as it was, and one clear error says why", { timeout: 600_000 }, () => {
      /** Tries, and looks that nothing has changed and nothing is left. */
      async function refused(kind: "KeystoreEntries" | "KeystoreEntry", declared: { host: { fqdn: string }; [input: string]: unknown }, says: RegExp): Promise<void> {
        const { fqdn } = declared.host;
        const before = storeOf(lab, fqdn);
        const failures = await provider.check(kind, declared);
        const said = failures.length > 0 ? failures.join("\n") : await provider.refusal(kind, declared);
        assert.match(said, says);
        assert.deepEqual(storeOf(lab, fqdn), before);
        assert.deepEqual(beside(lab, fqdn).filter((name) => name.startsWith("uccerts-")), []);
      }

      it("of another type than declared (A25: JCEKS opened as JKS)", () => refused("KeystoreEntries", { ...inputs(), host: hostOf(lab, OAMP), store: { path: "C:\\Cisco\\CVP\\conf\\security\\.keystore", type: "JKS" }, storePassword: lab.host(OAMP).storePassword }, /R116 oamp\.example\.com: the file is JCEKS, declared is JKS/));
      it("import under the alias of a private key (A25)", () => refused("KeystoreEntries", { host: hostOf(lab, OAMP), store: "CVP keystore", entries: { WSM_certificate: own(lab, CSA, "WSM") } }, /R113 .*WSM_certificate is that of a private key of CVP/));
      it("the same alias twice, without regard to case (IIS and DFP under one)", () => refused("KeystoreEntries", inputs({ rogger: own(lab, ROGGER, "IIS"), Rogger: own(lab, ROGGER, "DFP") }), /entries\["Rogger"\]: stands there twice: Java compares aliases without regard to case/));
      it("a certificate that the port no longer serves (R115)", async () => {
        const declared = inputs({ [`${ROGGER}_IIS`]: own(lab, ROGGER, "IIS") }, { presentedAt: { [`${ROGGER}_IIS`]: { fqdn: ROGGER, port: 443 } } });
        await lab.host(ROGGER).regenerate("IIS");
        await refused("KeystoreEntries", declared, /R115 roggera\.example\.com: port 443 presents [0-9A-F:]+, declared is [0-9A-F:]+\. Take the certificate from the port again/);
      });
      it("a port that does not answer", async () => {
        lab.faults.add({ fault: "node down", node: ROGGER });
        await refused("KeystoreEntries", inputs(rogger(), { presentedAt: { [`${ROGGER}_IIS`]: { fqdn: ROGGER, port: 443 } } }), /R115 .*not verified/);
      });
      it("an address where a name is needed (R123)", () => refused("KeystoreEntries", inputs(rogger(), { presentedAt: { [`${ROGGER}_IIS`]: { fqdn: "10.1.0.11", port: 443 } } }), /10\.1\.0\.11 is no fully qualified domain name: servers are exchanged by their names \(R123\)/));
      it("a missing store", async () => {
        lab.host(AW).drive.removeFile(lab.host(AW).layout.store.path);
        assert.match(await provider.refusal("KeystoreEntries", inputs()), /awa\.example\.com: read C:\\Program Files \(x86\)\\Java\\jre1\.8\.0_221\\lib\\security\\cacerts: there is no such file/);
      });
      it("a missing keytool", async () => {
        lab.host(AW).drive.removeFile(`${lab.host(AW).layout.javaHomes[0]!}\\bin\\keytool.exe`);
        await refused("KeystoreEntries", inputs(), /look for keytool: there is no C:\\Program Files \(x86\)\\Java\\jre1\.8\.0_221\\bin\\keytool\.exe/);
      });
      it("the path of another release (A23)", () => refused("KeystoreEntries", { ...inputs(), host: hostOf(lab, AW, "12.6(2)") }, /look for the folder CCE_JAVA_HOME: the machine has no variable CCE_JAVA_HOME\. Is 12\.6\(2\) the release of this AW\?/));
      it("a store that the product does not have", () => refused("KeystoreEntries", { ...inputs(), store: "CVP keystore" }, /store: R117 awa\.example\.com: AW of 12\.5\(1\) has no CVP keystore/));
      it("a wrong password", () => refused("KeystoreEntries", inputs(rogger(), { storePassword: "not-the-password" }), /password was incorrect.*Set storePassword, or keystores of the connection/));
      it("a store that another program holds", async () => {
        lab.faults.add({ fault: "store locked", node: AW });
        await refused("KeystoreEntries", inputs(), LOCKED[language]);
      });
      it("a disk that is full", async () => {
        lab.faults.add({ fault: "disk full", node: AW, action: "\\backup" });
        await refused("KeystoreEntries", inputs(), FULL[language]);
        assert.deepEqual(beside(lab, AW), [], "a part of a backup");
      });
      it("a disk that is full when the store is replaced: the original is put back", async () => {
        afterImport({ fault: "disk full", node: AW, action: "security\\cacerts", times: 1 });
        await refused("KeystoreEntries", inputs(), FULL[language]);
      });
      it("an upload that is cut in the middle", async () => {
        lab.faults.add({ fault: "upload cut", node: AW, action: "staging" });
        await refused("KeystoreEntries", inputs(), /write .*staging/);
      });
      it("a session that is not an administrator's (R122)", async () => {
        const limited = await startLab({ ...estate, contactCenters: estate.contactCenters.map((one) => ({ ...one, windows: one.windows.map((host) => ({ ...host, elevated: host.fqdn !== AW })) })) });
        const other = new TestProvider(limited);
        try {
          assert.match(await other.refusal("KeystoreEntries", inputs()), /R122 awa\.example\.com: the session is not elevated/);
        } finally {
          await other.dispose();
          await limited.stop();
        }
      });
      it("a keytool that fails and says that it did not", async () => {
        lab.faults.add({ fault: "keytool answers 0", node: AW });
        await refused("KeystoreEntries", inputs(rogger(), { storePassword: "not-the-password" }), /password was incorrect/);
      });
      it("a host that is lost between the backup and the replacement", async () => {
        lab.faults.add({ fault: "session lost", node: AW, action: "-importkeystore" });
        await refused("KeystoreEntries", inputs(), /the SSH connection was lost|session was lost/);
      });
    });
  });
}
