// What the state of every resource names: require("pulumi-uccerts/provider").handler("<Kind>"). This path never changes.
import type { dynamic } from "@pulumi/pulumi";
import { Host } from "./host";
import { lifecycleOf } from "./registry";
import { Runtime } from "./runtime";

/** One runtime per provider process: Pulumi runs all our kinds in the same one. */
const runtime = new Runtime();

/** The dynamic provider of one kind of resource. */
export function handler(kind: string): dynamic.ResourceProvider {
  runtime.listenForTheEnd();
  return new Host(lifecycleOf(kind), runtime);
}
