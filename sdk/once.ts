// What a program may declare only once.
import * as pulumi from "@pulumi/pulumi";

/** By run of a program: a stack object lives as long as its run. */
const seen = new WeakMap<object, Map<string, string>>();
const outsideOfARun = {};

/** The run of the program that goes on, for what is kept as long as it. */
export function currentRun(): object {
  return pulumi.runtime.getStackResource() ?? outsideOfARun;
}

/** Notes that `name` declares `what`. @returns the name of whatever has declared it before in this run; undefined for the first */
export function declaredBefore(what: string, name: string): string | undefined {
  const run = currentRun();
  const known = seen.get(run) ?? new Map<string, string>();
  seen.set(run, known);
  const first = known.get(what);
  if (first === undefined) known.set(what, name);
  return first;
}
