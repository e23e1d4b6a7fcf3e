// What changes a VOS node is asked for once. When the answer is lost nobody knows whether it was done: it is looked up or told, never sent again blindly.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { completeQuestion } from "../../domain/question";
import { readChain } from "../../domain/rules/encoding";
import type { FaultName } from "../../lab";
import type { PlatformErrorKind } from "../../provider/errors";
import type { VosPlatform } from "../../provider/platforms/vos";
import { startNodes } from "../lab/support/estates";
import { makeRoot } from "../lab/support/signer";
import { HQ } from "../support/a1";
import { Bench, fails, PUB, type Run } from "./support";

const QUESTION = completeQuestion({ purpose: "tomcat", distribution: "multi-server" }, HQ.node(PUB), HQ.nodes);
const bench = new Bench(
  () => startNodes({ authorities: [{ name: "ca", fqdn: "ca.example.com" }] }),
  async (run) => {
    const { authorities } = readChain(run.lab.authority("ca").hierarchy.chain());
    for (const { pem } of authorities) await run.vos(PUB).uploadTrust("tomcat-trust", pem, "");
  },
);

let roots = 0;

/** A trust certificate that was never there. */
async function fresh(): Promise<{ name: string; pem: string }> {
  const name = `Write Root ${++roots}`;
  return { name, pem: (await makeRoot(name)).certificate };
}

async function held(vos: VosPlatform, name: string) {
  return (await vos.trustEntries("tomcat-trust")).find(({ certificate }) => certificate.commonName === name);
}

/** Something that is written. */
interface Writing {
  what: string;
  asked: string;
  action: string;
  /** What the node has done when it has done it. */
  done: string;
  /** Makes ready; gives the writing itself. */
  prepare: (vos: VosPlatform) => Promise<() => Promise<unknown>>;
}

const REST: readonly Writing[] = [
  {
    what: "an upload to a trust store",
    asked: "POST /trust/certificates",
    action: "upload a certificate to tomcat-trust",
    done: "store trust certificate",
    async prepare(vos) {
      const { pem } = await fresh();
      return () => vos.uploadTrust("tomcat-trust", pem, "");
    },
  },
  {
    what: "an upload of a signed certificate",
    asked: "POST /identity/certificates",
    action: "upload the tomcat certificate",
    done: "install",
    async prepare(vos) {
      const pem = await bench.lab.authority("ca").issueCertificate(await vos.generateRequest(QUESTION));
      return () => vos.uploadIdentity("tomcat", [pem]);
    },
  },
  { what: "a certificate signing request", asked: "POST /csr", action: "generate a tomcat CSR", done: "generate CSR", prepare: async (vos) => () => vos.generateRequest(QUESTION) },
];

/** Nothing was done, and nobody may know: it is told and not repeated. */
const UNDONE: readonly [FaultName, PlatformErrorKind, RegExp][] = [
  ["dropped connection", "connection", /ECONNRESET|hang up|no connection/],
  ["unavailable", "busy", /503/],
  ["no answer", "timeout", /no answer from .* in time/],
];

describe("a writing by REST that the node never did", () => {
  for (const { what, asked, action, done, prepare } of REST)
    for (const [fault, kind, answer] of UNDONE)
      test(`${what}, "${fault}": is sent once and told`, async () => {
        const run = bench.run({ timing: { request: "700ms" } });
        const write = await prepare(run.vos(PUB));
        const [sent, worked] = [run.asked("rest", asked).length, run.asked("platform", done).length];
        bench.lab.faults.add({ fault, node: PUB, action: asked });
        await fails(write(), { kind, node: PUB, action, answer });
        assert.deepEqual([run.asked("rest", asked).length - sent, run.asked("platform", done).length - worked], [1, 0]);
      });
});

describe("a writing by REST whose answer is lost", () => {
  for (const { what, asked, action, done, prepare } of REST.slice(0, 2))
    test(`${what}: was done once, and is told as lost`, async () => {
      const run = bench.run();
      const write = await prepare(run.vos(PUB));
      bench.lab.faults.add({ fault: "dropped answer", node: PUB, action: asked });
      await fails(write(), { kind: "connection", node: PUB, action, answer: /./ });
      await bench.lab.cluster("hq").settled();
      assert.equal(run.asked("rest", asked).length, 1);
      assert.ok(run.asked("platform", done).length > 0, "it was not done");
    });

  test("a certificate signing request: is found on the node and given, and none is made a second time", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, action: "POST /csr" });
    const pem = await run.vos(PUB).generateRequest(QUESTION);
    assert.equal(pem, bench.lab.node(PUB).store.requests.get("tomcat")?.pem.trim() ?? "", "the request that is pending");
    assert.deepEqual([run.asked("rest", "POST /csr").length, run.asked("platform", "generate CSR").length], [1, 1]);
  });

  test("a certificate signing request that comes too late to be waited for is found too", async () => {
    const run = bench.run({ timing: { request: "700ms" } });
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, action: "POST /csr", times: 1 });
    bench.lab.faults.add({ fault: "dropped connection", node: PUB, action: "GET /csr", times: 1 });
    const pem = await run.vos(PUB).generateRequest(QUESTION);
    assert.equal(await run.vos(PUB).pendingRequest("tomcat"), pem);
    assert.equal(run.asked("platform", "generate CSR").length, 1);
  });
});

describe("a deletion by CLI", () => {
  /** An entry that can be deleted. */
  async function entry(run: Run) {
    const { name, pem } = await fresh();
    await run.vos(PUB).uploadTrust("tomcat-trust", pem, "");
    return { name, found: (await held(run.vos(PUB), name))! };
  }
  const deletions = (run: Run) => [run.asked("cli", "set cert delete").length, run.asked("platform", "delete trust certificate").length];

  for (const [fault, timing] of [["dropped answer", {}], ["lost prompt", { cliCommand: "700ms" }]] as const)
    test(`whose answer is lost ("${fault}") is looked up: it is gone, and was deleted once`, async () => {
      const run = bench.run({ timing });
      const { name, found } = await entry(run);
      bench.lab.faults.add({ fault, node: PUB, action: "set cert delete" });
      await run.vos(PUB).deleteTrust(found);
      assert.equal(await held(run.vos(PUB), name), undefined);
      assert.deepEqual(deletions(run), [1, 1]);
    });

  for (const [fault, kind, timing] of [["dropped connection", "connection", {}], ["no answer", "timeout", { cliCommand: "700ms" }]] as const)
    test(`that was never done ("${fault}") is told, and not sent again`, async () => {
      const run = bench.run({ timing });
      const { name, found } = await entry(run);
      bench.lab.faults.add({ fault, node: PUB, action: "set cert delete" });
      await fails(run.vos(PUB).deleteTrust(found), { kind, node: PUB, action: `delete tomcat-trust/${found.fileName}`, answer: /./ });
      assert.ok(await held(run.vos(PUB), name));
      assert.deepEqual(deletions(run), [1, 0]);
    });

  test("finds its session at the second try", async () => {
    const run = bench.run();
    const { name, found } = await entry(run);
    bench.lab.faults.add({ fault: "second try", node: PUB });
    await run.vos(PUB).deleteTrust(found);
    assert.equal(await held(run.vos(PUB), name), undefined);
    assert.deepEqual(deletions(run), [1, 1]);
  });
});
