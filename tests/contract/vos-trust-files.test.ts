// What a CUCM node gives to phones, through the contract: ITL and CTL files, their update, and TVS.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { verifyTrustList } from "../../domain/trust-list/verify";
import type { Described } from "../../lab/pki/read";
import { PHONE, questionAbout, serialOf } from "../lab/support/phone-client";
import { sha1, startTftp } from "../lab/support/trust-files";
import { type Reading, readingSuite } from "./reading-suite";
import { Bench, type Expected, failure, fails, IMP, PUB, SUB } from "./support";

const UPDATE = "utils ctl update CTLFile";
const mixed = () => startTftp({ securityMode: "mixed" });

const file = (kind: "ITL" | "CTL"): Reading => ({ what: `the ${kind} that phones get`, read: ({ trustFiles }) => trustFiles.served(kind), at: "tftp", asked: `GET /${kind}File.tlv`, action: `read the ${kind} file that phones get`, attempts: 6 });
const shown = (kind: "ITL" | "CTL"): Reading => ({ what: `the ${kind} that a person sees`, read: ({ trustFiles }) => trustFiles.shown(kind), at: "cli", asked: `show ${kind.toLowerCase()}`, action: `read the ${kind} file`, attempts: 6 });

readingSuite("a reading of the files for phones", [file("ITL"), file("CTL"), shown("ITL"), shown("CTL")], mixed);

describe("the files for phones", { timeout: 60_000 }, () => {
  const bench = new Bench(mixed);
  const of = (fqdn: string) => bench.run().vos(fqdn).trustFiles;

  test("are those of each node, signed by one that they name", async () => {
    for (const fqdn of [PUB, SUB])
      for (const kind of ["ITL", "CTL"] as const) {
        const list = (await of(fqdn).served(kind))!;
        assert.deepEqual([list.fileName, list.signer.serialNumber, verifyTrustList(list).verified], [`${kind}File.tlv`, serialOf(bench.lab.node(PUB), "ITLRecovery"), true]);
      }
    const own = (await of(SUB).served("ITL"))!.records.filter(({ role }) => role === "TFTP");
    assert.deepEqual(own.map(({ serialNumber }) => serialNumber), [serialOf(bench.lab.node(SUB), "CallManager")]);
  });

  test("are shown with what phones show of them", async () => {
    const { ctl, itl } = bench.lab.node(PUB).tftp;
    const seen = [await of(PUB).shown("CTL"), await of(PUB).shown("ITL")];
    assert.deepEqual(seen.map((one) => [one!.kind, one!.sha1, one!.verified]), [["CTL", sha1(ctl!.file), true], ["ITL", sha1(itl!.file), true]]);
  });

  test("are not on a node whose Cisco Tftp is stopped: that is told, after six tries", async () => {
    const run = bench.run();
    await bench.lab.node(SUB).services.stop("Cisco Tftp");
    await fails(run.vos(SUB).trustFiles.served("ITL"), { kind: "connection", node: SUB, action: "read the ITL file that phones get", answer: /^no answer from 127\.0\.0\.1:\d+ \(ECONNRESET\)$/ });
    await bench.lab.node(SUB).services.start("Cisco Tftp");
    assert.ok(await run.vos(SUB).trustFiles.served("ITL"));
  });

  test("are told to be none on a node of another product, in its own words", () =>
    fails(of(IMP).shown("ITL"), { kind: "rejected", node: IMP, action: "read the ITL file", answer: "This command is not supported on this node" }));
});

for (const [release, signer] of [["11.5(1)SU8", "CallManager"], ["12.5(1)SU3", "ITLRecovery"]] as const)
  describe(`the files for phones on ${release}`, { timeout: 60_000 }, () => {
    const bench = new Bench(() => startTftp({ securityMode: "mixed", release }));

    test(`are signed by ${signer}, and shown`, async () => {
      const { trustFiles } = bench.run({ release }).vos(PUB);
      for (const kind of ["ITL", "CTL"] as const) {
        const [served, seen] = [await trustFiles.served(kind), await trustFiles.shown(kind)];
        assert.deepEqual([served!.signer.serialNumber, verifyTrustList(served!).verified], [serialOf(bench.lab.node(PUB), signer), true]);
        assert.deepEqual(seen!.records.map(({ serialNumber }) => serialNumber), served!.records.map(({ serialNumber }) => serialNumber));
      }
    });
  });

