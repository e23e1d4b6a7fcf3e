import assert from "node:assert/strict";
import type { Lab } from "../../lab";
import type { TestStack } from "./stack";

export interface Refusal {
  lab: Lab;
  stack: TestStack;
  /** Default: by a preview, of which the lab notices nothing at all. With a function: by an up, after which this finds nothing done. */
  done?: (lab: Lab, mark: number) => unknown[];
}

/** Plays a program that is refused in these words, and changes nothing. */
export async function assertRefused({ lab, stack, done }: Refusal, program: string, ...expected: readonly RegExp[]): Promise<void> {
  stack.write(program);
  const mark = lab.history.mark();
  const { code, output } = await (done ? stack.up() : stack.preview());
  assert.notEqual(code, 0, output);
  for (const one of expected) assert.match(output, one);
  assert.deepEqual(done ? done(lab, mark) : lab.history.since(mark), []);
}
