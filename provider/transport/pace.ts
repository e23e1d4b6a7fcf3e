import { sleep } from "../waiting";

/** So many in so long; the others wait, in their order. */
export class Pace {
  private readonly begun: number[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private readonly ending = new AbortController();

  /** @param within milliseconds */
  constructor(
    private readonly most: number,
    private readonly within: number,
  ) {}

  /** Resolves when the next one may begin. @throws when it is closed before */
  turn(): Promise<void> {
    const turn = this.last.then(() => this.next());
    this.last = turn.catch(() => {});
    return turn;
  }

  /** Nobody begins any more. */
  close(): void {
    this.ending.abort();
  }

  private async next(): Promise<void> {
    const since = this.begun.length < this.most ? undefined : this.begun.shift()!;
    await sleep(since === undefined ? 0 : Math.max(0, since + this.within - Date.now()), this.ending.signal);
    this.begun.push(Date.now());
  }
}
