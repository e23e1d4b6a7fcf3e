// What the state of every resource names: require("pulumi-uccerts/provider").handler("<Kind>"). This path never changes.
import type { dynamic } from "@pulumi/pulumi";
import { endOnSignal } from "./ending";
import { Host } from "./host";
import { lifecycleOf } from "./registry";
import { Runtime } from "./runtime";

/** One runtime per provider process: Pulumi runs all our kinds in the same one. */
let runtime: Runtime | undefined;

/** The dynamic provider of one kind of resource. */
export function handler(kind: string): dynamic.ResourceProvider {
  if (!runtime) endOnSignal((runtime = new Runtime()));
  return new Host(lifecycleOf(kind), runtime);
}
