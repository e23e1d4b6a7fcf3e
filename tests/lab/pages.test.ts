// What a person does in OS Administration, where no command and no REST call does it, or where nobody wants one: the same comes of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Lab } from "../../lab";
import { REFUSALS } from "../../lab/vos/bulk/words";
import { answersFor, holds, lying, NEW_IMP, NEW_PUB, NEW_SUB, OLD_PUB, OLD_SUB, own, startClusters } from "./support/bulk";
import { CliClient } from "./support/cli-client";
import { shared, within } from "./support/estates";
import { rest } from "./support/node-client";
import { install, makeRoot, trust } from "./support/signer";

const SAST = "Phone-SAST-trust";
const onClusters = shared(() => startClusters());
const pageOnly = shared(() => startClusters({ switches: { phoneSastUpload: "page only" } }));

const signerOf = (lab: Lab) => own(lab, OLD_PUB, "CallManager");

async function byRest(lab: Lab, pem: string, services = ["Phone-SAST"], fqdn = NEW_PUB): Promise<[number, string]> {
  const { status, text } = await rest(lab.node(fqdn), "POST /trust/certificates", { service: services, certificates: [pem], description: "" });
  return [status, text];
}

async function byCli(lab: Lab, pem: string, fqdn = OLD_PUB): Promise<string> {
  const cli = await CliClient.open(lab.node(fqdn));
  try {
    cli.send("set cert import trust Phone-SAST\n");
    await cli.see("Paste the Certificate and Hit Enter\r\n");
    cli.send(`${pem.trim()}\n\n`);
    return await cli.answer();
  } finally {
    cli.close();
  }
}

describe("a certificate for Phone-SAST-trust", () => {
  test("is taken by REST, and reaches the subscriber", () =>
    onClusters(async (lab) => {
      assert.equal((await byRest(lab, signerOf(lab).pem))[0], 200);
      await lab.cluster("new").settled();
      for (const fqdn of [NEW_PUB, NEW_SUB]) assert.ok(holds(lab, fqdn, SAST, signerOf(lab)), fqdn);
    }));

  test("is taken by command line, where a release has no REST", () =>
    onClusters(async (lab) => {
      const signer = own(lab, NEW_PUB, "ITLRecovery");
      assert.match(await byCli(lab, signer.pem), /Successfully imported certificate for Phone-SAST/);
      await lab.cluster("old").settled();
      for (const fqdn of [OLD_PUB, OLD_SUB]) assert.ok(holds(lab, fqdn, SAST, signer), fqdn);
    }));

  test("may be one that a CA signed, without the CA", () =>
    onClusters(async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(NEW_PUB), root, "CallManager");
      await install(lab.node(NEW_PUB), root, { service: "CallManager" });
      const signer = own(lab, NEW_PUB, "CallManager");
      assert.notEqual(signer.subject, signer.issuer);
      assert.match(await byCli(lab, signer.pem), /Successfully imported/);
      assert.ok(holds(lab, OLD_PUB, SAST, signer));
    }));

  test("is refused where the node has no such store", () => onClusters(async (lab) => assert.deepEqual(await refusal(byRest(lab, signerOf(lab).pem, ["Phone-SAST"], NEW_IMP)), [400, "Invalid service Phone-SAST"])));

  test("is refused by REST where the switch leaves it to the page, and the other store of the same call stays as it is", () =>
    pageOnly(async (lab) => {
      assert.deepEqual(await refusal(byRest(lab, signerOf(lab).pem, ["CallManager", "Phone-SAST"])), [400, "Invalid service Phone-SAST"]);
      for (const store of [SAST, "CallManager-trust"]) assert.ok(!holds(lab, NEW_PUB, store, signerOf(lab)), store);
    }));

  test("is refused by command line where the switch leaves it to the page, before anything is pasted", () =>
    pageOnly(async (lab) => assert.equal(await CliClient.once(lab.node(OLD_PUB), "set cert import trust Phone-SAST"), "Invalid service Phone-SAST\nExecuted command unsuccessfully\n")));

  test("is uploaded there by a person in the page, and the history says so", () =>
    pageOnly(async (lab) => {
      const mark = lab.history.mark();
      await lab.node(NEW_PUB).administration.uploadTrust(SAST, signerOf(lab).pem, "of the other cluster");
      await lab.cluster("new").settled();
      for (const fqdn of [NEW_PUB, NEW_SUB]) assert.ok(holds(lab, fqdn, SAST, signerOf(lab)), fqdn);
      const [page, ...others] = lab.history.since(mark);
      assert.deepEqual([page!.interface, page!.action, page!.detail, page!.outcome], ["https", `page: upload to ${SAST}`, { by: "a person" }, "ok"]);
      assert.deepEqual(others.map(({ action }) => action), ["store trust certificate"]);
    }));

  test("that the page refuses is refused in its words, and the history says that too", () =>
    pageOnly(async (lab) => {
      const upload = () => lab.node(NEW_PUB).administration.uploadTrust(SAST, signerOf(lab).pem);
      await upload();
      await assert.rejects(upload(), /Certificate already exists in the trust-store/);
      assert.match(lab.history.of("https", `page: upload to ${SAST}`).at(-1)!.outcome, /already exists/);
    }));
});

