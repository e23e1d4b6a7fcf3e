import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { R15, R31, readChain } from "../../../../domain/rules/encoding";
import { decision } from "../../../support/facts";
import { authority, type Authority, issued, sharedKey } from "../../../support/certificates";

let root: Authority;
let issuing: Authority;
let server: string;
before(async () => {
  root = await authority({ name: "Root" });
  issuing = await authority({ name: "Issuing", issuer: root });
  server = (await issued(issuing)).pem;
});

describe("R15: PEM, DER or PKCS#7", () => {
  test("PEM passes", () => {
    assert.deepEqual(decision(R15, [root.certificate, issuing.certificate]), ["pass"]);
  });

  test("a private key among the certificates is refused", async () => {
    assert.deepEqual(decision(R15, root.certificate + (await sharedKey())), ["it holds a private key: keep that out of programs, only certificates belong here"]);
  });

  test("a web page is refused", () => {
    assert.deepEqual(decision(R15, "<html><body>Please log in</body></html>"), ["it is neither PEM nor base-64 DER"]);
  });
});

describe("R31: the whole chain", () => {
  test("in any order, with the server certificate or without, passes", () => {
    assert.deepEqual([decision(R31, [server, issuing.certificate, root.certificate]), decision(R31, [issuing.certificate, root.certificate])], [["pass"], ["pass"]]);
  });

  test("without its root is refused", () => {
    assert.match(decision(R31, [issuing.certificate])[0]!, /^the chain lacks its root/);
  });
});

describe("a chain that a person hands over", () => {
  test("is read root first", () => {
    assert.deepEqual(readChain([issuing.certificate, root.certificate]).authorities.map(({ commonName }) => commonName), ["Root", "Issuing"]);
  });

  test("that cannot be read is refused by R15 with what to do", () => {
    assert.throws(() => readChain("nothing"), { message: "R15 it is neither PEM nor base-64 DER. Hand over the file as the authority gave it (PEM, DER or PKCS#7)" });
  });

  test("that has a gap is refused by R31 with what to do", () => {
    assert.throws(() => readChain(issuing.certificate), /^Error: R31 the chain lacks its root: .*\. Add the missing certificate; the order does not matter, it is sorted$/);
  });
});
