// Looks at what a port serves, from here or from a Windows host.
import type { Context, Server } from "../../context";
import { PlatformError } from "../../errors";

/**
 * Looks at a server; while this run restarts it, it is waited for instead of being told as silent.
 * @throws what the look throws when nobody restarts it
 */
export async function lookAtServer<T>({ fqdn }: Pick<Server, "fqdn">, look: () => Promise<T>, context: Context): Promise<T> {
  for (;;) {
    const before = context.restarting.of(fqdn);
    try {
      return await look();
    } catch (error) {
      const restart = before ?? context.restarting.of(fqdn);
      if (!restart || !(error instanceof PlatformError)) throw error;
      context.say(`${fqdn}: does not answer while it is restarted; waiting until that is over`);
      await restart;
    }
  }
}
