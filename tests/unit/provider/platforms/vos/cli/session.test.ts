import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../../../../../../provider/errors";
import { CliSession, type Command, NotSent, plainOutput, type SessionTimes } from "../../../../../../provider/platforms/vos/cli/session";
import { openShell } from "../../../../../../provider/transport/ssh";
import { HOST_KEY, type RunningSsh, startSshServer, type TestShell } from "../../../../../support/ssh-server";
import { until } from "../../../../../support/until";

const NODE = "pub.example.com";
const TIMES: SessionTimes = { cliStart: 4_000, cliQuestion: 60 };
const SHOW: Command = { line: "show version active", action: "read the version", limit: 4_000 };
const RESTART: Command = { line: "utils service restart Cisco Tomcat", action: "restart Cisco Tomcat", limit: 4_000, uninterruptible: true };
const DELETE: Command = { line: "set cert delete tomcat-trust a.pem", action: "delete a.pem", limit: 4_000, replies: [{ question: /\(yes\/no\) \?\s*$/, answer: "yes" }] };

const servers = new Set<RunningSsh>();
const sessions = new Set<CliSession>();

afterEach(async () => {
  for (const server of servers) assert.deepEqual(server.mistakes, []);
  await Promise.all([...servers].map((server) => server.stop()));
  await Promise.all([...sessions].map((session) => session.close()));
  servers.clear();
  sessions.clear();
});

async function serve(shell: (shell: TestShell) => Promise<void> | void): Promise<RunningSsh> {
  const server = await startSshServer({ shell });
  servers.add(server);
  return server;
}

async function begin(server: RunningSsh, times: Partial<SessionTimes> = {}): Promise<CliSession> {
  const shell = await openShell({ host: NODE, address: "127.0.0.1", port: server.port, username: "admin", password: "right", hostKeys: [HOST_KEY], connection: "hq" }, 5_000);
  const session = await CliSession.begin(shell, NODE, { ...TIMES, ...times });
  sessions.add(session);
  return session;
}

/** A session in which the script goes on after its beginning. */
async function started(script: (shell: TestShell) => Promise<void>, times?: Partial<SessionTimes>): Promise<{ session: CliSession; server: RunningSsh }> {
  const server = await serve(async (shell) => {
    await shell.begin();
    await script(shell);
  });
  return { server, session: await begin(server, times) };
}

async function failure(work: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  assert.equal(error.failed.node, NODE);
  return error;
}

describe("the beginning of a session", () => {
  test("waits for the prompt behind the banner and switches pagination off", async () => {
    const server = await serve(async (shell) => {
      await shell.pieces("Command Line Interface is starting up, please wait ...\r\n\r\n", "   Welcome to the Platform Command Line Interface\r\n", "VMware Installation:\r\n\t2 vCPU\r\n\r\n");
      await shell.begin();
      shell.write("admin:");
    });
    await begin(server);
    assert.equal(server.shells[0]!.typed, "set cli pagination off\n");
  });

  test("a prompt that is printed twice is one prompt", async () => {
    const server = await serve(async (shell) => {
      shell.write("admin:\r\n\radmin:");
      await shell.echoed();
      shell.write("Automatic pagination is turned off\r\n");
      await shell.command();
      shell.write("Active Master Version: 15.0.1.11900-40\r\nadmin:");
    });
    assert.equal(await (await begin(server)).run(SHOW), "Active Master Version: 15.0.1.11900-40\n");
  });

  test("a second prompt that comes a moment later is not taken for the end of a command", async () => {
    const server = await serve(async (shell) => {
      await shell.pieces("admin:", "\r\n\r", "admin:");
      await shell.echoed();
      shell.write("Automatic pagination is turned off\r\n");
      await shell.command();
      shell.write("Active Master Version: 15.0.1.11900-40\r\nadmin:");
    });
    assert.equal(await (await begin(server)).run(SHOW), "Active Master Version: 15.0.1.11900-40\n");
  });

  test("a shell that shows no prompt until a line is sent gets an empty one", async () => {
    const server = await serve(async (shell) => {
      assert.equal(await shell.line(), "");
      await shell.begin();
      shell.write("admin:");
    });
    await begin(server);
  });

  test("a prompt that never comes is a timeout, and the session is closed", async () => {
    const server = await serve((shell) => shell.write("Command Line Interface is starting up, please wait ...\r\n"));
    const error = await failure(begin(server, { cliStart: 150 }));
    assert.equal(error.kind, "timeout");
    assert.equal(error.message, `${NODE}: wait for the CLI prompt: the CLI prompt did not come back within 0.15 s; the last line was "Command Line Interface is starting up, please wait ..."`);
    await until(() => server.open.size === 0);
  });

  test("a node that prints for ever and never a prompt is a timeout too", async () => {
    const server = await serve(async (shell) => {
      while (!shell.ended) await shell.pieces(".");
    });
    assert.equal((await failure(begin(server, { cliStart: 200 }))).kind, "timeout");
  });

  test("a node that closes the session at once says so", async () => {
    const server = await serve((shell) => {
      shell.write("Too many logins for 'admin'.\r\n");
      shell.end();
    });
    const error = await failure(begin(server));
    assert.equal(error.kind, "connection");
    assert.match(error.message, /wait for the CLI prompt: the SSH session was closed by the node/);
  });
});

