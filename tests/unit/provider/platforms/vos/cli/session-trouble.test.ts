// Questions that nobody expects, prompts that do not come, sessions that end.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { NotSent } from "../../../../../../provider/platforms/vos/cli/session";
import { DELETE, failure, NODE, RESTART, SHOW, started, stopAll } from "../../../../../support/scripted-session";
import { until } from "../../../../../support/until";

afterEach(stopAll);

describe("a question", () => {
  test("that is known gets its answer, and the output is that of the command", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      shell.write("Do you want to delete a.pem (yes/no) ? ");
      assert.equal(await shell.echoed(), "yes");
      shell.write("Successfully deleted\r\nadmin:");
    });
    assert.match(await session.run(DELETE), /Successfully deleted$/);
  });

  test("is answered once, however often its text is seen", async () => {
    const { session, server } = await started(async (shell) => {
      await shell.command();
      shell.write("Do you want to delete a.pem (yes/no) ? ");
      await shell.line();
      // The echo of the answer takes its time; until then the question is still the last line.
      await shell.pieces("\u001b[0m", "\r", "yes\r\nSuccessfully deleted\r\nadmin:");
    });
    await session.run(DELETE);
    assert.match(server.shells[0]!.typed, /a\.pem\nyes\n$/);
  });

  test("that is asked twice is answered twice", async () => {
    const { session, server } = await started(async (shell) => {
      await shell.command();
      for (const file of ["a.pem", "b.pem"]) {
        shell.write(`Do you want to delete ${file} (yes/no) ? `);
        await shell.echoed();
      }
      shell.write("admin:");
    });
    await session.run(DELETE);
    assert.match(server.shells[0]!.typed, /yes\nyes\n$/);
  });

  for (const question of ["Are you sure (y/n):", "Enter the password of the remote host:", "Do you really want to continue?", "Continue (yes|no)"]) {
    test(`that is not known ("${question}") is shown, left with Ctrl-C, and nothing is typed into it`, async () => {
      const { session, server } = await started(async (shell) => {
        await shell.command();
        shell.write(`Some text\r\n${question} `);
      });
      const error = await failure(session.run(SHOW));
      assert.equal(error.kind, "rejected");
      assert.equal(error.message, `${NODE}: read the version: the CLI asks "${question}", which is not known here; it was left with Ctrl-C`);
      await until(() => server.shells[0]!.typed.endsWith("active\n\u0003"));
    });
  }

  test("that only looks like one until more comes is none", async () => {
    const { session } = await started(
      async (shell) => {
        await shell.command();
        await shell.pieces("Checking the database (this takes a while)", " done:", " yes\r\n", "admin:");
      },
      { cliQuestion: 1_000 },
    );
    assert.equal(await session.run(SHOW), "Checking the database (this takes a while) done: yes");
  });

  test("leaves the session to nobody else: what waits behind it is not typed into the question", async () => {
    const { session, server } = await started(async (shell) => {
      await shell.command();
      shell.write("Enter the password of the remote host:");
    });
    const first = failure(session.run(SHOW));
    const second = failure(session.run({ ...SHOW, line: "secret command", action: "another" }));
    await first;
    const error = await second;
    assert.ok(error instanceof NotSent);
    assert.equal(error.message, `${NODE}: another: the CLI session has ended; nothing was sent`);
    assert.equal(session.open, false);
    assert.doesNotMatch(server.shells[0]!.typed, /secret command/);
  });
});

describe("a prompt that does not come back", () => {
  test("is a timeout with a clear sentence and the last line", async () => {
    const { session, server } = await started(async (shell) => {
      await shell.command();
      shell.write("Active Master Version: 15\r\n");
    });
    const error = await failure(session.run({ ...SHOW, limit: 150 }));
    assert.equal(error.kind, "timeout");
    assert.equal(error.message, `${NODE}: read the version: the CLI prompt did not come back within 0.15 s; the last line was "Active Master Version: 15"`);
    assert.equal(session.open, false);
    assert.doesNotMatch(server.shells[0]!.typed, /\u0003/);
  });

  test("is one also when the node never stops printing", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      while (!shell.ended) await shell.pieces("Cisco Tomcat[STARTING]\r\n");
    });
    assert.equal((await failure(session.run({ ...RESTART, limit: 200 }))).kind, "timeout");
    await session.close();
  });

  test("while a service restarts is waited for to the end: no Ctrl-C, whatever the last line looks like", async () => {
    const { session, server } = await started(async (shell) => {
      await shell.command();
      shell.write("Do you want to continue (yes/no) ?");
    });
    const error = await failure(session.run({ ...RESTART, limit: 300 }));
    assert.equal(error.kind, "timeout");
    assert.match(error.message, /the last line was "Do you want to continue \(yes\/no\) \?"$/);
    assert.ok(server.shells[0]!.typed.endsWith(`${RESTART.line}\n`));
  });
});

describe("a session that ends", () => {
  test("because the node closes it says so, with the command's action", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      shell.end();
    });
    const error = await failure(session.run(SHOW));
    assert.deepEqual([error.kind, error.message], ["connection", `${NODE}: read the version: the SSH session was closed by the node`]);
    assert.equal(session.open, false);
  });

  test("between two commands is not typed into", async () => {
    const { session } = await started(async (shell) => {
      await shell.pieces("admin:");
      shell.end();
    });
    await until(() => !session.open);
    assert.ok((await failure(session.run(SHOW))) instanceof NotSent);
  });

  test("because we close it waits for the command that is running", async () => {
    let answer = () => {};
    const { session, server } = await started(async (shell) => {
      await shell.command();
      await new Promise<void>((resolve) => (answer = resolve));
      shell.write("done\r\nadmin:");
    });
    const running = session.run(RESTART);
    await until(() => server.shells[0]!.typed.endsWith("Tomcat\n"));
    const closing = session.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(server.open.size, 1);
    answer();
    assert.equal(await running, "done");
    await closing;
    await until(() => server.open.size === 0);
  });
});
