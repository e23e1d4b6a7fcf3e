// Bulk Certificate Management where something goes wrong: the SFTP server, a node, replication. What is left behind, and what is said.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REFUSALS } from "../../lab/vos/bulk/words";
import { bulk, configure, exportBoth, fileOf, holds, lying, NEW_IMP, NEW_PUB, NEW_SUB, OLD_PUB, own, SERVER, startClusters } from "./support/bulk";
import { CliClient } from "./support/cli-client";
import { shared, within } from "./support/estates";

const onClusters = shared(() => startClusters());
const refused = (words: string) => `${words}\nExecuted command unsuccessfully\n`;

describe("an SFTP server that fails", () => {
  const HALVES = [
    ["because its connection is lost in the middle of a file", "upload cut", REFUSALS.lost(SERVER)],
    ["because its disk is full", "disk full", REFUSALS.failed("cs-ccm-pub_tomcat.pkcs12")],
  ] as const;
  for (const [why, fault, words] of HALVES)
    test(`${why} keeps half of it, which consolidation refuses, until it is exported again`, () =>
      onClusters(async (lab) => {
        await exportBoth(lab, "tomcat");
        const whole = fileOf(lab, "cs-ccm-pub_tomcat.pkcs12").length;
        lab.faults.add({ fault, node: SERVER, times: 1 });
        assert.equal(await bulk(lab, NEW_PUB, "export tomcat"), refused(words));
        const half = fileOf(lab, "cs-ccm-pub_tomcat.pkcs12").length;
        assert.ok(half > 0 && half < whole, `${half} of ${whole}`);
        assert.equal(await bulk(lab, OLD_PUB, "consolidate tomcat"), refused(REFUSALS.unread("cs-ccm-pub_tomcat.pkcs12")));
        await bulk(lab, NEW_PUB, "export tomcat");
        assert.match(await bulk(lab, OLD_PUB, "consolidate tomcat"), /^Successfully consolidated tomcat/);
      }));

  const FAULTS = [
    ["not writable", REFUSALS.notWritable("cs-ccm-pub_tomcat.pkcs12")],
    ["dropped connection", REFUSALS.connection(SERVER)],
  ] as const;
  for (const [fault, words] of FAULTS)
    test(`because of "${fault}" is told`, () =>
      onClusters(async (lab) => {
        await configure(lab, lab.node(NEW_PUB));
        lab.faults.add({ fault, node: SERVER });
        assert.equal(await bulk(lab, NEW_PUB, "export tomcat"), refused(words));
        assert.deepEqual(lying(lab), []);
      }));

  test("never answers: Ctrl-C ends the command, and its connection", () =>
    within(startClusters(), async (lab) => {
      await configure(lab, lab.node(NEW_PUB));
      lab.faults.add({ fault: "no answer", node: SERVER, action: "list" });
      const cli = await CliClient.open(lab.node(NEW_PUB));
      cli.send("set cert bulk export tomcat\n");
      for (let tries = 0; tries < 500 && !lab.history.entries.some(({ outcome }) => outcome === "no answer"); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
      cli.send("\u0003");
      assert.match(await cli.answer(), new RegExp(REFUSALS.lost(SERVER)));
      cli.close();
    }));
});

describe("an export", () => {
  test("leaves out a node that is down, and names it", () =>
    onClusters(async (lab) => {
      await configure(lab, lab.node(NEW_PUB));
      lab.faults.add({ fault: "node down", node: NEW_SUB });
      assert.match(await bulk(lab, NEW_PUB, "export tomcat"), /^Unable to get the tomcat certificate of cs-ccm-sub\.example\.com\nSuccessfully exported tomcat/);
      assert.deepEqual(lying(lab), ["cs-ccm-pub_tomcat.pkcs12"]);
    }));

  test("may leave out a node and not say so: the directory alone tells, and the next export has it", () =>
    onClusters(async (lab) => {
      await configure(lab, lab.node(NEW_PUB));
      lab.faults.add({ fault: "export skips node", node: NEW_SUB, action: "tomcat", times: 1 });
      assert.equal(await bulk(lab, NEW_PUB, "export tomcat"), "Successfully exported tomcat certificate(s) to sftp server.\n");
      assert.deepEqual(lying(lab), ["cs-ccm-pub_tomcat.pkcs12"]);
      assert.equal(lab.history.of("platform", "fault: export skips node").at(-1)!.node, NEW_SUB);
      await bulk(lab, NEW_PUB, "export tomcat");
      assert.deepEqual(lying(lab), ["cs-ccm-pub_tomcat.pkcs12", "cs-ccm-sub_tomcat.pkcs12"]);
    }));
});

describe("an import", () => {
  test("may replicate late to one node", () =>
    onClusters(async (lab) => {
      await exportBoth(lab, "tomcat");
      await bulk(lab, OLD_PUB, "consolidate tomcat");
      lab.faults.add({ fault: "replication lags", node: NEW_SUB, milliseconds: 300 });
      await bulk(lab, NEW_PUB, "import tomcat");
      const remote = own(lab, OLD_PUB, "tomcat");
      const holders = () => [NEW_PUB, NEW_SUB, NEW_IMP].filter((fqdn) => holds(lab, fqdn, "tomcat-trust", remote));
      while (!holders().includes(NEW_IMP)) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.deepEqual(holders(), [NEW_PUB, NEW_IMP]);
      await lab.cluster("new").settled();
      assert.deepEqual(holders(), [NEW_PUB, NEW_SUB, NEW_IMP]);
    }));
});
