import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { aliasFailures, keystoreType, normalAlias, stagingStore, storedEntries } from "../../../domain/keystore";
import { parseCertificate } from "../../../domain/x509/certificate";
import { pemBlocks } from "../../../domain/x509/pem";
import { jdks, NO_JDK, runJdk } from "../../support/jdks";
import { derOf, newKey, NOW, ownSigned, pkcs12Shell } from "../../support/certificates";

const PASSWORD = "changeit";
const pems: string[] = [];
const ders: Buffer[] = [];

before(async () => {
  for (const name of ["rogger-a", "rogger-b", "pg-a"]) {
    pems.push((await ownSigned({ subject: `CN=${name}.example.com`, names: [`${name}.example.com`], key: await newKey() })).pem);
    ders.push(derOf(pems.at(-1)!));
  }
});

/** Aliases as people and fast-check write them; no two that Java takes for one. */
const alias = fc.string({ minLength: 1, maxLength: 60, unit: "binary" }).filter((text) => aliasFailures(text).length === 0);
const aliases = fc.uniqueArray(alias, { minLength: 1, maxLength: 20, selector: normalAlias });

describe("the type of a keystore by its first bytes (R116)", () => {
  test("JKS, JCEKS and PKCS#12", () => {
    assert.deepEqual(["feedfeed00000002", "cececece00000002"].map((hex) => keystoreType(Buffer.from(hex, "hex"))), ["JKS", "JCEKS"]);
    assert.equal(keystoreType(pkcs12Shell()), "PKCS12");
  });

  test("a PKCS#12 with a long length, and one of indefinite length", () => {
    for (const length of ["81c0", "820abc", "8300abcd", "80"]) assert.equal(keystoreType(Buffer.from(`30${length}020103`, "hex")), "PKCS12", length);
  });

  test("a certificate, a text, an empty and a cut file are no keystore", () => {
    for (const file of [ders[0]!, Buffer.from(pems[0]!), Buffer.alloc(0), Buffer.from("feed", "hex"), Buffer.from("30800201", "hex")]) assert.equal(keystoreType(file), undefined);
  });
});

describe("a staging store", () => {
  test("holds every entry that was put in, alias in small letters, in the order given", () => {
    const entries = { "Rogger-A.example.com_IIS": pems[0]!, "rogger-a.example.com_DFP": pems[1]! };
    const read = storedEntries(stagingStore(entries, PASSWORD, NOW), PASSWORD);
    assert.deepEqual(read, [
      { alias: "rogger-a.example.com_iis", kind: "trusted certificate", der: ders[0], createdAt: NOW },
      { alias: "rogger-a.example.com_dfp", kind: "trusted certificate", der: ders[1], createdAt: NOW },
    ]);
  });

  test("gives back whatever aliases, certificates and password went in", () => {
    fc.assert(
      fc.property(aliases, fc.string({ unit: "binary" }), fc.date({ noInvalidDate: true }), (names, password, createdAt) => {
        const entries = new Map(names.map((name, index) => [name, ders[index % ders.length]!]));
        const read = storedEntries(stagingStore(entries, password, createdAt), password);
        assert.deepEqual(read, names.map((name, index) => ({ alias: normalAlias(name), kind: "trusted certificate", der: ders[index % ders.length], createdAt })));
      }),
    );
  });

  test("is not read with another password", () => {
    const store = stagingStore({ a: pems[0]! }, PASSWORD, NOW);
    assert.throws(() => storedEntries(store, "changeme"), /the password is wrong/);
  });

  test("is not read when any byte is another or the end is missing", () => {
    const store = stagingStore({ a: pems[0]! }, PASSWORD, NOW);
    fc.assert(
      fc.property(fc.nat(store.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, cut) => {
        const broken = cut ? store.subarray(0, at) : Buffer.from(store.map((byte, index) => (index === at ? byte ^ mask : byte)));
        assert.throws(() => storedEntries(broken, PASSWORD));
      }),
    );
  });

  test("refuses two aliases that Java takes for one", () => {
    assert.throws(() => stagingStore({ "aw-a.example.com_IIS": pems[0]!, "AW-A.example.com_iis": pems[1]! }, PASSWORD, NOW), /stands there twice/);
  });

  test("refuses what is no certificate, and names its alias", () => {
    assert.throws(() => stagingStore({ good: pems[0]!, bad: "no certificate" }, PASSWORD, NOW), /^Error: alias "bad": /);
  });

  for (const [what, text] of [["that is empty", ""], ["with a space at its end", "a "], ["with a quote", 'a"b'], ["with a variable of Windows", "%PATH%"], ["with a line break", "a\nb"]] as const)
    test(`refuses an alias ${what}`, () => {
      assert.throws(() => stagingStore({ [text]: pems[0]! }, PASSWORD, NOW), /alias/);
    });
});

