// A certificate authority through the contract: the lab's AD CS, by Basic and by NTLM, as it should be and as it misbehaves.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { parseCertificate } from "../../domain/x509/certificate";
import { parseRequest } from "../../domain/x509/request";
import type { AuthorityDescription } from "../../lab/estate";
import type { Submission } from "../../provider/platforms/authority";
import { authorityLab, csr, NAMES } from "../lab/certsrv-support";
import { Bench, type Changes, failure, fails, type Run } from "./support";

const HOST = "ca.example.com";
const TEMPLATE = "WebServerClient";
const SUBMIT = "POST /certsrv/certfnsh.asp";
const FETCH = "GET /certsrv/certnew.cer";

interface Way {
  name: string;
  authority: Partial<AuthorityDescription>;
  /** Of the connection. */
  changes: Changes;
  by: "Basic" | "NTLM";
}

const withoutDomain: Changes = { authority: ({ certsrv: { host, username, password } }) => ({ certsrv: { host, username, password } as never }) };

const WAYS: readonly Way[] = [
  { name: "Basic, which alone is offered", authority: { authentication: ["Basic"] }, changes: {}, by: "Basic" },
  { name: "Basic, because no domain is set", authority: {}, changes: withoutDomain, by: "Basic" },
  { name: "NTLM, which alone is offered", authority: { authentication: ["NTLM"] }, changes: {}, by: "NTLM" },
  { name: "NTLM beside Basic and Negotiate, on German pages", authority: { authentication: ["Negotiate", "NTLM", "Basic"], language: "de" }, changes: {}, by: "NTLM" },
];

/** Requests that the authority has received since the run began. */
const received = (run: Run) => run.asked("platform", "receive request").length;

function issuedIn(answer: Submission) {
  assert.ok(answer.status === "issued", JSON.stringify(answer));
  return answer.certificate;
}

