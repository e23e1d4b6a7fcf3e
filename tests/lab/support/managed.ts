// A lab with its management port, as a program in another process has it.
import type { Lab } from "../../../lab/lab";
import { type Management, startManagement } from "../../../lab/management";

export interface Reply {
  status: number;
  body: unknown;
}

export type Call = (operation: string, body?: unknown, token?: string) => Promise<Reply>;

/** Does `work` with the management port of a lab and stops both. */
export async function managed(starting: Promise<Lab>, work: (call: Call, lab: Lab, management: Management) => Promise<void>): Promise<void> {
  const lab = await starting;
  const management = await startManagement(lab);
  const call: Call = async (operation, body, token = management.token) => {
    const [method, path] = operation.split(" ") as [string, string];
    const answer = await fetch(`${management.url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, body: body === undefined ? undefined : JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  try {
    await work(call, lab, management);
  } finally {
    await management.stop();
    await lab.stop();
  }
}
