import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PlatformError } from "../../../provider/errors";
import { told, words } from "../../../provider/failure";
import { renewal } from "../../../provider/resources/renewal";

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("the words of a failure", () => {
  test("are those of the platform", () => {
    assert.equal(words(new PlatformError("rejected", { node: "pub", action: "upload", answer: "no", remedy: "Try yes" })), "pub: upload: no. Try yes");
  });

  test("say of a slip of ours where it is", () => {
    const slip = thrown(() => renewal.diff(undefined as never, { after: "1d" }, new Date()));
    assert.match(words(slip), /^Cannot read properties of undefined \(reading 'after'\) \(a mistake in pulumi-uccerts: please report it, provider\/difference\.js:\d+\)$/);
  });

  test("are those of every failure when there are several", () => {
    assert.equal(words(new AggregateError([new Error("one"), new Error("two")])), "one; two");
  });

  test("are never empty", () => {
    assert.equal(words(Object.assign(new Error(""), { code: "ECONNREFUSED" })), "ECONNREFUSED");
    assert.equal(words(new Error("")), "Error");
    assert.equal(words(""), "failed without a reason");
    assert.equal(words("just text"), "just text");
  });
});

test("Pulumi's SDK prints a failure in one line, without a stack", () => {
  const error = told("pub: upload: no", "(delete of TrustCertificate)");
  assert.equal(`${error}: ${error.stack}`, "pub: upload: no: (delete of TrustCertificate)");
});
