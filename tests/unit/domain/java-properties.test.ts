import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { parseProperties, propertiesText } from "../../../domain/java-properties";
import { jdks, NO_JDK, runJdk } from "../../support/jdks";

const KEY = "Security.keystorePW";
const password = (text: string) => parseProperties(text).get(KEY);

describe("the keystore password in CVP's security.properties", () => {
  test("stands after the key, with white space around the equals sign", () => {
    assert.equal(password("#Thu Nov 12 10:00:00 CET 2020\r\nSecurity.keystorePW = Xb7q2Lw9\r\nother=1\r\n"), "Xb7q2Lw9");
  });

  test("may hold every character that CVP draws, escaped as Java writes it", () => {
    assert.equal(password("Security.keystorePW = \\!a@b{c[d(e?f~g$h*i,j\\=k\\:l\\#m\\\\n"), "!a@b{c[d(e?f~g$h*i,j=k:l#m\\n");
  });

  test("may hold the same characters without their escapes", () => {
    assert.equal(password("Security.keystorePW=!a@b{c[d(e?f~g$h*i,j=k:l#m"), "!a@b{c[d(e?f~g$h*i,j=k:l#m");
  });

  test("may be continued in the next line", () => {
    assert.equal(password("Security.keystorePW = abc\\\r\n    def\r\n"), "abcdef");
  });

  test("is not taken from a comment", () => {
    assert.equal(password("#Security.keystorePW = old\n ! Security.keystorePW = older\n"), undefined);
  });

  test("is the last one where it stands there twice", () => {
    assert.equal(password("Security.keystorePW=a\nSecurity.keystorePW=b\n"), "b");
  });

  test("is not read where an escape is broken", () => {
    assert.throws(() => password("Security.keystorePW=a\\u12"), /four hexadecimal digits/);
  });
});

describe("any properties file", () => {
  const folder = mkdtempSync(join(tmpdir(), "uccerts-properties-"));
  after(() => rmSync(folder, { recursive: true }));
  // One program of one JVM reads all texts: it prints keys and values, hexadecimal, in the order of their keys.
  const JAVA = `import java.io.*; import java.nio.file.*; import java.util.*;
    public class Load { public static void main(String[] a) throws Exception { for (String f : a) { Properties p = new Properties();
      try (InputStream s = new FileInputStream(f)) { p.load(s); } StringBuilder b = new StringBuilder();
      for (String k : new TreeSet<String>(p.stringPropertyNames())) b.append(hex(k)).append('=').append(hex(p.getProperty(k))).append(';'); System.out.println(b); } }
      static String hex(String t) { StringBuilder b = new StringBuilder(); for (char c : t.toCharArray()) b.append(String.format("%04x", (int) c)); return b.toString(); } }`;
  const hex = (text: string) => [...Array(text.length).keys()].map((index) => text.charCodeAt(index).toString(16).padStart(4, "0")).join("");
  const printed = (values: Map<string, string>) => [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${hex(key)}=${hex(value)};`).join("");

  test("is read as Java reads it, whatever stands in it", { skip: NO_JDK }, () => {
    const piece = fc.constantFrom("a", "b", "k", "=", ":", " ", "\t", "\f", "\\", "\\\\", "\n", "\r", "\r\n", "#", "!", "\\u00e9", "\\t", "é", "$", "{");
    const texts = fc.sample(fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join("")), { numRuns: 300, seed: 20 });
    const readable = texts.filter((text) => !/\\u(?![0-9a-f]{4})/.test(text));
    writeFileSync(join(folder, "Load.java"), JAVA);
    const files = readable.map((text, index) => {
      const path = join(folder, `${index}.properties`);
      writeFileSync(path, text, "latin1");
      return path;
    });
    const wanted = runJdk(jdks()[0]!, "java", join(folder, "Load.java"), ...files).split(/\r?\n/).slice(0, -1);
    assert.equal(wanted.length, readable.length);
    readable.forEach((text, index) => assert.equal(printed(parseProperties(propertiesText(Buffer.from(text, "latin1")))), wanted[index], JSON.stringify(text)));
  });
});
