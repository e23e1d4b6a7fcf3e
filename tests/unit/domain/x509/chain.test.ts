import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { Certificate } from "../../../../domain/x509/certificate";
import { issuersOf, pathTo, sortChain } from "../../../../domain/x509/chain";
import { authority, type Authority, issued, newKey, ownSigned } from "../../../support/certificates";

const names = (certificates: readonly Certificate[] = []) => certificates.map(({ commonName }) => commonName);

let root: Authority;
let middle: Authority;
let issuing: Authority;
let server: Certificate;
let whole: Certificate[];

before(async () => {
  root = await authority({ name: "Root" });
  middle = await authority({ name: "Middle", issuer: root });
  issuing = await authority({ name: "Issuing", issuer: middle });
  server = await issued(issuing, { subject: "CN=server" });
  whole = [root.parsed, middle.parsed, issuing.parsed, server];
});

const anyOrder = () => fc.shuffledSubarray(whole, { minLength: whole.length });

describe("a chain is sorted", () => {
  test("root first, then each intermediate from the top; the server certificate is no part of it", () => {
    const { authorities, others } = sortChain([server, issuing.parsed, middle.parsed, root.parsed]);
    assert.deepEqual(names(authorities), ["Root", "Middle", "Issuing"]);
    assert.deepEqual(names(others), ["server"]);
  });

  test("any order of the same certificates gives the same chain", () => {
    fc.assert(fc.property(anyOrder(), (certificates) => assert.deepEqual(names(sortChain(certificates).authorities), ["Root", "Middle", "Issuing"])));
  });

  test("a root alone is a chain", () => {
    assert.deepEqual(names(sortChain([root.parsed]).authorities), ["Root"]);
  });

  test("a certificate that a server made for itself may lie beside it", async () => {
    const own = await ownSigned({ subject: "CN=own" });
    assert.deepEqual(names(sortChain([...whole, own]).others), ["server", "own"]);
  });
});

describe("a chain with a gap is refused", () => {
  const without = (name: string) => whole.filter(({ commonName }) => commonName !== name);

  test("leaving any one authority out is an error, whatever the order", () => {
    fc.assert(fc.property(anyOrder(), fc.constantFrom("Root", "Middle", "Issuing"), (certificates, left) => assert.throws(() => sortChain(certificates.filter(({ commonName }) => commonName !== left)), /^Error: the chain lacks /)));
  });

  test("without the root, the sentence names what nothing here issued, and its issuer", () => {
    assert.throws(() => sortChain(without("Root")), /the chain lacks its root: nothing here issued Middle \(serial number [0-9A-F]+\), whose issuer is CN=Root$/);
  });

  test("without an intermediate, the sentence names what nothing here issued, and its issuer", () => {
    assert.throws(() => sortChain(without("Middle")), /the chain lacks an intermediate: nothing here issued Issuing \(serial number [0-9A-F]+\), whose issuer is CN=Middle$/);
  });

  test("without the issuer of the server certificate, the sentence names that", () => {
    assert.throws(() => sortChain(without("Issuing")), /the chain lacks an intermediate: nothing here issued server .*, whose issuer is CN=Issuing$/);
  });

  test("an authority of the right name but another key does not fill the gap", async () => {
    const twin = await authority({ name: "Middle", issuer: root });
    assert.throws(() => sortChain([...without("Middle"), twin.parsed]), /the chain lacks an intermediate/);
  });
});

describe("what is no single chain is refused", () => {
  test("server certificates only", () => {
    assert.throws(() => sortChain([server]), { message: "the chain holds no certificate authority, only end-entity certificates" });
  });

  test("nothing", () => {
    assert.throws(() => sortChain([]), /holds no certificate authority/);
  });

  test("two roots", async () => {
    const other = await authority({ name: "Other" });
    assert.throws(() => sortChain([...whole, other.parsed]), /^Error: the chain holds 2 roots \(Root .*, Other .*\): declare one chain at a time$/);
  });

  test("two intermediates of one root", async () => {
    const sibling = await authority({ name: "Sibling", issuer: root });
    fc.assert(fc.property(fc.shuffledSubarray([...whole, sibling.parsed], { minLength: 5 }), (certificates) => assert.throws(() => sortChain(certificates), /^Error: the chain has more than one branch: /)));
  });

  test("an intermediate beside its own renewal", async () => {
    const renewed = await authority({ name: "Middle", issuer: root, key: middle.key });
    assert.throws(() => sortChain([...whole, renewed.parsed]), /^Error: the chain has more than one branch: Middle /);
  });
});

describe("the path from a certificate to its root", () => {
  test("is found through the authorities, whatever else lies there", async () => {
    const stranger = await authority({ name: "Stranger" });
    assert.deepEqual(names(pathTo(server, [stranger.parsed, ...whole])), ["server", "Issuing", "Middle", "Root"]);
  });

  test("is not there when any authority is missing", () => {
    for (const missing of [root, middle, issuing]) assert.equal(pathTo(server, whole.filter((one) => one !== missing.parsed)), undefined);
  });

  test("a self-signed certificate is its own path", async () => {
    const own = await ownSigned({ subject: "CN=own" });
    assert.deepEqual(names(pathTo(own, [])), ["own"]);
  });

  test("two authorities that signed each other are no path and no endless one", async () => {
    const [left, right] = [await newKey(), await newKey()];
    const [leftRoot, rightRoot] = [await authority({ name: "Left", key: left }), await authority({ name: "Right", key: right })];
    const crossed = [await authority({ name: "Left", key: left, issuer: rightRoot }), await authority({ name: "Right", key: right, issuer: leftRoot })];
    const leaf = await issued(leftRoot);
    assert.equal(pathTo(leaf, crossed.map(({ parsed }) => parsed)), undefined);
    assert.deepEqual(names(pathTo(leaf, [...crossed.map(({ parsed }) => parsed), rightRoot.parsed])).slice(1), ["Left", "Right"]);
  });
});

describe("everything that a certificate leads to", () => {
  test("is every issuer above it", () => {
    assert.deepEqual(names(issuersOf(server, whole)), ["Issuing", "Middle", "Root"]);
  });

  test("ends at a gap", () => {
    assert.deepEqual(names(issuersOf(server, [root.parsed, issuing.parsed])), ["Issuing"]);
  });

  test("is nothing for a self-signed certificate", async () => {
    assert.deepEqual(issuersOf(await ownSigned(), whole), []);
  });
});
