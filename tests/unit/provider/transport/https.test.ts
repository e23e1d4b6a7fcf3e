import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import { PlatformError } from "../../../../provider/errors";
import { HttpsClient, type HttpsRequest, type HttpsTimes } from "../../../../provider/transport/https";
import { tlsPolicy } from "../../../../provider/transport/pins";
import { newKey, ownSigned } from "../../../support/certificates";
import { closedPort, type RunningServer, type ServerOptions, startHttps, startTcp } from "../../../support/tls-server";
import { until } from "../../../support/until";

const HOST = "pub.example.com";
const PASSWORD = "tiger in the tänk";
const TIMES: HttpsTimes = { connect: 5_000, request: 5_000 };
const GET: HttpsRequest = { method: "GET", path: "/config", action: "read certificates", auth: { username: "admin", password: PASSWORD } };

let identity: KeyAndCertificate;
let pin: string;
const running = new Set<{ stop(): Promise<void> }>();
const clients = new Set<HttpsClient>();

before(async () => {
  const key = await newKey();
  const certificate = await ownSigned({ key, names: [HOST], subject: `CN=${HOST}`, validity: {} });
  identity = { key, certificate: certificate.pem };
  pin = new X509Certificate(certificate.pem).fingerprint256;
});

afterEach(async () => {
  clients.forEach((client) => client.close());
  clients.clear();
  await Promise.all([...running].map((server) => server.stop()));
  running.clear();
});

async function serve(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startHttps({ identity, ...options });
  running.add(server);
  return server;
}

async function tcp(work?: (socket: Socket) => void): Promise<RunningServer> {
  const server = await startTcp(work);
  running.add(server);
  return server;
}

interface ClientOptions {
  fingerprints?: string[];
  times?: Partial<HttpsTimes>;
  address?: string;
  minVersion?: string;
  maxSockets?: number;
}

function client(port: number, { fingerprints = [pin], times, address = "127.0.0.1", minVersion, maxSockets }: ClientOptions = {}): HttpsClient {
  const made = new HttpsClient({ host: HOST, address, port, tls: tlsPolicy("hq", { fingerprints, minVersion }) }, { ...TIMES, ...times }, maxSockets);
  clients.add(made);
  return made;
}

async function failure(work: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  assert.ok(!error.message.includes(PASSWORD));
  return error;
}

describe("a request", () => {
  test("arrives as it was asked: method, path, headers, body and log-in", async () => {
    const server = await serve();
    await client(server.port).send({ ...GET, method: "POST", path: "/a?b=c", headers: { accept: "application/json", "content-type": "text/plain" }, body: "übel" });
    const [{ method, url, headers, body }] = server.received as [RunningServer["received"][0]];
    assert.deepEqual([method, url, body], ["POST", "/a?b=c", "übel"]);
    assert.deepEqual([headers.accept, headers["content-type"], headers.host], ["application/json", "text/plain", `${HOST}:${server.port}`]);
    assert.equal(headers.authorization, `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`);
  });

  test("is answered with status, headers, text and the server's clock", async () => {
    const server = await serve({ answer: (_request, response) => response.writeHead(200, { "x-test": "a", date: "Mon, 01 Jun 2026 12:00:00 GMT" }).end("hällo") });
    const { status, headers, body, date } = await client(server.port).send(GET);
    assert.deepEqual([status, headers["x-test"], body, date], [200, "a", "hällo", new Date("2026-06-01T12:00:00Z")]);
  });

  test("is answered with bytes in base-64 where bytes are asked for", async () => {
    const server = await serve({ answer: (_request, response) => response.end(Buffer.from([0, 255, 1])) });
    assert.equal((await client(server.port).send({ ...GET, binary: true })).body, "AP8B");
  });

  test("gets every status as an answer, and follows no redirection", async () => {
    for (const status of [201, 302, 400, 401, 404, 500, 503]) {
      const server = await serve({ answer: (_request, response) => response.writeHead(status, { location: "/elsewhere" }).end("words") });
      const answer = await client(server.port).send(GET);
      assert.deepEqual([answer.status, answer.body, server.received.length], [status, "words", 1]);
    }
  });

  test("uses an open connection again, and four at once at most", async () => {
    const waiting: (() => void)[] = [];
    const server = await serve({ answer: (_request, response) => void waiting.push(() => response.end()) });
    const own = client(server.port);
    const all = Promise.all([1, 2, 3, 4, 5, 6].map(() => own.send(GET)));
    await until(() => waiting.length === 4);
    waiting.splice(0).forEach((answer) => answer());
    await until(() => waiting.length === 2);
    waiting.splice(0).forEach((answer) => answer());
    await all;
    assert.equal(server.connections(), 4);
  });
});

describe("a server that is not trusted", () => {
  test("gets nothing: no request, no credential, no further connection", async () => {
    const server = await serve();
    const error = await failure(client(server.port, { fingerprints: ["AB".repeat(32)] }).send({ ...GET, method: "POST", body: "secret" }));
    assert.equal(error.kind, "rejected");
    assert.match(error.message, new RegExp(`^pub\\.example\\.com: verify the server's certificate: .*SHA-256 ${pin}.*fingerprints\\[1\\]' ${pin}$`));
    await until(() => server.open.size === 0);
    assert.deepEqual([server.received, server.connections()], [[], 1]);
  });

  test("is verified on every connection: another certificate later is refused", async () => {
    const server = await serve();
    const own = client(server.port);
    await own.send(GET);
    await server.stop();
    running.delete(server);
    const key = await newKey();
    const other = await ownSigned({ key, names: [HOST], subject: `CN=${HOST}`, validity: {} });
    const changed = await serve({ identity: { key, certificate: other.pem }, port: server.port });
    assert.equal((await failure(own.send(GET))).kind, "rejected");
    assert.deepEqual(changed.received, []);
  });
});

