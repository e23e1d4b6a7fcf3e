import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CVP_PRODUCTS, CCE_PRODUCTS, isCvp, isPrivateKeyAlias } from "../../../domain/hosts";
import { hasOpenJdk, storeOf, storesOf } from "../../../domain/stores";

const at = (release: string) => {
  const { home, path, type, java } = storeOf("truststore", "AW", release)!;
  return { store: `%${home}%\\${path}`, type, keytoolOf: java.home };
};

describe("the truststore of a CCE host", () => {
  for (const release of ["12.5(1)", "12.5", "12.5(1) ES54"])
    test(`lies in the Oracle JRE at ${release} (A21)`, () => {
      assert.deepEqual(at(release), { store: "%JAVA_HOME%\\lib\\security\\cacerts", type: "JKS", keytoolOf: "JAVA_HOME" });
    });

  for (const release of ["12.5(1a)", "12.5(1) ES55", "12.5(1)ES 70", "12.5(2a)"])
    test(`lies in OpenJDK at ${release} (A22)`, () => {
      assert.deepEqual(at(release), { store: "%CCE_JAVA_HOME%\\lib\\security\\cacerts", type: "JKS", keytoolOf: "CCE_JAVA_HOME" });
    });

  for (const release of ["12.6(1)", "12.6(2) ES10", "15.0(1)"])
    test(`lies below ICM at ${release} (A23)`, () => {
      assert.deepEqual(at(release), { store: "%ICM%\\ssl\\cacerts", type: "JKS", keytoolOf: "CCE_JAVA_HOME" });
    });

  test("has the password changeit, on every product", () => {
    for (const product of CCE_PRODUCTS) assert.deepEqual(storeOf("truststore", product, "12.6(2)")?.password, { default: "changeit" });
  });

  test("is not OpenJDK's by an ES of another line", () => {
    assert.equal(hasOpenJdk("12.0(1) ES60"), false);
  });
});

describe("the Java truststore of a CCE host", () => {
  test("is cacerts of OpenJDK, where there is one", () => {
    assert.equal(storeOf("Java truststore", "AW", "12.6(2)")?.path, "lib\\security\\cacerts");
    assert.equal(storeOf("Java truststore", "AW", "12.5(1)"), undefined);
  });
});

describe("the keystore of a CVP host", () => {
  for (const product of CVP_PRODUCTS)
    test(`of ${product} is JCEKS, with a password that the host's properties file holds`, () => {
      const { type, path, password } = storeOf("CVP keystore", product, "12.5(1)")!;
      assert.deepEqual({ type, path }, { type: "JCEKS", path: "conf\\security\\.keystore" });
      assert.deepEqual(password, { home: "CVP_HOME", file: "conf\\security.properties", key: "Security.keystorePW" });
    });

  test("is the only one that CVP has, and CCE has none", () => {
    assert.deepEqual(storesOf("CVP Server", "12.6(2)").map(({ name }) => name), ["CVP keystore"]);
    assert.deepEqual(storesOf("AW", "12.6(2)").map(({ name }) => name), ["truststore", "Java truststore"]);
    assert.deepEqual([...CCE_PRODUCTS, ...CVP_PRODUCTS].filter(isCvp), [...CVP_PRODUCTS]);
  });

  test("names from 12.6 the tool that shows a password which the file no longer holds", () => {
    assert.deepEqual(storeOf("CVP keystore", "CVP Server", "12.6(1)")!.password, { home: "CVP_HOME", file: "conf\\security.properties", key: "Security.keystorePW", shownBy: "bin\\DecryptKeystoreUtil.bat" });
  });
});

describe("aliases of private keys (R113)", () => {
  test("are known without regard to case, and no other is one", () => {
    assert.ok(["wsm_certificate", "CallServer_Certificate", "vxml_certificate", "OAMP_CERTIFICATE"].every(isPrivateKeyAlias));
    assert.ok(!isPrivateKeyAlias("csa.example.com_wsm"));
  });
});
