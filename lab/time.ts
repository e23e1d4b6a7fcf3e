/** The waits of a lab. They end with it, so that nothing keeps its process alive once it is stopped. */
export class Waits {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();
  private over = false;

  /** Resolves after a while, and at once when the lab is stopped. */
  sleep(milliseconds: number): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, milliseconds);
      this.pending.set(timer, resolve);
    });
  }

  end(): void {
    this.over = true;
    for (const [timer, resolve] of this.pending) {
      clearTimeout(timer);
      resolve();
    }
    this.pending.clear();
  }
}