describe("a server that does not answer", () => {
  test("in time is a timeout that names the node, the action and the place", async () => {
    const server = await serve({ answer: () => {} });
    const error = await failure(client(server.port, { times: { request: 100 } }).send(GET));
    assert.equal(error.kind, "timeout");
    assert.equal(error.message, `${HOST}: read certificates: no answer from 127.0.0.1:${server.port} in time`);
  });

  test("within the limit of one request is one too", async () => {
    const server = await serve({ answer: () => {} });
    assert.equal((await failure(client(server.port).send({ ...GET, limit: 100 }))).kind, "timeout");
  });

  test("in the middle of its answer is one too", async () => {
    const server = await serve({ answer: (_request, response) => void response.writeHead(200, { "content-length": "100" }).write("begin") });
    assert.equal((await failure(client(server.port, { times: { request: 100 } }).send(GET))).kind, "timeout");
  });

  test("the TLS handshake is one when the time for connections is over", async () => {
    const server = await tcp();
    const error = await failure(client(server.port, { times: { connect: 100 } }).send(GET));
    assert.deepEqual([error.kind, error.failed.node], ["timeout", HOST]);
    await until(() => server.open.size === 0);
  });
});

describe("a connection that is lost", () => {
  test("before an answer is a lost connection, with the code", async () => {
    const server = await serve({ answer: (_request, _response, message) => message.socket.destroy() });
    const error = await failure(client(server.port).send(GET));
    assert.equal(error.kind, "connection");
    assert.match(error.message, new RegExp(`read certificates: no connection to 127\\.0\\.0\\.1:${server.port} \\(ECONNRESET\\)`));
  });

  test("in the middle of an answer is one too", async () => {
    const server = await serve({
      answer(_request, response, message) {
        response.writeHead(200, { "content-length": "100" }).write("begin");
        setImmediate(() => message.socket.destroy());
      },
    });
    assert.equal((await failure(client(server.port).send(GET))).kind, "connection");
  });

  test("before TLS stands is one too", async () => {
    const server = await tcp((socket) => socket.destroy());
    assert.equal((await failure(client(server.port).send(GET))).kind, "connection");
  });

  test("because nobody listens is one too", async () => {
    const error = await failure(client(await closedPort()).send(GET));
    assert.equal(error.kind, "connection");
    assert.match(error.message, /\(ECONNREFUSED\)/);
  });

  test("because the name does not resolve says where to write another one", async () => {
    const error = await failure(client(443, { address: "no-such-host.invalid" }).send(GET));
    assert.equal(error.kind, "connection");
    assert.match(error.message, /\((ENOTFOUND|EAI_AGAIN)\)\. Correct the name, or say where the host is reached: .*reach/);
  });

  test("can be followed by another on the same client", async () => {
    let first = true;
    const server = await serve({
      answer(_request, response, message) {
        if (first) message.socket.destroy();
        else response.end("again");
        first = false;
      },
    });
    const own = client(server.port);
    await failure(own.send(GET));
    assert.equal((await own.send(GET)).body, "again");
  });
});

describe("a server that is no such server", () => {
  test("speaks no TLS at all", async () => {
    const server = await tcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert.match((await failure(client(server.port).send(GET))).message, /tls\.minVersion/);
  });

  test("speaks only an older TLS: the setting that allows it is named, and works", async () => {
    const server = await serve({ tls: { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } });
    const error = await failure(client(server.port).send(GET));
    assert.equal(error.kind, "connection");
    assert.match(error.message, /For an old node allow an older one, which is weak: pulumi config set --path 'uccerts:connections\.hq\.tls\.minVersion' TLSv1\.1$/);
    assert.equal((await client(server.port, { minVersion: "TLSv1.1" }).send(GET)).body, "hello");
  });

  test("answers no HTTP", async () => {
    const server = await serve({ answer: (_request, _response, message) => void message.socket.end("nonsense\r\n\r\n") });
    assert.equal((await failure(client(server.port).send(GET))).kind, "connection");
  });

  test("never stops answering: the answer is cut off", async () => {
    const server = await serve({
      answer(_request, response) {
        const block = Buffer.alloc(1_000_000);
        const more = () => void (response.destroyed || response.write(block, () => setImmediate(more)));
        more();
      },
    });
    const error = await failure(client(server.port, { times: { request: 30_000 } }).send(GET));
    assert.equal(error.kind, "unknown");
    assert.match(error.message, /the answer is longer than 32000000 bytes/);
  });
});

describe("closing", () => {
  test("ends a connection that is kept for later", async () => {
    const server = await serve();
    const own = client(server.port);
    await own.send(GET);
    assert.equal(server.open.size, 1);
    own.close();
    await until(() => server.open.size === 0);
  });

  test("ends a request that is under way", async () => {
    const server = await serve({ answer: () => {} });
    const own = client(server.port);
    const sent = failure(own.send(GET));
    await until(() => server.received.length > 0);
    own.close();
    assert.equal((await sent).kind, "connection");
    await until(() => server.open.size === 0);
  });

  test("ends a connection that is not yet one", async () => {
    const server = await tcp();
    const own = client(server.port);
    const sent = failure(own.send(GET));
    await until(() => server.open.size > 0);
    own.close();
    assert.equal((await sent).kind, "connection");
    await until(() => server.open.size === 0);
  });

  test("is for good: nothing is sent any more", async () => {
    const server = await serve();
    const own = client(server.port);
    own.close();
    assert.match((await failure(own.send(GET))).message, /read certificates: the run is ending; nothing was sent/);
    assert.equal(server.connections(), 0);
  });
});

after(() => assert.equal(running.size, 0));