describe("a cluster that is not in mixed mode", { timeout: 60_000 }, () => {
  const bench = new Bench(() => startTftp());

  test("has no CTL, which is asked for once, and an ITL", async () => {
    const run = bench.run();
    const { trustFiles } = run.vos(PUB);
    assert.deepEqual([await trustFiles.served("CTL"), await trustFiles.shown("CTL")], [undefined, undefined]);
    assert.deepEqual([run.asked("tftp").length, run.asked("cli", "show ctl").length], [1, 1]);
    assert.ok(await trustFiles.served("ITL"));
  });

  test("refuses an update of its CTL, in its own words", async () => {
    const run = bench.run();
    await fails(run.vos(PUB).trustFiles.updateCtl(), { kind: "rejected", node: PUB, action: "update the CTL", answer: /^The cluster is not in mixed mode, there is no CTL file to update$/ });
    assert.equal(run.asked("cli", UPDATE).length, 1);
  });
});

describe("an update of the CTL", { timeout: 60_000 }, () => {
  const bench = new Bench(mixed);

  test("brings a new certificate into it, and gives the platform's words", async () => {
    const run = bench.run();
    const { trustFiles } = run.vos(PUB);
    await bench.lab.node(PUB).certificates.regenerate("CallManager");
    assert.match(await trustFiles.updateCtl(), /^Updating CTL file; CTL file Updated; Please Restart the TFTP and Cisco CallManager services/);
    const { records } = (await trustFiles.shown("CTL"))!;
    assert.ok(records.some(({ role, serialNumber }) => role === "CCM+TFTP" && serialNumber === serialOf(bench.lab.node(PUB), "CallManager")));
    assert.equal(run.asked("platform", "update CTL").length, 1);
  });

  test("is ordered once when its answer is lost, and the file tells that it was done", async () => {
    const run = bench.run();
    await bench.lab.node(PUB).certificates.regenerate("CallManager");
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, interface: "cli", action: UPDATE, times: 1 });
    await run.vos(PUB).trustFiles.updateCtl();
    assert.deepEqual([run.struck("dropped answer"), run.asked("platform", "update CTL").length], [1, 1]);
  });

  test("that was not begun is told, and not ordered again", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped connection", node: PUB, interface: "cli", action: UPDATE, times: 1 });
    await fails(run.vos(PUB).trustFiles.updateCtl(), { kind: "connection", node: PUB, action: "update the CTL", answer: /./ });
    assert.deepEqual([run.asked("cli", UPDATE).length, run.asked("platform", "update CTL").length], [1, 0]);
  });

  test("is refused on a subscriber, in its own words", async () => {
    const run = bench.run();
    await fails(run.vos(SUB).trustFiles.updateCtl(), { kind: "rejected", node: SUB, action: "update the CTL", answer: /^This command can be executed only on the publisher node$/ });
    assert.equal(run.asked("platform", "update CTL").length, 0);
  });
});

describe("a CTL that is signed by a token", { timeout: 60_000 }, () => {
  const bench = new Bench(() => startTftp({ securityMode: "mixed with tokens" }));

  test("cannot be updated, which is told in the platform's words", async () => {
    const run = bench.run();
    await fails(run.vos(PUB).trustFiles.updateCtl(), { kind: "rejected", node: PUB, action: "update the CTL", answer: /signed by a security token, it can be updated only with the CTL client$/ });
    assert.equal(run.asked("platform", "update CTL").length, 0);
  });
});

