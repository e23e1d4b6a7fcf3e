import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { columns } from "../../../domain/columns";

describe("a table in text", () => {
  test("each column is as wide as its widest cell, with two spaces between", () => {
    assert.equal(columns([["step", "node"], ["1", "cs-ccm-pub"], ["12", ""]]), "step  node\n1     cs-ccm-pub\n12");
  });

  test("a table without rows is empty", () => {
    assert.equal(columns([]), "");
  });
});
