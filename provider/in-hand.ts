/** What this process is doing on the platforms right now, so that its end can wait for it, and say what it broke off. */
export class InHand {
  private readonly running = new Set<string>();
  private readonly waiting: (() => void)[] = [];

  /** One line each, such as `create of TrustCertificate on cs-ccm-pub.example.com`. */
  get lines(): readonly string[] {
    return [...this.running];
  }

  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const line = this.unused(what);
    this.running.add(line);
    try {
      return await work();
    } finally {
      this.running.delete(line);
      if (this.running.size === 0) this.waiting.splice(0).forEach((resolve) => resolve());
    }
  }

  /** Resolves when nothing is in hand. */
  idle(): Promise<void> {
    return this.running.size === 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  private unused(what: string): string {
    let line = what;
    for (let count = 2; this.running.has(line); count++) line = `${what} (${count})`;
    return line;
  }
}
