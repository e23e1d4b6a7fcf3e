// What a program may declare only once.
import * as pulumi from "@pulumi/pulumi";

/** By run of a program: a stack object lives as long as its run. */
const seen = new WeakMap<object, Map<string, string>>();
const outsideOfARun = {};

/** Notes that `name` declares `what`. @returns the name of whatever has declared it before in this run; undefined for the first */
export function declaredBefore(what: string, name: string): string | undefined {
  const run: object = pulumi.runtime.getStackResource() ?? outsideOfARun;
  const known = seen.get(run) ?? new Map<string, string>();
  seen.set(run, known);
  const first = known.get(what);
  if (first === undefined) known.set(what, name);
  return first;
}