describe("a command", () => {
  test("gives its output without echo, prompt, terminal sequences and carriage returns", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      shell.write("\u001b[1mActive\u001b[0m Master Version: 15\r\r\n\u001b]0;title\u0007Second line\r\n\r\n\u001b[0madmin:");
    });
    assert.equal(await session.run(SHOW), "Active Master Version: 15\nSecond line\n\n");
  });

  test("may come in pieces of any size, cut anywhere", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      await shell.pieces("Active Mast", "er Version: 15\r", "\nLine t", "wo\u001b[", "0m\r\n", "adm", "in:");
    });
    assert.equal(await session.run(SHOW), "Active Master Version: 15\nLine two\n");
  });

  test("that prints nothing gives nothing", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      shell.write("admin:");
    });
    assert.equal(await session.run(SHOW), "");
  });

  test("is not over where its output says admin: in the middle", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      await shell.pieces("user admin: yes\r\nlogged in as admin:", " yes\r\n", "admin:");
    });
    assert.equal(await session.run(SHOW), "user admin: yes\nlogged in as admin: yes\n");
  });

  test("tells every whole line as it comes, each once", async () => {
    const lines: string[] = [];
    const { session } = await started(async (shell) => {
      await shell.command();
      await shell.pieces("Cisco Tomcat[STOP", "PING]\r\nCisco Tomcat[STARTING]\r\n", "Cisco Tomcat[STARTED]\r\nadmin:");
    });
    await session.run({ ...RESTART, watch: (line) => lines.push(line) });
    assert.deepEqual(lines, [RESTART.line, "Cisco Tomcat[STOPPING]", "Cisco Tomcat[STARTING]", "Cisco Tomcat[STARTED]"]);
  });

  test("waits for the one before it", async () => {
    const { session, server } = await started(async (shell) => {
      for (const answer of ["one", "two"]) {
        await shell.command();
        await shell.pieces(`${answer}\r\n`);
      }
      shell.write("admin:");
    });
    const both = Promise.all([session.run({ ...SHOW, line: "first" }), session.run({ ...SHOW, line: "second" })]);
    assert.deepEqual(await both, ["one\n", "two\n"]);
    assert.match(server.shells[0]!.typed, /first\nsecond\n$/);
  });

  test("shows its pages one after the other when the node pages all the same", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      for (const line of ["one", "two", "three"]) {
        shell.write(`${line}\r\n\u001b[1mPress <enter> for 1 line, <space> for one page, or <q> to quit\u001b[0m`);
        assert.equal(await shell.key(), " ");
        await shell.pieces("\r\u001b[K");
      }
      shell.write("four\r\nadmin:");
    });
    assert.equal(await session.run(SHOW), "one\ntwo\nthree\nfour\n");
  });

  test("that prints without end is cut off", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      const block = "x".repeat(100_000);
      for (let written = 0; written < 60 && !shell.ended; written++) await shell.pieces(block);
    });
    assert.match((await failure(session.run({ ...SHOW, limit: 20_000 }))).message, /the output is longer than 4000000 characters/);
  });
});

describe("a question", () => {
  test("that is known gets its answer, and the output is that of the command", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      shell.write("Do you want to delete a.pem (yes/no) ? ");
      assert.equal(await shell.echoed(), "yes");
      shell.write("Successfully deleted\r\nadmin:");
    });
    assert.match(await session.run(DELETE), /Successfully deleted\n$/);
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
    assert.equal(await session.run(SHOW), "Checking the database (this takes a while) done: yes\n");
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
    const { session } = await started(async (shell) => shell.end());
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
    assert.equal(await running, "done\n");
    await closing;
    await until(() => server.open.size === 0);
  });
});

describe("plain output", () => {
  test("is plain already when it is made plain again", () => {
    const piece = fc.constantFrom("a", "b c", "\r", "\n", "\r\n", "\u001b[1m", "\u001b[0;31m", "\u001b[K", "\u001b]0;t\u0007", "\u001b(B", "\u001b=");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = plainOutput(pieces.join(""));
        assert.equal(plainOutput(once), once);
        assert.doesNotMatch(once, /[\r\u001b]/);
      }),
    );
  });
});
