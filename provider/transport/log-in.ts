import { PlatformError } from "../errors";

type Outcome = "good" | { refused: PlatformError };

/**
 * The first log-in with a credential happens alone, the others wait for it; after one refusal nobody tries again in this run.
 * Three wrong log-ins lock an OS account for minutes (platform-interfaces.md 3.1), and eight resources start at once.
 */
export class LogIns {
  private readonly outcomes = new Map<string, Outcome>();
  private readonly first = new Map<string, Promise<unknown>>();

  /** Runs `work`, which logs in as `account` (a name that is unique for user and place). */
  async with<T>(account: string, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const outcome = this.outcomes.get(account);
      if (outcome === "good") return this.watch(account, work());
      if (outcome) throw outcome.refused;
      const running = this.first.get(account);
      if (!running) break;
      await running.catch(() => {});
    }
    const attempt = this.watch(account, work());
    this.first.set(account, attempt);
    try {
      const result = await attempt;
      this.outcomes.set(account, "good");
      return result;
    } finally {
      this.first.delete(account);
    }
  }

  private async watch<T>(account: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof PlatformError && error.kind === "authentication") this.outcomes.set(account, { refused: error });
      else if (error instanceof PlatformError && this.outcomes.get(account) === undefined && error.kind !== "connection" && error.kind !== "timeout") this.outcomes.set(account, "good");
      throw error;
    }
  }
}
