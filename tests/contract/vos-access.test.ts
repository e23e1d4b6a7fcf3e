// Who is let in and who is spoken to: wrong passwords are tried once, strangers are shown and told nothing.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import type { PlatformErrorKind } from "../../provider/errors";
import { startNodes } from "../lab/support/estates";
import { Bench, failure, fails, IMP, PUB, type Run, SUB } from "./support";

/** Every reading of a node with the account, all at once, all refused: the kinds of their errors. */
async function everythingAsOs(run: Run, fqdn: string): Promise<PlatformErrorKind[]> {
  const vos = run.vos(fqdn);
  const errors = await Promise.all([vos.snapshot(), vos.trustEntries("tomcat-trust"), vos.identity("tomcat"), vos.pendingRequest("tomcat"), vos.system(), vos.unresolved([SUB]), vos.unhealthyReplication(), vos.backups()].map(failure));
  return [...new Set(errors.map(({ kind }) => kind))];
}

describe("a wrong password of the OS administrator", () => {
  const bench = new Bench(() => startNodes());
  const wrong = (): Run => bench.run({ cluster: ({ osAdministrator }) => ({ osAdministrator: { ...osAdministrator, password: "wrong-one" } }) });

  test("is refused in the platform's words, with what to correct, and without the password", async () => {
    const error = await failure(wrong().vos(PUB).snapshot());
    assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["authentication", PUB, "read certificates"]);
    assert.match(error.message, /the log-in was refused \(401 Unauthorized\)\. Nothing more was tried with this account in this run, because three wrong log-ins lock it\. Correct the connection's user name and password$/);
    assert.doesNotMatch(error.message, /wrong-one/);
  });

  test("is tried once, however often it is asked for", async () => {
    const run = wrong();
    for (let time = 0; time < 5; time++) await fails(run.vos(IMP).snapshot(), { kind: "authentication", node: IMP, action: "read certificates", answer: "refused" });
    assert.equal(run.refusedLogIns, 1);
  });

  test("is tried once for REST and CLI together, much at once: they share the account", async () => {
    const run = wrong();
    assert.deepEqual(await everythingAsOs(run, SUB), ["authentication"]);
    assert.equal(run.refusedLogIns, 1);
    assert.equal(bench.lab.node(SUB).osAdministrator.locked, false);
  });

  test("that was seen by the CLI is not tried by REST", async () => {
    const run = wrong();
    await fails(run.vos(SUB).system(), { kind: "authentication", node: SUB, action: "SSH log-in", answer: "the log-in of admin" });
    await fails(run.vos(SUB).snapshot(), { kind: "authentication", node: SUB, action: "SSH log-in", answer: "refused" });
    assert.deepEqual([run.refusedLogIns, run.asked("rest", "GET").length], [1, 0]);
  });

  test("keeps nobody from the application user's ways, nor from another node", async () => {
    const run = wrong();
    await failure(run.vos(PUB).snapshot());
    await run.vos(PUB).services();
    await run.vos(PUB).members();
    assert.equal(run.refusedLogIns, 1);
  });

  test("is tried once before a write, and nothing is written", async () => {
    await bench.run().vos(PUB).snapshot();
    const run = wrong();
    await fails(run.vos(PUB).restartService("Cisco Tomcat", () => {}), { kind: "authentication", node: PUB, action: "SSH log-in", answer: "refused" });
    await fails(run.vos(PUB).uploadTrust("tomcat-trust", "x", ""), { kind: "authentication", node: PUB, action: /./, answer: "refused" });
    assert.deepEqual([run.refusedLogIns, run.asked("platform").length], [1, 0]);
  });
});

describe("a right password", () => {
  const bench = new Bench(() => startNodes());

  test("is good again in the next run, after one that was wrong", async () => {
    await failure(bench.run({ cluster: ({ osAdministrator }) => ({ osAdministrator: { ...osAdministrator, password: "wrong" } }) }).vos(PUB).snapshot());
    await bench.run().vos(PUB).snapshot();
  });

  test("of an account that is locked is refused, and tried once", async () => {
    const { username } = bench.lab.cluster("hq").osAdministrator;
    for (let time = 0; time < 3; time++) bench.lab.node(SUB).osAdministrator.logIn(username, "wrong", "rest");
    const run = bench.run();
    assert.deepEqual(await everythingAsOs(run, SUB), ["authentication"]);
    assert.equal(run.refusedLogIns, 1);
  });
});

