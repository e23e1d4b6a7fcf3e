// Nodes that speak only old TLS and old SSH: refused, with the setting that allows it named; then reached on every way, and only they.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClusterConnection } from "../../lab/connections";
import { PlatformError } from "../../provider/errors";
import { shownHostKey } from "../../provider/transport/host-key";
import { NODES, startNodes } from "../lab/support/estates";
import { Bench, type Changes, failure, fails, PUB, SUB } from "./support";

const OLD = { highestTls: "TLSv1.1", oldSsh: true } as const;
const LINE = /pulumi config set --path 'uccerts:connections\.hq\.([\w.]+)(?:\[(\d+)\])?' (\S+)$/;

/** What a person adds to the connection, beside what is there. */
const allowing = (tls: object, ssh: object): Changes => ({ cluster: (hq: ClusterConnection) => ({ tls: { ...hq.tls, ...tls }, ssh: { ...hq.ssh, ...ssh } }) });

describe("a node that speaks only TLS 1.1", () => {
  const bench = new Bench(() => startNodes({}, { nodes: NODES.map((node) => (node.fqdn === PUB ? { ...node, ...OLD } : node)) }));

  test("is refused on every way, and the error names the setting", async () => {
    const vos = bench.run().vos(PUB);
    for (const work of [() => vos.snapshot(), () => vos.services(), () => vos.members(), () => vos.served("RSA")]) {
      const { failed, kind } = await failure(work());
      assert.equal(kind, "connection");
      assert.deepEqual(LINE.exec(failed.remedy ?? "")?.slice(1), ["tls.minVersion", undefined, "TLSv1.1"]);
    }
  });

  test("is reached with that setting, and shows its RSA certificate only to who asks for RSA", async () => {
    const run = bench.run(allowing({ minVersion: "TLSv1.1" }, {}));
    const vos = run.vos(PUB);
    assert.ok((await vos.snapshot()).identities.has("tomcat"));
    assert.ok((await vos.services()).length > 0 && (await vos.members()).length === 3);
    assert.equal((await vos.served("RSA"))?.certificate.fingerprint, bench.lab.node(PUB).served[0]!.certificate.parsed.fingerprint256);
    assert.equal(await vos.served("EC"), undefined);
  });

  test("is still refused when its certificate is not the pinned one", async () => {
    const run = bench.run(allowing({ minVersion: "TLSv1", ca: [], fingerprints: ["AB".repeat(32)] }, {}));
    await fails(run.vos(PUB).snapshot(), { kind: "rejected", node: PUB, action: "verify the server's certificate", answer: "neither pinned nor issued" });
  });

  test("does not keep the others from being reached without it", async () => {
    assert.ok(await bench.run().vos(SUB).snapshot());
    assert.ok(await bench.run().vos(SUB).system());
  });
});

describe("a node that speaks only old SSH", () => {
  const bench = new Bench(() => startNodes({}, { nodes: NODES.map((node) => (node.fqdn === PUB ? { ...node, ...OLD } : node)) }));

  test("is refused, and each error names one algorithm to allow, until the node is reached", async () => {
    const algorithms: Record<string, string[]> = {};
    const asked: string[] = [];
    for (let round = 0; round < 5; round++) {
      const run = bench.run(allowing({}, { algorithms }));
      const thrown = await run.vos(PUB).system().then(() => undefined, (error: unknown) => error);
      if (!thrown) break;
      assert.ok(thrown instanceof PlatformError);
      const { failed, kind } = thrown;
      assert.equal(kind, "rejected", failed.answer);
      assert.deepEqual(run.asked("ssh"), [], "no log-in before the algorithms are agreed on");
      const [, path, index, algorithm] = LINE.exec(failed.remedy ?? "")!;
      const name = path!.split(".").at(-1)!;
      assert.equal(Number(index), algorithms[name]?.length ?? 0);
      algorithms[name] = [...(algorithms[name] ?? []), algorithm!];
      asked.push(`${name} ${algorithm}`);
    }
    assert.deepEqual(asked, ["kex diffie-hellman-group14-sha1", "cipher aes128-cbc"]);
    assert.match((await bench.run(allowing({}, { algorithms })).vos(PUB).system()).version, /^15/);
  });

  test("says what it speaks", async () => {
    await fails(bench.run().vos(PUB).system(), { kind: "rejected", node: PUB, action: "SSH log-in", answer: /^it speaks no key exchange algorithm that is accepted here, only diffie-hellman-group14-sha1, diffie-hellman-group1-sha1$/ });
  });

  test("shows its host key to who allows what it needs, as at a first contact, and else the setting is named", async () => {
    const server = { host: PUB, address: "127.0.0.1", port: bench.lab.node(PUB).ports.ssh, connection: "hq" };
    await fails(shownHostKey(server, 5_000), { kind: "rejected", node: PUB, action: "look at the SSH host key", answer: /^it speaks no key exchange algorithm/ });
    const algorithms = { kex: ["diffie-hellman-group14-sha1"] };
    assert.match(await shownHostKey({ ...server, algorithms: { ...algorithms, cipher: ["aes128-cbc"] } }, 5_000), /^SHA256:/);
  });

  test("is not reached with an algorithm that does not exist, and that is said", async () => {
    await fails(bench.run(allowing({}, { algorithms: { kex: ["rot13"] } })).vos(SUB).system(), { kind: "rejected", node: SUB, action: "SSH log-in", answer: 'the connection allows the SSH algorithm "rot13", which cannot be spoken from here' });
  });
});
