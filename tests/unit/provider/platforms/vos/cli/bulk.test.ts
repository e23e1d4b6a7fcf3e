// Bulk Certificate Management on nodes that ask in other words: only what names its field alone is answered.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { BulkCli } from "../../../../../../provider/platforms/vos/cli/bulk";
import type { TestShell } from "../../../../../support/ssh-server";
import { failure, NODE, started, stopAll } from "../../../../../support/scripted-session";

afterEach(stopAll);

const SERVER = { address: "10.24.161.145", port: 22, username: "cisco", password: "secret-word", directory: "/" };

const CTRL_C = "\u0003";

/** A line, or what ends it. */
async function typed(shell: TestShell): Promise<string> {
  for (let text = ""; ; ) {
    const key = await shell.key();
    if (key === "\n") return text;
    text += key;
    if (key === CTRL_C) return text;
  }
}

/** A node that asks these prompts, and the command that talks to it. */
async function asking(prompts: readonly string[], last = "Saved successfully\n"): Promise<{ bulk: BulkCli; answers: string[] }> {
  const answers: string[] = [];
  const { session } = await started(async (shell: TestShell) => {
    await shell.command();
    for (const prompt of prompts) {
      shell.write(prompt);
      const answer = await typed(shell);
      answers.push(answer);
      if (answer === CTRL_C) return;
      shell.write("\r\n");
    }
    shell.write(`${last}admin:`);
  });
  return { bulk: new BulkCli({ host: NODE, limit: 4_000, write: (command) => session.run({ limit: 4_000, ...command }) }), answers };
}

describe("the prompts of set cert bulk sftp", () => {
  for (const prompts of [
    ["IP Address: ", "Port: ", "User ID: ", "Password: ", "Directory: "],
    ["Enter host name or IP address of the SFTP server:", "Enter user name:", "Enter password :", "Enter path :", "Port [22] :"],
  ])
    test(`are answered by the field that they name: ${prompts.join(" ")}`, async () => {
      const { bulk, answers } = await asking(prompts);
      await bulk.configure(SERVER);
      const wanted = (prompt: string) => (/address/i.test(prompt) ? SERVER.address : /port/i.test(prompt) ? "22" : /user/i.test(prompt) ? "cisco" : /password/i.test(prompt) ? "secret-word" : "/");
      assert.deepEqual(answers, prompts.map(wanted));
    });

  for (const prompt of ["Encryption key: ", "User ID and password: ", "Continue (yes/no)? "])
    test(`that are not known are shown, and nothing is typed: ${prompt.trim()}`, async () => {
      const { bulk, answers } = await asking([prompt]);
      const { failed } = await failure(bulk.configure(SERVER));
      assert.match(failed.answer, new RegExp(`asks "${prompt.trim().replace(/[()?]/g, "\\$&")}", which is not known here`));
      for (let tries = 0; tries < 500 && answers.length === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.deepEqual(answers, [CTRL_C]);
    });
});

describe("what a node says at the end", () => {
  for (const [what, last] of [["nothing that is a success", "Done\n"], ["a success and a failure", "Successfully read\nUnable to save\n"]] as const)
    test(`is an error when it is ${what}`, async () => {
      const { bulk } = await asking(["Directory: "], last);
      assert.equal((await failure(bulk.configure(SERVER))).kind, "rejected");
    });

  test("never shows the password that it echoes", async () => {
    const { bulk } = await asking(["Password: "], "secret-word\nUnable to save\n");
    assert.ok(!(await failure(bulk.configure(SERVER))).message.includes("secret-word"));
  });
});
