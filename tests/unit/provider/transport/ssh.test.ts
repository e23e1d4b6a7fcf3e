import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { PlatformError } from "../../../../provider/errors";
import { openShell, type Shell } from "../../../../provider/transport/ssh";
import type { SshEndpoint } from "../../../../provider/transport/ssh-client";
import { HOST_KEY, type RunningSsh, type SshScript, startSshServer } from "../../../support/ssh-server";
import { closedPort, type RunningServer, startTcp } from "../../../support/tls-server";
import { until } from "../../../support/until";

const running = new Set<RunningSsh | RunningServer>();

afterEach(async () => {
  for (const server of running) if ("mistakes" in server) assert.deepEqual(server.mistakes, []);
  await Promise.all([...running].map((server) => server.stop()));
  running.clear();
});

async function serve(script: SshScript = {}): Promise<RunningSsh> {
  const server = await startSshServer(script);
  running.add(server);
  return server;
}

function endpoint(port: number, members: Partial<SshEndpoint> = {}): SshEndpoint {
  return { host: "pub.example.com", address: "127.0.0.1", port, username: "admin", password: "right", hostKeys: [HOST_KEY], connection: "hq", ...members };
}

async function failure(work: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  return error;
}

async function read(shell: Shell, wanted: string): Promise<string> {
  let text = "";
  for (let look = 0; look < 500 && !text.includes(wanted); look++) text += (await shell.next("read", 10)) ?? "";
  return text;
}

