import * as pulumi from "@pulumi/pulumi";
import { ProgramError } from "./program-error";
import { type Kind, shim, typeToken } from "./tokens";

/** A value, or the output of another resource, at any depth. */
type Arg<T> = pulumi.Input<[T] extends [readonly (infer E)[]] ? readonly Arg<E>[] : [T] extends [object] ? { [K in keyof T]: Arg<NonNullable<T[K]>> } : T>;

/** What a constructor takes for plain inputs `I`: each may be the output of another resource. */
export type Args<I> = { [K in keyof I]: Arg<NonNullable<I[K]>> };

/** What a resource offers: its inputs `I` and what it observed or made, `O`. */
export type Offers<I, O> = { readonly [K in keyof (I & O)]: pulumi.Output<(I & O)[K]> };

/** Every output must be named when a resource is registered; a type error here means that one was forgotten. */
export type Seeds<O> = { [K in keyof Required<O>]: undefined };

/** Options of our resources. `import` and `id` are not among them: every resource adopts what is already there. */
export type ResourceOptions = Omit<pulumi.CustomResourceOptions, "import" | "id">;

/**
 * The base of all resources: what `pulumi.dynamic.Resource` does, without the serialised closure.
 * @throws when `import` or `id` is used: a declared resource adopts what the platform already has.
 */
export abstract class Resource<I extends object, O extends object> extends pulumi.CustomResource {
  constructor(kind: Kind, name: string, args: Args<I>, seeds: Seeds<O>, options: ResourceOptions = {}) {
    refuseForeign(kind, name, options);
    const limit = Error.stackTraceLimit;
    // The SDK takes four stacks of every property, for the debugging of promises alone, and that costs more than all that we do.
    // The position in the program, which it shows, it takes with a limit of its own.
    Error.stackTraceLimit = 0;
    try {
      super(typeToken(kind), name, { ...seeds, ...given(args), __provider: shim(kind) }, options);
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

/** Without what is not declared: the engine ignores it, and the SDK spends more on every property than we do on the rest. */
function given(args: object): object {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

function refuseForeign(kind: Kind, name: string, options: pulumi.CustomResourceOptions): void {
  const adopted = 'Remove the option and run "pulumi up": what the platform already has is adopted as it is, and nothing is written.';
  if (options.import !== undefined) throw new ProgramError(`${kind} "${name}": "import" is not needed and cannot work here. ${adopted}`);
  if (options.id !== undefined) throw new ProgramError(`${kind} "${name}": "id" cannot work here: a resource of this kind is declared, not looked up. ${adopted}`);
}
