import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import fc from "fast-check";
import { plainOutput } from "../../../../../../provider/platforms/vos/cli/session";
import { begin, failure, NODE, PATIENT, RESTART, serve, SHOW, started, stopAll } from "../../../../../support/scripted-session";
import { until } from "../../../../../support/until";

afterEach(stopAll);

describe("the beginning of a session", () => {
  test("waits for the prompt behind the banner and switches pagination off", async () => {
    const server = await serve(async (shell) => {
      await shell.pieces("Command Line Interface is starting up, please wait ...\r\n\r\n", "   Welcome to the Platform Command Line Interface\r\n", "VMware Installation:\r\n\t2 vCPU\r\n\r\n");
      await shell.begin();
      shell.write("admin:");
    });
    await begin(server, PATIENT);
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
    assert.equal(await (await begin(server, PATIENT)).run(SHOW), "Active Master Version: 15.0.1.11900-40");
  });

  test("a second prompt that comes a moment later is not taken for the end of a command", async () => {
    const server = await serve(async (shell) => {
      await shell.pieces("admin:", "\r\n\r", "admin:");
      await shell.echoed();
      shell.write("Automatic pagination is turned off\r\n");
      await shell.command();
      shell.write("Active Master Version: 15.0.1.11900-40\r\nadmin:");
    });
    assert.equal(await (await begin(server, PATIENT)).run(SHOW), "Active Master Version: 15.0.1.11900-40");
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
    assert.equal(await session.run(SHOW), "Active Master Version: 15\nSecond line\n");
  });

  test("may come in pieces of any size, cut anywhere", async () => {
    const { session } = await started(async (shell) => {
      await shell.command();
      await shell.pieces("Active Mast", "er Version: 15\r", "\nLine t", "wo\u001b[", "0m\r\n", "adm", "in:");
    });
    assert.equal(await session.run(SHOW), "Active Master Version: 15\nLine two");
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
    assert.equal(await session.run(SHOW), "user admin: yes\nlogged in as admin: yes");
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
    assert.deepEqual(await both, ["one", "two"]);
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
    assert.equal(await session.run(SHOW), "one\ntwo\nthree\nfour");
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
