// The temporary folder of a lab: it goes with the lab, with its process, or, where that was killed, when the next one is made.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAME = /^uccerts-lab-(\d+)-/;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid > 0 && !alive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

export class TemporaryFolder {
  private made?: string;
  private readonly remove = () => this.made && rmSync(this.made, { recursive: true, force: true });

  /** Made at the first call. */
  path(): string {
    if (this.made) return this.made;
    sweep();
    process.once("exit", this.remove);
    return (this.made = mkdtempSync(join(tmpdir(), `uccerts-lab-${process.pid}-`)));
  }

  end(): void {
    this.remove();
    process.removeListener("exit", this.remove);
  }
}
