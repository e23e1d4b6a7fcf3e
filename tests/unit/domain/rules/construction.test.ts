import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KEPT_BY_CONSTRUCTION } from "../../../../domain/rules/construction";

describe("rules that are kept by the way in which things are built", () => {
  test("say what they demand, at which level, and where they are kept", () => {
    for (const { id, title, kept, levels } of KEPT_BY_CONSTRUCTION) assert.ok(title !== "" && kept !== "" && levels.length > 0, id);
  });

  test("are those about owners, restarts, keystores, secrets, locks, waiting and reports", () => {
    const ids = KEPT_BY_CONSTRUCTION.map(({ id }) => id);
    assert.deepEqual(ids, ["R26", "R29", "R30", "R33", "R36", "R39", "R42", "R43", "R44", "R45", "R47", "R50", "R51", "R52", "R106", "R114", "R118", "R120", "R121", "R126", "R132", "R133", "R134", "R136"]);
  });
});
