// The files for phones where a node does not speak as the lab does: other questions, and answers that are none.
import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTls } from "node:tls";
import { afterEach, describe, test } from "node:test";
import { TrustFiles } from "../../../../../provider/platforms/vos/trust-files";
import { tlsPolicy } from "../../../../../provider/transport/pins";
import type { TestShell } from "../../../../support/ssh-server";
import { failure, NODE, started, stopAll } from "../../../../support/scripted-session";
import { until } from "../../../../support/until";
import { owner } from "../../../../support/trust-list";

const CTRL_C = "\u0003";
const NO_CTL = "Length of CTL file: 0\r\nCTL File not found . Please run CTLClient plugin\r\nError parsing the CTL File.\r\nadmin:";
const TIMES = { connect: 2_000, request: 2_000, retryFirst: 1 };

const servers = new Set<Server>();
afterEach(async () => {
  await stopAll();
  for (const server of servers) server.close();
  servers.clear();
});

const nothing = { read: () => assert.fail("read"), write: () => assert.fail("write") };

/** The files of a node that is this server on every port. */
async function of(server: Server): Promise<TrustFiles> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.add(server);
  const { port } = server.address() as AddressInfo;
  return new TrustFiles({ fqdn: NODE, cli: nothing, endpoint: () => ({ host: NODE, address: "127.0.0.1", port, tls: tlsPolicy("hq") }), times: TIMES });
}

/** A node whose update of the CTL asks this question; what was typed into it. */
async function asking(question: string, last: string): Promise<{ files: TrustFiles; typed: () => string | undefined }> {
  let typed: string | undefined;
  const { session } = await started(async (shell: TestShell) => {
    await shell.command();
    shell.write(NO_CTL);
    await shell.echoed();
    shell.write(question);
    typed = await shell.key();
    if (typed === CTRL_C) return;
    shell.write(`\r\n${last}\r\nadmin:`);
  });
  const run = (line: string, action: string) => session.run({ line, action, limit: 4_000 });
  const cli = { read: run, write: (command: { line: string; action: string }) => session.run({ limit: 4_000, ...command }) };
  return { typed: () => typed, files: new TrustFiles({ fqdn: NODE, cli, endpoint: () => assert.fail("endpoint"), times: TIMES }) };
}

describe("the question of utils ctl update CTLFile", () => {
  for (const question of ["This operation updates the CTLFile. Do you want to continue? (y/n):", "This operation will update the CTL File. Do you want to continue ? (y/n) : "])
    test(`is answered: ${question.trim()}`, async () => {
      const { files, typed } = await asking(question, "Updating CTL file\r\nCTL file Updated");
      assert.match(await files.updateCtl(), /CTL file Updated$/);
      assert.equal(typed(), "y");
    });

  for (const question of ["All phones will be reset. Do you want to continue? (y/n):", "Enter the password of the security token:"])
    test(`is left alone and shown when it is another one: ${question}`, async () => {
      const { files, typed } = await asking(question, "CTL file Updated");
      const { kind, failed } = await failure(files.updateCtl());
      await until(() => typed() !== undefined, "what is typed");
      assert.deepEqual([kind, failed.action, typed()], ["rejected", "update the CTL", CTRL_C]);
      assert.ok(failed.answer.includes(`the CLI asks "${question}", which is not known here`), failed.answer);
    });

  test("is followed by words that do not say that it was done: they are told", async () => {
    const { files } = await asking("This operation updates the CTLFile. Do you want to continue? (y/n):", "Updating CTL file\r\nThe database cannot be reached\r\nExecuted command unsuccessfully");
    const { kind, failed } = await failure(files.updateCtl());
    assert.deepEqual([kind, failed.answer], ["rejected", "Updating CTL file; The database cannot be reached"]);
  });
});

describe("what is no file for phones is told:", () => {
  const answering = (status: number, body: string) => of(createHttp((_request, response) => response.writeHead(status).end(body)));

  test("a page where a file should be", async () => {
    const { kind, failed } = await failure((await answering(200, "<html>sign in</html>")).served("ITL"));
    assert.equal(kind, "unknown");
    assert.match(failed.answer, /^the ITL or CTL file cannot be read: it begins with 3c6874/);
  });

  test("another status, with its words", async () => {
    const { kind, failed } = await failure((await answering(500, "<h1>Internal Error</h1>")).served("CTL"));
    assert.deepEqual([kind, failed.answer], ["unknown", "Internal Error (HTTP 500)"]);
  });

  test("more than any file holds", async () => {
    const { kind, failed } = await failure((await answering(200, "x".repeat(5_000_000))).served("ITL"));
    assert.deepEqual([kind, failed.answer], ["unknown", "the answer is longer than 4000000 bytes"]);
  });
});

describe("what is no answer of TVS is told:", () => {
  const QUERY = { device: "SEP001122334455", subject: "CN=a", issuer: "CN=a", serialNumber: "0a" };
  const answering = async (answer: Buffer) => {
    const { key, certificate } = await owner("CN=tvs", "rsa-2048");
    return of(createTls({ key, cert: certificate }, (socket) => void socket.on("error", () => {}).once("data", () => socket.write(answer))));
  };

  test("another protocol", async () => {
    const { kind, failed } = await failure((await answering(Buffer.from("HTTP/1.1 400 Bad Request\r\n".repeat(5_000)))).askTvs(QUERY));
    assert.equal(kind, "unknown");
    assert.match(failed.answer, /^the answer of TVS cannot be read: it begins with 4854, not with 5701/);
  });

  test("the answer to another question", async () => {
    const { kind, failed } = await failure((await answering(Buffer.from("570104010000000900040700" + "0101", "hex"))).askTvs(QUERY));
    assert.deepEqual([kind, failed.answer], ["unknown", "it answers question 9, not 1"]);
  });
});
