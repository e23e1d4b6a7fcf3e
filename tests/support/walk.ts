// A walk over every moment at which a run can be cut: one whole run is recorded, with the engine's checkpoint and a snapshot of the lab at each effect on a
// device; then the run is taken up again from each of them. What is restored is what a kill leaves: done on the device, not written down by the engine.
import { type EstateDescription, type HistoryEntry, isStill, type Lab, restore, type Snapshot, snapshot, startLab, connectionsOf } from "../../lab";
import { readFolder, writeFolder } from "./folder-content";
import type { Run } from "./running";
import { TestStack } from "./stack";

/** Waits of a lab in which a run takes no longer than the engine. */
export const FAST = { tomcatStop: 5, tomcatStart: 5, serviceStop: 2, serviceStart: 2, pageLag: 2, cliStart: 2, replication: 1, distribution: 2 };

/** A moment at which a run may be cut. */
export interface Cut {
  /** What was done on the device, e.g. `restart Cisco Tomcat on cs-ccm-pub.example.com`. */
  readonly effect: string;
  /** The engine's checkpoint at that moment: the step is in it as pending. */
  readonly checkpoint: string;
  /** Our own state folder at that moment. */
  readonly files: Readonly<Record<string, string>>;
  /** The estate before the step that had this effect, and after it. */
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** Names the effect of an entry; undefined for what is none. A later issue adds its own. */
export type Effects = (entry: HistoryEntry) => string | undefined;

/** The effects of a certificate of a VOS cluster. What the platform distributes to other nodes by itself is none. */
export const VOS_EFFECTS: Effects = ({ interface: at, action, node, detail, until }) => {
  if (at !== "platform") return undefined;
  if (/^(generate CSR|regenerate) /.test(action)) return `${action} on ${node}`;
  if (/^issue request /.test(action)) return `signature by ${node}`;
  if (action === "store trust certificate") return `upload ${String(detail.commonName)} to ${String(detail.store)} of ${node}`;
  if (/^(re)?start /.test(action)) return until === undefined ? undefined : `${action} on ${node}`;
  return undefined;
};

/** The same with the uploads of identity certificates to one node, from which they are distributed. */
export function withUploadsTo(fqdn: string): Effects {
  return (entry) => (entry.interface === "platform" && entry.action.startsWith("install ") && entry.node === fqdn ? `${entry.action} on ${fqdn}` : VOS_EFFECTS(entry));
}

/** The effects of what the history holds since a mark, in their order. */
export function effectsSince(lab: Lab, mark: number, effects: Effects): string[] {
  return lab.history.since(mark).flatMap((entry) => effects(entry) ?? []);
}

/** Runs `run` and records every moment at which it may be cut. The estate must be still whenever a step begins. */
export async function record(lab: Lab, stack: TestStack, effects: Effects, run: () => Promise<Run>): Promise<{ cuts: Cut[]; run: Run }> {
  const open: Omit<Cut, "after">[] = [];
  const cuts: Cut[] = [];
  let latest = snapshot(lab);
  const close = (after: Snapshot) => cuts.push(...open.splice(0).map((cut) => ({ ...cut, after })));
  const unwatch = lab.history.watch((entry) => {
    const effect = effects(entry);
    if (effect !== undefined) {
      close(latest);
      open.push({ effect, checkpoint: stack.checkpoint, files: readFolder(stack.state), before: latest });
    } else if (entry.interface !== "platform" && isStill(lab)) latest = snapshot(lab);
  });
  try {
    const ended = await run();
    close(snapshot(lab));
    return { cuts, run: ended };
  } finally {
    unwatch();
  }
}

/** A stack with a lab of its own, on which runs are taken up again one after another. */
export class Lane {
  private constructor(
    readonly lab: Lab,
    readonly stack: TestStack,
  ) {}

  static async open(estate: EstateDescription, program: string, timing?: Record<string, string>): Promise<Lane> {
    const lab = await startLab(estate);
    try {
      return new Lane(lab, await TestStack.create({ lab, program, timing }));
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** As the kill left it: `after` the device's effect, or `before` it, for who wants to kill himself. */
  restore(cut: Cut, moment: "before" | "after"): void {
    restore(this.lab, cut[moment]);
    this.stack.setConnections(connectionsOf(this.lab));
    this.stack.checkpoint = moment === "after" ? cut.checkpoint : withoutPending(cut.checkpoint);
    writeFolder(this.stack.state, cut.files);
  }

  async close(): Promise<void> {
    this.stack.dispose();
    await this.lab.stop();
  }
}

/** The checkpoint as it is when the provider process was killed and the engine lived on: it has given the step up. */
export function withoutPending(checkpoint: string): string {
  const whole = JSON.parse(checkpoint) as { checkpoint: { latest: { pending_operations?: unknown } } };
  delete whole.checkpoint.latest.pending_operations;
  return JSON.stringify(whole);
}

/** Visits every cut; each lane takes the next one when it is done with one. */
export async function walk(cuts: readonly Cut[], lanes: readonly Lane[], visit: (cut: Cut, lane: Lane) => Promise<void>): Promise<void> {
  const left = [...cuts];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let cut = left.shift(); cut; cut = left.shift()) await visit(cut, lane);
    }),
  );
}

/** An argument of the certificate of a program whose stack `grownOld` ages. */
export const RENEWED_AFTER_300_DAYS = `renewal: { after: "300d" }`;

/** The stack as it is when its renewal is due: everything that the generation went into is older. */
export function grownOld(checkpoint: string): string {
  const [, generation] = /"generation": ?"([^"]+)"/.exec(checkpoint)!;
  const older = (time: string) => new Date(Date.parse(time) - 301 * 86_400_000).toISOString();
  const dueAt = new Date(Date.parse(generation!) + 300 * 86_400_000).toISOString();
  return checkpoint.replaceAll(generation!, older(generation!)).replaceAll(dueAt, older(dueAt));
}