describe("TVS", { timeout: 60_000 }, () => {
  const bench = new Bench(() => startTftp());
  const TVS = "Cisco Trust Verification Service";
  const identity = (fqdn: string, purpose: string): Described => bench.lab.node(fqdn).store.identities.get(purpose)!.certificate;
  const about = (certificate: Described) => ({ ...questionAbout(certificate), device: PHONE });
  const untold = (of: Described, kind: Expected["kind"], answer: RegExp): Expected => ({ kind, node: SUB, action: `ask TVS about the certificate ${of.parsed.serialNumber}`, answer });

  test("vouches for the signer of the ITL, and shows its own certificate", async () => {
    const [signer, own] = [identity(PUB, "ITLRecovery"), identity(SUB, "TVS")];
    const { answer, servedBy } = await bench.run().vos(SUB).trustFiles.askTvs(about(signer));
    assert.deepEqual(answer, { id: 1, found: true, certificate: Buffer.from(signer.parsed.raw), roles: [0], secondsToLive: 86_400 });
    assert.equal(new X509Certificate(servedBy).fingerprint256, own.parsed.fingerprint256);
  });

  test("says of a certificate that is unknown to it that it is not found", async () => {
    const { answer } = await bench.run().vos(SUB).trustFiles.askTvs({ ...about(identity(PUB, "ITLRecovery")), serialNumber: "0badc0de" });
    assert.deepEqual(answer, { id: 1, found: false, reason: 1 });
  });

  test("is asked several things at once, each answered for itself", async () => {
    const { trustFiles } = bench.run().vos(PUB);
    const wanted = ["ITLRecovery", "CallManager", "TVS"].map((purpose) => identity(PUB, purpose));
    const answers = await Promise.all(wanted.map((one) => trustFiles.askTvs(about(one))));
    assert.deepEqual(answers.map(({ answer }) => answer.found && answer.certificate), wanted.map(({ parsed }) => Buffer.from(parsed.raw)));
  });

  for (const [fault, kind, words, timing] of [
    ["dropped connection", "connection", /^no answer from 127\.0\.0\.1:\d+ /, {}],
    ["dropped answer", "connection", /^no answer from 127\.0\.0\.1:\d+ /, {}],
    ["no answer", "timeout", /^no answer from 127\.0\.0\.1:\d+ in time$/, { request: "300ms" }],
    ["slow answer", "timeout", /^no answer from 127\.0\.0\.1:\d+ in time$/, { request: "300ms" }],
  ] as const) {
    test(`is asked again after one "${fault}"`, async () => {
      const run = bench.run({ timing });
      bench.lab.faults.add({ fault, node: SUB, interface: "tvs", times: 1 });
      assert.ok((await run.vos(SUB).trustFiles.askTvs(about(identity(PUB, "ITLRecovery")))).answer.found);
      assert.equal(run.struck(fault), 1);
    });

    test(`is given up after six times "${fault}"`, async () => {
      const run = bench.run({ timing });
      const signer = identity(PUB, "ITLRecovery");
      bench.lab.faults.add({ fault, node: SUB, interface: "tvs" });
      await fails(run.vos(SUB).trustFiles.askTvs(about(signer)), untold(signer, kind, words));
      assert.equal(run.struck(fault), 6);
    });
  }

  test("has a port that is open while it runs, which is looked at without a question", async () => {
    const run = bench.run();
    assert.equal(await run.vos(SUB).trustFiles.tvsPortOpen(), true);
    assert.deepEqual(run.asked("tvs"), []);
  });

  test("has a port that is closed when it is stopped, and nobody answers", async () => {
    const { trustFiles } = bench.run().vos(SUB);
    const signer = identity(PUB, "ITLRecovery");
    await bench.lab.node(SUB).services.stop(TVS);
    assert.equal(await trustFiles.tvsPortOpen(), false);
    await fails(trustFiles.askTvs(about(signer)), untold(signer, "connection", /ECONNRESET/));
    await bench.lab.node(SUB).services.start(TVS);
    assert.equal(await trustFiles.tvsPortOpen(), true);
  });

  test("has a port that is open when only the first look fails, closed when both do", async () => {
    const { trustFiles } = bench.run().vos(SUB);
    bench.lab.faults.add({ fault: "dropped connection", node: SUB, interface: "tvs", times: 1 });
    assert.equal(await trustFiles.tvsPortOpen(), true);
    bench.lab.faults.add({ fault: "node down", node: SUB });
    assert.equal(await trustFiles.tvsPortOpen(), false);
  });

  test("on a node whose name nobody knows is no closed port, but an error", async () => {
    const run = bench.run({ cluster: () => ({ reach: { [SUB]: { address: "nowhere.invalid", ports: {} } } }) });
    const error = await failure(run.vos(SUB).trustFiles.tvsPortOpen());
    assert.deepEqual([error.kind, error.failed.node, error.failed.action], ["connection", SUB, "look at port 2445"]);
  });
});