describe("a wrong password of the application user", () => {
  const bench = new Bench(() => startNodes());
  const wrong = (): Run => bench.run({ cluster: ({ applicationUser }) => ({ applicationUser: { ...applicationUser, password: "wrong-two" } }) });

  test("is tried once in the whole cluster, by AXL and Control Center together", async () => {
    const run = wrong();
    const asked = [run.vos(PUB).members(), run.vos(PUB).services(), run.vos(SUB).services(), run.vos(IMP).services(), run.vos(PUB).parameter("x"), run.vos(PUB).restartService("Cisco Tftp", () => {})];
    for (const error of await Promise.all(asked.map(failure))) {
      assert.equal(error.kind, "authentication");
      assert.match(error.message, /the log-in of the application user was refused \(401\)/);
      assert.doesNotMatch(error.message, /wrong-two/);
    }
    assert.equal(run.refusedLogIns, 1);
  });

  test("keeps nobody from what the OS administrator reads", async () => {
    const run = wrong();
    await failure(run.vos(PUB).members());
    await run.vos(PUB).snapshot();
  });
});

describe("a server that is not known", () => {
  const bench = new Bench(() => startNodes());
  const fingerprint = (fqdn: string) => new X509Certificate(bench.lab.node(fqdn).served[0]!.certificate.pem).fingerprint256;

  for (const [what, ask, action] of [
    ["the certificate REST", (run: Run) => run.vos(PUB).snapshot(), "rest"],
    ["Control Center", (run: Run) => run.vos(PUB).services(), "soap"],
    ["AXL", (run: Run) => run.vos(PUB).members(), "axl"],
    ["the page", (run: Run) => run.vos(PUB).pageStatus(), "https"],
  ] as const)
    test(`is told nothing (${what}), and its fingerprint is shown with the line to add`, async () => {
      const run = bench.run({ cluster: () => ({ tls: { ca: [], fingerprints: [] } }) });
      const error = await failure(ask(run));
      assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["rejected", PUB, "verify the server's certificate"]);
      assert.ok(error.message.includes(`SHA-256 ${fingerprint(PUB)}`), error.message);
      assert.ok(error.message.endsWith(`add it: pulumi config set --path 'uccerts:connections.hq.tls.fingerprints[0]' ${fingerprint(PUB)}`), error.message);
      assert.equal(run.asked(action).length, 0);
    });

  test("because its certificate was exchanged is refused, with the line behind those that are there", async () => {
    const known = [fingerprint(SUB), fingerprint(IMP)];
    const run = bench.run({ cluster: ({ tls }) => ({ tls: { ca: tls.ca, fingerprints: known } }) });
    assert.ok((await failure(run.vos(PUB).snapshot())).message.endsWith(`tls.fingerprints[2]' ${fingerprint(PUB)}`));
    await run.vos(SUB).snapshot();
  });

  test("by SSH is told no password: its host key is shown with the line to add", async () => {
    const run = bench.run({ cluster: () => ({ ssh: { hostKeys: [] } }) });
    const key = bench.lab.node(PUB).sshFingerprint;
    const error = await failure(run.vos(PUB).system());
    assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["rejected", PUB, "SSH log-in"]);
    assert.ok(error.message.includes(`the host key ${key} is unknown to the connection "hq"`), error.message);
    assert.ok(error.message.endsWith(`add it: pulumi config set --path 'uccerts:connections.hq.ssh.hostKeys[0]' ${key}`), error.message);
    assert.deepEqual([run.asked("ssh", "log in").length, run.refusedLogIns], [0, 0]);
  });

  test("is looked at once: what is rejected is not repeated", async () => {
    const run = bench.run({ cluster: () => ({ tls: { ca: [], fingerprints: [] }, ssh: { hostKeys: [] } }), timing: { retryFirst: "1h" } });
    await failure(run.vos(PUB).snapshot());
    await failure(run.vos(PUB).system());
    await failure(run.vos(PUB).deleteTrust({ store: "tomcat-trust", fileName: "x.pem", certificate: undefined as never }));
  });

  test("is accepted by its authority and its name", async () => {
    const { certificate } = bench.lab.node(PUB).served[0]!;
    await bench.run({ cluster: () => ({ tls: { ca: [certificate.pem], fingerprints: [] } }) }).vos(PUB).snapshot();
  });
});
