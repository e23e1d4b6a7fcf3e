// A stack of the bench: a program and the files that it reads, in a folder of its own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { chainOf } from "../tests/support/a1";
import { authority } from "../tests/support/certificates";
import { type Run, TestStack } from "../tests/support/stack";

/** Waits as a user has them, but for the polls: what is measured is work, not sleep. */
const TIMING = { request: "60s", connect: "30s", cliStart: "60s", serviceRestart: "60s", webReady: "60s" };

/** @param program as of `TestStack` */
export function labStack(lab: Lab, program: string): Promise<TestStack> {
  return TestStack.create({ lab, program, timing: TIMING });
}

export async function stackOf(lab: Lab, text: string): Promise<TestStack> {
  const stack = await labStack(lab, "");
  place(stack, "index.js", text);
  place(stack, "chain.pem", chainOf(lab).join(""));
  return stack;
}

/** Authorities of partners, which the program declares as trusted. */
export async function placePartners(stack: TestStack, count: number): Promise<void> {
  for (let index = 0; index < count; index++) place(stack, `partner-${index}.pem`, (await authority({ name: `Partner Root ${index}` })).parsed.pem);
}

function place(stack: TestStack, name: string, text: string): void {
  writeFileSync(join(stack.folder, name), text);
}

/** A run that must go well. @throws with what it printed */
export async function good(run: Promise<Run>): Promise<Run> {
  const done = await run;
  if (done.code !== 0) throw new Error(`a measured run failed:\n${done.output}`);
  return done;
}