async function refusal(answer: Promise<[number, string]>): Promise<[number, string]> {
  const [status, text] = await answer;
  return [status, (JSON.parse(text) as { messages: string[] }).messages.join()];
}

describe("bulk management in the page", () => {
  const save = (lab: Lab, fqdn: string) => {
    const { address, username, password, directory } = answersFor(lab);
    return lab.node(fqdn).administration.saveBulkServer({ address, port: 22, username, password, directory });
  };

  test("does the whole exchange as the commands do, and the history tells who wanted each step", () =>
    within(startClusters(), async (lab) => {
      const mark = lab.history.mark();
      for (const fqdn of [OLD_PUB, NEW_PUB]) await save(lab, fqdn);
      assert.deepEqual(await lab.node(OLD_PUB).administration.bulk("export", "tftp"), ["Successfully exported tftp certificate(s) to sftp server."]);
      await lab.node(NEW_PUB).administration.bulk("export", "tftp");
      await lab.node(OLD_PUB).administration.bulk("consolidate", "tftp");
      for (const fqdn of [NEW_PUB, OLD_PUB]) await lab.node(fqdn).administration.bulk("import", "tftp");
      for (const cluster of lab.clusters) await cluster.settled();
      assert.ok(lying(lab).includes("tftp.pkcs12"));
      for (const [local, remote] of [[NEW_SUB, OLD_SUB], [OLD_SUB, NEW_SUB]] as const) assert.ok(holds(lab, local, SAST, own(lab, remote, "CallManager")), local);
      const told = lab.history.since(mark).filter(({ action }) => /^(page: )?bulk /.test(action));
      const steps = [[OLD_PUB, "export"], [NEW_PUB, "export"], [OLD_PUB, "consolidate"], [NEW_PUB, "import"], [OLD_PUB, "import"]] as const;
      assert.deepEqual(told.map(({ node, action }) => `${node} ${action}`), steps.flatMap(([fqdn, step]) => [`${fqdn} page: bulk ${step} tftp`, `${fqdn} bulk ${step} tftp`]));
      assert.ok(!JSON.stringify(lab.history.entries).includes(answersFor(lab).password));
    }));

  for (const fqdn of [NEW_SUB, NEW_IMP])
    test(`is not there on ${fqdn}`, () =>
      onClusters(async (lab) => {
        await assert.rejects(save(lab, fqdn), new RegExp(REFUSALS.subscriber));
        await assert.rejects(lab.node(fqdn).administration.bulk("export", "all"), new RegExp(REFUSALS.subscriber));
        assert.equal(lab.cluster("new").bulkSftp, undefined);
      }));

  test("is refused without a server, in the words of the command", () => onClusters((lab) => assert.rejects(lab.node(NEW_PUB).administration.bulk("export", "all"), new RegExp(REFUSALS.notConfigured))));
});
