// `node:test` for files all of whose tests start Windows hosts: where the machine has no JDK, such a file is one skipped test that says so.
import * as real from "node:test";
import { NO_JDK } from "./jdks";

type Parts = Pick<typeof real, "after" | "afterEach" | "before" | "beforeEach" | "describe" | "it" | "test">;

const nothing = () => Promise.resolve();
/** Takes every declaration and does none. */
const silent = { after: nothing, afterEach: nothing, before: nothing, beforeEach: nothing, describe: nothing, it: nothing, test: nothing } as unknown as Parts;

if (NO_JDK) void real.test("Windows hosts of the lab", { skip: NO_JDK }, () => {});

export const { after, afterEach, before, beforeEach, describe, it, test }: Parts = NO_JDK ? silent : real;
