// What the state of every resource names: require("pulumi-uccerts/provider").handler("<Kind>"). This path never changes.
import type { dynamic } from "@pulumi/pulumi";
import { endInTime } from "./ending";
import { Host } from "./host";
import { InHand } from "./in-hand";
import { lifecycleOf } from "./registry";
import { Runtime } from "./runtime";

interface Process {
  runtime: Runtime;
  inHand: InHand;
}

/** One per provider process: Pulumi runs all our kinds in the same one. */
let shared: Process | undefined;

/** Pulumi starts the process with the address of its engine as the only argument. */
function start(): Process {
  const made = { runtime: new Runtime(), inHand: new InHand() };
  endInTime(made.runtime, made.inHand, process.argv[2]);
  return made;
}

/** The dynamic provider of one kind of resource. */
export function handler(kind: string): dynamic.ResourceProvider {
  const lifecycle = lifecycleOf(kind);
  const { runtime, inHand } = (shared ??= start());
  return new Host(lifecycle, runtime, inHand);
}