for (const { name, authority, changes, by } of WAYS) {
  describe(`web enrolment by ${name}`, () => {
    const bench = new Bench(() => authorityLab(authority));
    const run = (more: Changes = {}) => bench.run({ ...changes, ...more });
    const decide = (decision: AuthorityDescription["decision"]) => Object.assign(bench.lab.authority("ca").description, { decision });
    let request = "";
    before(async () => void (request = await csr()));

    test("issues what is asked for: one request, one log-in", async () => {
      decide("issue");
      const one = run();
      const answer = await one.authority().submit(request, TEMPLATE);
      const certificate = issuedIn(answer);
      assert.equal(certificate.publicKeyFingerprint, parseRequest(request).publicKeyFingerprint);
      assert.deepEqual([...certificate.subjectAlternateNames], NAMES);
      assert.equal(certificate.fingerprint, bench.lab.authority("ca").find(Number(answer.requestId))!.certificate!.parsed.fingerprint256);
      assert.deepEqual([received(one), one.refusedLogIns], [1, 0]);
      assert.ok(one.asked("certsrv", SUBMIT).every(({ detail }) => detail.authentication === by));
    });

    test("holds a request, issues it later, and is asked once", async () => {
      decide("hold");
      const one = run();
      const pending = await one.authority().submit(request, TEMPLATE);
      assert.equal(pending.status, "pending");
      const again = await run().authority().fetch(pending.requestId);
      assert.deepEqual([again.status, again.requestId], ["pending", pending.requestId]);
      await bench.lab.authority("ca").issue(Number(pending.requestId));
      const later = run();
      const issued = await later.authority().fetch(pending.requestId);
      assert.equal(issued.requestId, pending.requestId);
      assert.equal(issuedIn(issued).publicKeyFingerprint, parseRequest(request).publicKeyFingerprint);
      assert.deepEqual([received(one), received(later)], [1, 0]);
    });

    test("holds a request and denies it later, in the authority's words", async () => {
      decide("hold");
      const { requestId } = await run().authority().submit(request, TEMPLATE);
      bench.lab.authority("ca").deny(Number(requestId), "Denied by EXAMPLE\\administrator");
      const denied = await run().authority().fetch(requestId);
      assert.deepEqual(denied, { status: "denied", requestId, message: "Denied by EXAMPLE\\administrator" });
    });

    test("denies at once, in the authority's words, with the request's id", async () => {
      decide("deny");
      const one = run();
      const denied = await one.authority().submit(request, TEMPLATE);
      assert.equal(denied.status, "denied");
      assert.match((denied as { message: string }).message, /Denied by Policy Module/);
      assert.ok(bench.lab.authority("ca").find(Number(denied.requestId)));
      assert.equal(received(one), 1);
    });

    test("denies a template that it does not know, and names it", async () => {
      decide("issue");
      const denied = await run().authority().submit(request, "NoSuchTemplate");
      assert.equal(denied.status, "denied");
      assert.match((denied as { message: string }).message, /0x80094800.*not supported.*NoSuchTemplate/);
    });

    test("denies what is no request", async () => {
      const denied = await run().authority().submit("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", TEMPLATE);
      assert.equal(denied.status, "denied");
      assert.match((denied as { message: string }).message, /0x8009310b/);
    });

    test("knows no request of another id", async () => {
      await fails(run().authority().fetch("4711"), { kind: "notFound", node: HOST, action: "fetch the certificate of request 4711", answer: "knows no such request" });
    });

    for (const unordered of [false, true])
      test(`gives its chain${unordered ? ", also where it comes unordered" : ""}`, async () => {
        if (unordered) bench.lab.faults.add({ fault: "returns the chain unordered" });
        const given = (await run().authority().chain()).map(({ fingerprint }) => fingerprint);
        const own = bench.lab.authority("ca").hierarchy.chain().map((pem) => parseCertificate(pem).fingerprint);
        assert.deepEqual([...given].sort(), [...own].sort());
      });

    test("answers much at once, each to who asked", async () => {
      decide("issue");
      const platform = run().authority();
      const { requestId } = await platform.submit(request, TEMPLATE);
      const [chain, fetched, again] = await Promise.all([platform.chain(), platform.fetch(requestId), platform.submit(request, TEMPLATE), platform.fetch(requestId), platform.chain()]);
      assert.ok(chain.every(({ isAuthority }) => isAuthority));
      assert.equal(fetched.requestId, requestId);
      assert.equal(Number(again.requestId), Number(requestId) + 1);
    });

    test("refuses a wrong password: one attempt, however much is asked at once, and nothing is submitted", async () => {
      const one = run({ authority: (connection) => ({ certsrv: { ...(changes.authority?.(connection).certsrv ?? connection.certsrv), password: "wrong-three" } }) });
      const platform = one.authority();
      for (const error of await Promise.all([platform.submit(request, TEMPLATE), platform.fetch("32"), platform.chain(), platform.submit(request, TEMPLATE)].map(failure))) {
        assert.deepEqual([error.kind, error.failed.node], ["authentication", HOST]);
        assert.match(error.message, new RegExp(`the log-in was refused \\(401, ${by}\\)\\. Correct the certsrv user name, password and domain of the connection`));
        assert.doesNotMatch(error.message, /wrong-three/);
      }
      await failure(platform.chain());
      assert.deepEqual([one.refusedLogIns, received(one)], [1, 0]);
    });

    test("whose connection drops before the request is there: nothing was submitted, and nothing is sent again", async () => {
      const one = run();
      bench.lab.faults.add({ fault: "dropped connection", action: SUBMIT });
      await fails(one.authority().submit(request, TEMPLATE), { kind: "connection", node: HOST, action: "submit the request", answer: /./ });
      assert.deepEqual([one.asked("certsrv", SUBMIT).length, received(one)], [1, 0]);
    });

    test("whose connection drops after the request is there: it was submitted once, and is not submitted again", async () => {
      decide("hold");
      const one = run();
      bench.lab.faults.add({ fault: "dropped answer", action: SUBMIT });
      await fails(one.authority().submit(request, TEMPLATE), { kind: "connection", node: HOST, action: "submit the request", answer: /./ });
      assert.deepEqual([one.asked("certsrv", SUBMIT).length, received(one)], [1, 1]);
    });

    test("that does not answer a submission in time is asked once", async () => {
      const one = run({ timing: { request: "700ms" } });
      bench.lab.faults.add({ fault: "no answer", action: SUBMIT });
      await fails(one.authority().submit(request, TEMPLATE), { kind: "timeout", node: HOST, action: "submit the request", answer: "in time" });
      assert.equal(one.asked("certsrv", SUBMIT).length, 1);
    });

    test("that is busy when a request is submitted is asked once, and says so", async () => {
      const one = run();
      bench.lab.faults.add({ fault: "unavailable", action: SUBMIT });
      await fails(one.authority().submit(request, TEMPLATE), { kind: "busy", node: HOST, action: "submit the request", answer: "HTTP 503" });
      assert.deepEqual([one.asked("certsrv", SUBMIT).length, received(one)], [1, 0]);
    });

    test("that has issued and cannot be fetched from keeps the request's id, so that nobody submits again", async () => {
      decide("issue");
      const one = run();
      bench.lab.faults.add({ fault: "dropped connection", action: FETCH });
      const answer = await one.authority().submit(request, TEMPLATE);
      assert.equal(answer.status, "pending");
      assert.match((answer as { message: string }).message, /^it was issued and could not be fetched yet \(ca\.example\.com: fetch the certificate of request \d+: /);
      assert.equal(received(one), 1);
      bench.lab.faults.clear();
      issuedIn(await run().authority().fetch(answer.requestId));
    });

    for (const fault of ["dropped connection", "dropped answer", "unavailable"] as const) {
      test(`is read from again after one "${fault}"`, async () => {
        decide("issue");
        const { requestId } = await run().authority().submit(request, TEMPLATE);
        const one = run();
        bench.lab.faults.add({ fault, action: FETCH, times: 1 });
        issuedIn(await one.authority().fetch(requestId));
        assert.equal(one.struck(fault), 1);
      });

      test(`is given up after six times "${fault}"`, async () => {
        const one = run();
        bench.lab.faults.add({ fault, action: "GET /certsrv/certcarc.asp" });
        await fails(one.authority().chain(), { kind: fault === "unavailable" ? "busy" : "connection", node: HOST, action: "read the authority's renewals", answer: /./ });
        assert.equal(one.struck(fault), 6);
      });
    }

    test("that misbehaves is shown as it is", async () => {
      const submitted = async () => issuedIn(await run().authority().submit(request, TEMPLATE));
      const good = await submitted();
      bench.lab.faults.add({ fault: "drops a SAN", name: NAMES[1], times: 1 });
      assert.deepEqual([...(await submitted()).subjectAlternateNames], [NAMES[0]]);
      bench.lab.faults.add({ fault: "drops an extended key usage", times: 1 });
      assert.deepEqual([[...good.extendedKeyUsages], [...(await submitted()).extendedKeyUsages]], [["serverAuth", "clientAuth"], ["serverAuth"]]);
      bench.lab.faults.add({ fault: "ignores the requested validity", days: 5, times: 1 });
      const short = await submitted();
      assert.equal(Math.round((short.notAfter.getTime() - short.notBefore.getTime()) / 86_400_000), 5);
      bench.lab.faults.add({ fault: "issues for another key", times: 1 });
      assert.notEqual((await submitted()).publicKeyFingerprint, good.publicKeyFingerprint);
    });

    test("after a renewal gives the chain of the new certificate", async () => {
      await bench.lab.authority("ca").renew("issuing");
      const given = (await run().authority().chain()).map(({ fingerprint }) => fingerprint);
      const own = bench.lab.authority("ca").hierarchy.chain().map((pem) => parseCertificate(pem).fingerprint);
      assert.deepEqual([...given].sort(), [...own].sort());
    });
  });
}

describe("web enrolment", () => {
  const bench = new Bench(() => authorityLab({ authentication: ["Negotiate"] }));

  test("that offers only Kerberos is told with what is possible, and no password is tried", async () => {
    const run = bench.run();
    const error = await failure(run.authority().chain());
    assert.deepEqual([error.kind, error.failed.answer], ["authentication", "the server offers only negotiate"]);
    assert.match(error.message, /enable Basic or NTLM for \/certsrv in IIS, or have the request signed by hand/);
    assert.deepEqual([run.refusedLogIns, run.asked("certsrv").length], [0, 1]);
  });

  test("of a server that is not known is told nothing, and its fingerprint is shown with the line to add", async () => {
    const run = bench.run({ authority: () => ({ tls: { ca: [], fingerprints: [] } }) });
    const fingerprint = parseCertificate(bench.lab.authority("ca").served.certificate).fingerprint;
    const error = await failure(run.authority().submit("x", TEMPLATE));
    assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["rejected", HOST, "verify the server's certificate"]);
    assert.ok(error.message.endsWith(`pulumi config set --path 'uccerts:connections.ca.tls.fingerprints[0]' ${fingerprint}`), error.message);
    assert.equal(run.asked("certsrv").length, 0);
  });

  test("of a server that is down is a lost connection", async () => {
    bench.lab.faults.add({ fault: "node down", node: HOST });
    await fails(bench.run().authority().chain(), { kind: "connection", node: HOST, action: "read the authority's renewals", answer: "no connection to" });
  });
});
