/** The servers that this run restarts right now: who finds one of them silent waits for it. */
export class RestartsUnderWay {
  private readonly running = new Map<string, Promise<void>>();

  /** Runs `work`, which restarts the server or a service of it. */
  async during<T>(fqdn: string, work: () => Promise<T>): Promise<T> {
    let over = () => {};
    const mine = Promise.all([this.running.get(fqdn), new Promise<void>((resolve) => (over = resolve))]).then(() => {});
    this.running.set(fqdn, mine);
    try {
      return await work();
    } finally {
      if (this.running.get(fqdn) === mine) this.running.delete(fqdn);
      over();
    }
  }

  /** Resolves when it is over; undefined when this run does not restart the server. */
  of(fqdn: string): Promise<void> | undefined {
    return this.running.get(fqdn);
  }
}
