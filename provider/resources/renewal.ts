import { parseDuration } from "../../domain/duration";
import type { RenewalInputs, RenewalOutputs } from "../../sdk/renewal";
import { compare } from "../difference";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";

/** The first and last moment that a date can hold; a longer `after` would never be due. */
const LONGEST_MS = 100 * 365 * 86_400_000;

type RenewalState = State<RenewalInputs, RenewalOutputs>;

function dueAt(generation: string, after: string): string {
  return new Date(Date.parse(generation) + parseDuration(after)!).toISOString();
}

/** Clock only: it decides in `diff`, from state and clock, that the next generation begins. */
export const renewal: Lifecycle<RenewalInputs, RenewalOutputs> = {
  kind: "Renewal",

  id: () => "renewal",

  check({ after }) {
    if (after === UNKNOWN) return { failures: [] };
    const milliseconds = typeof after === "string" ? parseDuration(after) : undefined;
    if (milliseconds !== undefined && milliseconds <= LONGEST_MS) return { failures: [] };
    return { failures: [{ property: "after", reason: `"${String(after)}" is not a duration: write a number and a unit (s, m, h, d, w), such as "300d"` }] };
  },

  diff(state, inputs, now) {
    const difference = compare<RenewalInputs>({ after: "update" }, state, inputs);
    const due = dueAt(state.generation, inputs.after === UNKNOWN ? state.after : inputs.after);
    if (now < new Date(due)) return difference;
    return { ...difference, change: "update", notes: [`renewal is due since ${due} (${state.after} after ${state.generation})`] };
  },

  async ensure({ after }, prior, { clock }): Promise<RenewalState> {
    const now = clock.now();
    if (prior) {
      const due = dueAt(prior.generation, after);
      if (now < new Date(due)) return { ...prior, after, dueAt: due };
    }
    const generation = now.toISOString();
    return { after, generation, dueAt: dueAt(generation, after), issuedAfter: prior ? generation : "" };
  },

  observe: async (state) => state,

  remove: async () => {},
};
