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
      if (outcome === "good") return this.watch(account, work);
      if (outcome) throw outcome.refused;
      const running = this.first.get(account);
      if (!running) break;
      await running.catch(() => {});
    }
    const attempt = this.watch(account, work);
    this.first.set(account, attempt);
    try {
      return await attempt;
    } finally {
      this.first.delete(account);
    }
  }

  /**
   * Only what succeeds proves a credential, and only an authentication error disproves it: a 503 of the load balancer, a page that is none,
   * a certificate that is not accepted came before anybody looked at it, and the next one tries alone again.
   */
  private async watch<T>(account: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (this.outcomes.get(account) === undefined) this.outcomes.set(account, "good");
      return result;
    } catch (error) {
      if (error instanceof PlatformError && error.kind === "authentication") this.outcomes.set(account, { refused: error });
      throw error;
    }
  }
}