describe("logging in", () => {
  test("answers the one question for the password and opens a shell", async () => {
    const server = await serve({ shell: async (shell) => shell.write(`you typed ${await shell.line()}`) });
    const shell = await openShell(endpoint(server.port), 5_000);
    shell.write("hello\n");
    assert.equal(await read(shell, "hello"), "you typed hello");
    assert.deepEqual(server.passwords, ["right"]);
    shell.close();
  });

  test("asks first what the server takes where that is not known, and gives the password once", async () => {
    const server = await serve();
    (await openShell(endpoint(server.port, { logIn: "as offered" }), 5_000)).close();
    const error = await failure(openShell(endpoint(server.port, { logIn: "as offered", password: "wrong" }), 5_000));
    assert.deepEqual([error.kind, server.passwords], ["authentication", ["right", "wrong"]]);
  });

  test("with a wrong password is tried once and never again", async () => {
    const server = await serve();
    const error = await failure(openShell(endpoint(server.port, { password: "wrong" }), 5_000));
    assert.equal(error.kind, "authentication");
    assert.match(error.message, /^pub\.example\.com: SSH log-in: the log-in of admin was refused\. Nothing more was tried .* Correct the connection's user name and password$/);
    assert.deepEqual([server.passwords, server.connections()], [["wrong"], 1]);
  });

  test("does not type the password a second time when it is asked for again", async () => {
    const answers: string[][] = [];
    const again = { prompt: "Password: ", echo: false };
    const server = await serve({
      authenticate: (context) =>
        context.prompt([again], (first) => {
          answers.push(first);
          context.prompt([again], (second) => void answers.push(second));
        }),
    });
    assert.match((await failure(openShell(endpoint(server.port, { password: "wrong" }), 5_000))).message, /the log-in of admin was refused/);
    assert.deepEqual(answers, [["wrong"]]);
  });

  for (const prompts of [["New password: "], ["(current) UNIX password: "], ["Retype new password: "], ["Verification code: "], ["Password: ", "Token: "]]) {
    test(`types nothing into "${prompts.join("")}" and shows it`, async () => {
      const answers: string[][] = [];
      const server = await serve({ authenticate: (context) => context.prompt(prompts.map((prompt) => ({ prompt, echo: false })), "", "Your password has expired.", (given) => void answers.push(given)) });
      const error = await failure(openShell(endpoint(server.port), 5_000));
      assert.equal(error.kind, "authentication");
      assert.ok(error.message.includes(`asks "${prompts.join(" ").trim()}`) || error.message.includes(prompts[0]!.trim()), error.message);
      assert.match(error.message, /nothing was typed into it/);
      assert.deepEqual(answers, []);
    });
  }

  test("answers a message without a question", async () => {
    const server = await serve({
      authenticate: (context) =>
        context.prompt([{ prompt: "admin@pub's password: ", echo: false }], ([password]) =>
          context.prompt([], () => (password === "right" ? context.accept() : context.reject())),
        ),
    });
    (await openShell(endpoint(server.port), 5_000)).close();
  });
});

describe("a host key that is not known", () => {
  test("is shown with the line to add, and no password is sent", async () => {
    const server = await serve();
    const error = await failure(openShell(endpoint(server.port, { hostKeys: [`SHA256:${"a".repeat(43)}`] }), 5_000));
    assert.equal(error.kind, "rejected");
    assert.ok(error.message.includes(`the host key ${HOST_KEY} is unknown to the connection "hq"`));
    assert.ok(error.message.endsWith(`pulumi config set --path 'uccerts:connections.hq.ssh.hostKeys[1]' ${HOST_KEY}`));
    assert.deepEqual(server.passwords, []);
  });

  test("is one when none is known at all", async () => {
    const server = await serve();
    assert.match((await failure(openShell(endpoint(server.port, { hostKeys: [] }), 5_000))).message, /ssh\.hostKeys\[0\]'/);
  });

  test("is none when it is pinned with the padding of base-64", async () => {
    const server = await serve();
    (await openShell(endpoint(server.port, { hostKeys: [`${HOST_KEY}=`] }), 5_000)).close();
  });
});

describe("a node that does not let a shell be opened", () => {
  test("because nobody listens", async () => {
    const port = await closedPort();
    const error = await failure(openShell(endpoint(port), 5_000));
    assert.deepEqual([error.kind, error.message], ["connection", `pub.example.com: SSH log-in: no SSH connection to 127.0.0.1:${port} (ECONNREFUSED)`]);
  });

  test("because it closes the connection at once", async () => {
    const server = await startTcp((socket) => socket.destroy());
    running.add(server);
    assert.equal((await failure(openShell(endpoint(server.port), 5_000))).kind, "connection");
  });

  test("because it says nothing: within the limit, and nothing stays open", async () => {
    const server = await startTcp();
    running.add(server);
    const error = await failure(openShell(endpoint(server.port), 100));
    assert.equal(error.kind, "timeout");
    await until(() => server.open.size === 0);
  });

  test("because it drops the connection after the log-in: that is no refusal", async () => {
    const server = await serve({ authenticate: (context, drop) => context.prompt([{ prompt: "Password: ", echo: false }], drop) });
    assert.equal((await failure(openShell(endpoint(server.port), 5_000))).kind, "connection");
  });

  test("because it never gives a shell: within the limit, and nothing stays open", async () => {
    const server = await serve({ withoutShell: true });
    assert.equal((await failure(openShell(endpoint(server.port), 200))).kind, "timeout");
    await until(() => server.open.size === 0);
  });

  test("because it never asks for a password", async () => {
    const server = await serve({ authenticate: () => {} });
    assert.equal((await failure(openShell(endpoint(server.port), 200))).kind, "timeout");
  });

  test("because it is no SSH server", async () => {
    const server = await startTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    running.add(server);
    assert.equal((await failure(openShell(endpoint(server.port), 2_000))).kind, "connection");
  });
});

describe("an open shell", () => {
  test("gives characters whole that arrive in two pieces", async () => {
    const [umlaut, euro] = [Buffer.from("ü"), Buffer.from("€")];
    const server = await serve({ shell: (shell) => shell.pieces(umlaut.subarray(0, 1), umlaut.subarray(1), euro.subarray(0, 2), euro.subarray(2), "!") });
    const shell = await openShell(endpoint(server.port), 5_000);
    assert.equal(await read(shell, "!"), "ü€!");
    shell.close();
  });

  test("gives nothing after so much silence", async () => {
    const server = await serve();
    const shell = await openShell(endpoint(server.port), 5_000);
    assert.equal(await shell.next("read", 20), undefined);
    assert.ok(shell.open);
    shell.close();
  });

  test("that the node closes gives what came before, then says so with the action", async () => {
    const server = await serve({
      shell(shell) {
        shell.write("last words");
        shell.end();
      },
    });
    const shell = await openShell(endpoint(server.port), 5_000);
    await until(() => !shell.open);
    assert.equal(await shell.next("read", 1_000), "last words");
    const error = await failure(shell.next("read the version", 1_000));
    assert.deepEqual([error.kind, error.message], ["connection", "pub.example.com: read the version: the SSH session was closed by the node"]);
    shell.close();
  });

  test("that the node has closed bears what is still written into it", async () => {
    const server = await serve({ shell: (shell) => shell.end() });
    const shell = await openShell(endpoint(server.port), 5_000);
    await until(() => !shell.open);
    shell.write("anybody there?\n");
    await assert.rejects(shell.next("read", 1_000), { kind: "connection" });
    shell.close();
  });

  test("whose connection is lost says so to who waits", async () => {
    const server = await serve();
    const shell = await openShell(endpoint(server.port), 5_000);
    const waiting = failure(shell.next("read", 60_000));
    await until(() => server.shells.length === 1);
    server.shells[0]!.drop();
    const error = await waiting;
    assert.equal(error.kind, "connection");
    assert.match(error.message, /^pub\.example\.com: read: the SSH (connection was lost|session was closed)/);
  });

  test("that is closed here leaves no connection behind, whether or not the node says goodbye", async () => {
    const server = await serve();
    for (let time = 0; time < 2; time++) (await openShell(endpoint(server.port), 5_000)).close();
    await until(() => server.open.size === 0);
  });
});