describe("the JDKs of this machine", { skip: NO_JDK }, () => {
  const folder = mkdtempSync(join(tmpdir(), "uccerts-keystore-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  for (const home of jdks()) {
    const password = file(`${basename(home)}.password`, PASSWORD);
    const listed = (path: string, type: string) => runJdk(home, "keytool", "-J-Duser.language=en", "-list", "-rfc", "-keystore", path, "-storetype", type, "-storepass:file", password);

    test(`${basename(home)} lists a staging store: every alias, every certificate, as trusted entries`, () => {
      const entries = { "aw-a.example.com_IIS": pems[0]!, "finesse-a.example.com": pems[1]!, "zürich-É": pems[2]! };
      const output = listed(file(`${basename(home)}.jks`, stagingStore(entries, PASSWORD, NOW)), "JKS");
      assert.equal(output.match(/trustedCertEntry/g)?.length, 3);
      assert.deepEqual(pemBlocks(output).map(({ der }) => parseCertificate(der).fingerprint).sort(), pems.map((pem) => parseCertificate(pem).fingerprint).sort());
      assert.match(output, /Alias name: aw-a\.example\.com_iis/);
    });

    for (const type of ["JKS", "JCEKS", "PKCS12"] as const)
      test(`${basename(home)} imports a staging store into a ${type} store, whose type its first bytes tell`, () => {
        const staged = file(`${basename(home)}.${type}.staged`, stagingStore({ "aw-a.example.com_IIS": pems[0]!, "aw-b.example.com_IIS": pems[1]! }, PASSWORD, NOW));
        const word = file(`${basename(home)}.${type}.word`, PASSWORD);
        const path = join(folder, `${basename(home)}.${type}`);
        runJdk(home, "keytool", "-importkeystore", "-noprompt", "-srckeystore", staged, "-srcstoretype", "JKS", "-srcstorepass:file", word, "-destkeystore", path, "-deststoretype", type, "-deststorepass:file", word);
        const made = readFileSync(path);
        assert.equal(keystoreType(made), type);
        if (type !== "PKCS12") assert.deepEqual(storedEntries(made, PASSWORD).map((one) => one.alias).sort(), ["aw-a.example.com_iis", "aw-b.example.com_iis"]);
      });

    for (const type of ["JKS", "JCEKS"] as const)
      test(`${basename(home)} makes a ${type} store with private keys: every entry is read as keytool lists it`, () => {
        const path = file(`${basename(home)}.${type}.keys`, stagingStore({ "aw-a.example.com_IIS": pems[0]! }, PASSWORD, NOW));
        if (type === "JCEKS") rmSync(path);
        const store = ["-keystore", path, "-storetype", type, "-storepass:file", password, "-keypass:file", password];
        for (const alias of ["wsm_certificate", "zürich-É"]) runJdk(home, "keytool", "-genkeypair", "-keyalg", "EC", "-alias", alias, "-dname", `CN=${alias}`, ...store);
        const blocks = listed(path, type).split("Alias name: ").slice(1);
        const asListed = blocks.map((block) => `${/PrivateKeyEntry/.test(block) ? "private key" : "trusted certificate"} ${parseCertificate(pemBlocks(block)[0]!.der).fingerprint}`);
        const read = storedEntries(readFileSync(path), PASSWORD);
        assert.deepEqual(read.map(({ kind, der }) => `${kind} ${parseCertificate(der).fingerprint}`).sort(), asListed.sort());
        assert.deepEqual(read.filter(({ kind }) => kind === "private key").map(({ alias }) => alias).sort(), ["wsm_certificate", "zürich-é"]);
      });

    test(`${basename(home)} makes a secret key: only Java reads it`, () => {
      const path = join(folder, `${basename(home)}.secret`);
      runJdk(home, "keytool", "-genseckey", "-keyalg", "AES", "-keysize", "128", "-alias", "a", "-keystore", path, "-storetype", "JCEKS", "-storepass:file", password, "-keypass:file", password);
      assert.throws(() => storedEntries(readFileSync(path), PASSWORD), /a secret key, which only Java reads/);
    });
  }
});
