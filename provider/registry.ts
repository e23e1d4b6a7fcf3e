import { KINDS, type Kind } from "../sdk/tokens";
import type { AnyLifecycle } from "./lifecycle";
import { renewal } from "./resources/renewal";

/** Kind → lifecycle. Adding a resource is one line here. */
const LIFECYCLES = {
  Renewal: renewal,
} satisfies Record<Kind, unknown>;

/**
 * The lifecycle of a kind.
 * @throws when the state was written by a version of this package that knows more kinds than this one.
 */
export function lifecycleOf(kind: string): AnyLifecycle {
  if (!(KINDS as readonly string[]).includes(kind))
    throw new Error(`this version of pulumi-uccerts does not know resources of kind "${kind}": install the version that made them, or a later one`);
  return LIFECYCLES[kind as Kind] as unknown as AnyLifecycle;
}
