import { LOCK } from "../../accounts";
import type { Command } from "../command";

export const accountCommands: Command[] = [
  { name: "show accountlocking", run: () => ["Account Lockout is enabled", `Unlock Time : ${LOCK.seconds} seconds`, `Retry Count : ${LOCK.attempts} attempts`] },
];
