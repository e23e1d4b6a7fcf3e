// Bulk Certificate Management on the command line: what lies in the directory afterwards, where it lands, and what is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isStill, type Lab, restore, snapshot } from "../../lab";
import { selfSigned } from "../../lab/pki/make";
import { pkcs12 } from "../../lab/pki/pkcs12";
import { PASSPHRASE, PROMPTS, REFUSALS, SAVED } from "../../lab/vos/bulk/words";
import { answersFor, bulk, certificatesIn, configure, DIRECTORY, exchange, EXPORTED, exportBoth, fileOf, holds, lying, NEW_IMP, NEW_PUB, NEW_SUB, OLD_PUB, OLD_SUB, openedByOpenSsl, own, SERVER, startClusters } from "./support/bulk";
import { CliClient } from "./support/cli-client";
import { NEVER, shared, within } from "./support/estates";

const onClusters = shared(() => startClusters());
const refused = (words: string) => `${words}\nExecuted command unsuccessfully\n`;
const names = (lab: Lab, file: string) => certificatesIn(lab, file).map(({ commonName }) => commonName).sort();

describe("an export", () => {
  test("writes one file of each CUCM node and type, and says so type by type", () =>
    onClusters(async (lab) => {
      assert.equal(await configure(lab, lab.node(OLD_PUB)), `${SAVED}\n`);
      assert.equal(await bulk(lab, OLD_PUB, "export all"), ["tomcat", "tftp", "capf"].map((type) => `Successfully exported ${type} certificate(s) to sftp server.\n`).join(""));
      await configure(lab, lab.node(NEW_PUB));
      await bulk(lab, NEW_PUB, "export all");
      assert.deepEqual(lying(lab), EXPORTED);
    }));

  test("is a PKCS#12 file that OpenSSL opens, with the certificate that the node has", () =>
    onClusters(async (lab) => {
      await exportBoth(lab);
      for (const [file, fqdn, purpose] of [["CUCM1151SUB_tftp.pkcs12", OLD_SUB, "CallManager"], ["cs-ccm-pub_tomcat.pkcs12", NEW_PUB, "tomcat"], ["CUCM1151PUB_capf.pkcs12", OLD_PUB, "CAPF"]] as const)
        assert.deepEqual(openedByOpenSsl(fileOf(lab, file)), own(lab, fqdn, purpose).parsed.raw, file);
    }));

  test("of one type writes that type alone", () =>
    onClusters(async (lab) => {
      await exportBoth(lab, "tftp");
      assert.deepEqual(lying(lab), EXPORTED.filter((name) => name.includes("_tftp")));
    }));

  test("takes ITLRecovery along in tftp where the platform has no such type", () =>
    within(startClusters({ switches: { bulkItlRecovery: "in tftp" } }), async (lab) => {
      await exportBoth(lab);
      assert.deepEqual(lying(lab), EXPORTED.filter((name) => !name.includes("ITLRecovery")));
      assert.deepEqual(names(lab, "cs-ccm-pub_tftp.pkcs12"), [`ITLRECOVERY_${NEW_PUB}`, NEW_PUB]);
      assert.deepEqual(names(lab, "CUCM1151SUB_tftp.pkcs12"), [OLD_SUB, `ITLRECOVERY_${OLD_SUB}`], "below 12.5 every node has one");
    }));

  test("goes to any SFTP server that can be reached at its address and port", () =>
    onClusters(async (lab) => {
      await configure(lab, lab.node(NEW_PUB), { address: "127.0.0.1", port: String(lab.sftpServer("bulk").ports.ssh) });
      await bulk(lab, NEW_PUB, "export tomcat");
      assert.deepEqual(lying(lab), ["cs-ccm-pub_tomcat.pkcs12", "cs-ccm-sub_tomcat.pkcs12"]);
    }));
});

describe("a consolidation", () => {
  test("makes one file of each type that holds the certificates of all clusters", () =>
    onClusters(async (lab) => {
      await exportBoth(lab);
      await bulk(lab, OLD_PUB, "consolidate all");
      assert.deepEqual(lying(lab).filter((name) => !EXPORTED.includes(name)), ["ITLRecovery.pkcs12", "capf.pkcs12", "tftp.pkcs12", "tomcat.pkcs12"]);
      assert.deepEqual(names(lab, "tomcat.pkcs12"), [OLD_PUB, OLD_SUB, NEW_PUB, NEW_SUB]);
      assert.equal(names(lab, "capf.pkcs12").length, 3);
    }));

  test("holds no private key", () =>
    onClusters(async (lab) => {
      await exportBoth(lab, "tomcat");
      await bulk(lab, OLD_PUB, "consolidate tomcat");
      assert.throws(() => openedByOpenSsl(fileOf(lab, "tomcat.pkcs12")), /private key/i);
    }));

  test("merges whatever lies there, also of a cluster that takes no part", () =>
    onClusters(async (lab) => {
      await exportBoth(lab, "tomcat");
      const key = await lab.keys.next("rsa-2048");
      const certificate = await selfSigned(key, { subject: "CN=foreign.example.com", names: [], keyUsage: 0, extendedKeyUsage: [] });
      lab.sftpServer("bulk").userNamed().files.write(`${DIRECTORY}/foreign_tomcat.pkcs12`, pkcs12([{ alias: "foreign", key, certificate }], PASSPHRASE));
      await bulk(lab, OLD_PUB, "consolidate tomcat");
      assert.ok(names(lab, "tomcat.pkcs12").includes("foreign.example.com"));
    }));

  test("is refused while only one cluster has exported", () =>
    onClusters(async (lab) => {
      await configure(lab, lab.node(OLD_PUB));
      await bulk(lab, OLD_PUB, "export tomcat");
      assert.equal(await bulk(lab, OLD_PUB, "consolidate tomcat"), refused(REFUSALS.oneCluster));
      assert.ok(!lying(lab).includes("tomcat.pkcs12"));
    }));

  for (const unit of ["all", "capf"])
    test(`of ${unit} is refused where nothing was exported`, () =>
      onClusters(async (lab) => {
        await configure(lab, lab.node(OLD_PUB));
        assert.equal(await bulk(lab, OLD_PUB, `consolidate ${unit}`), refused(REFUSALS.nothingExported(unit)));
      }));
});

describe("an import", () => {
  const LANDS = [
    ["tomcat", "tomcat", ["tomcat-trust"]],
    ["tftp", "CallManager", ["Phone-SAST-trust", "CallManager-trust"]],
    ["capf", "CAPF", ["CallManager-trust"]],
    ["ITLRecovery", "ITLRecovery", ["Phone-SAST-trust", "CallManager-trust"]],
  ] as const;

  for (const [type, purpose, stores] of LANDS)
    test(`of ${type} puts the other cluster's ${purpose} into ${stores.join(" and ")} of every node`, () =>
      onClusters(async (lab) => {
        await exchange(lab);
        const sides = [[[OLD_PUB, OLD_SUB], [NEW_PUB, NEW_SUB]], [[NEW_PUB, NEW_SUB], type === "ITLRecovery" ? [] : [OLD_PUB, OLD_SUB]]] as const;
        for (const [locals, remotes] of sides)
          for (const remote of remotes.filter((fqdn) => lab.node(fqdn).purposes.includes(purpose)))
            for (const local of locals) for (const store of stores) assert.ok(holds(lab, local, store, own(lab, remote, purpose)), `${remote} in ${store} of ${local}`);
      }));

  test("reaches IM and Presence only in the stores that it has", () =>
    onClusters(async (lab) => {
      await exchange(lab);
      assert.ok(holds(lab, NEW_IMP, "tomcat-trust", own(lab, OLD_PUB, "tomcat")));
      assert.deepEqual(lab.node(NEW_IMP).store.entries("Phone-SAST-trust"), []);
    }));

  test("is on the publisher at once, and on the subscriber after replication", () =>
    within(startClusters({ timing: { replication: NEVER } }), async (lab) => {
      await exportBoth(lab, "tomcat");
      await bulk(lab, OLD_PUB, "consolidate tomcat");
      assert.equal(await bulk(lab, NEW_PUB, "import tomcat"), "Successfully imported tomcat certificates.\n");
      const [remote] = [own(lab, OLD_PUB, "tomcat")];
      assert.deepEqual([NEW_PUB, NEW_SUB].map((fqdn) => holds(lab, fqdn, "tomcat-trust", remote)), [true, false]);
    }));

  test("done again changes nothing", () =>
    onClusters(async (lab) => {
      await exchange(lab);
      const mark = lab.history.mark();
      await bulk(lab, NEW_PUB, "import all");
      const stored = lab.history.since(mark).filter(({ action }) => action === "store trust certificate").map(({ detail }) => detail.stored);
      assert.deepEqual([...new Set(stored)], ["already there"]);
    }));

  test("is refused before consolidation, and stores nothing", () =>
    onClusters(async (lab) => {
      await exportBoth(lab);
      assert.equal(await bulk(lab, NEW_PUB, "import all"), refused(REFUSALS.notConsolidated("all")));
      assert.equal(await bulk(lab, NEW_PUB, "import tftp"), refused(REFUSALS.notConsolidated("tftp")));
      assert.deepEqual(lab.node(NEW_PUB).store.entries("Phone-SAST-trust"), []);
    }));
});

test("the history of an exchange tells every step in its order, one after the other", () =>
  within(startClusters(), async (lab) => {
    await exchange(lab, "tftp");
    const steps = lab.history.of("platform", "bulk ").filter(({ action }) => !action.startsWith("save"));
    assert.deepEqual(steps.map(({ node, action }) => [node, action]), [
      [OLD_PUB, "bulk export tftp"],
      [NEW_PUB, "bulk export tftp"],
      [OLD_PUB, "bulk consolidate tftp"],
      [NEW_PUB, "bulk import tftp"],
      [OLD_PUB, "bulk import tftp"],
    ]);
    for (const [index, { at }] of steps.entries()) assert.ok(index === 0 || steps[index - 1]!.until! <= at);
  }));

describe("the SFTP password", () => {
  test("is neither shown while it is typed nor in the history", () =>
    onClusters(async (lab) => {
      const cli = await CliClient.open(lab.node(OLD_PUB));
      const { password } = answersFor(lab);
      cli.send("set cert bulk sftp\n");
      for (const [prompt, answer] of [[PROMPTS.address, SERVER], [PROMPTS.port, "22"], [PROMPTS.username, "bulk"], [PROMPTS.password, password], [PROMPTS.directory, DIRECTORY]] as const) {
        await cli.see(prompt);
        cli.send(`${answer}\n`);
      }
      assert.match(await cli.answer(), new RegExp(SAVED));
      cli.close();
      assert.ok(cli.transcript.includes(SERVER) && !cli.transcript.includes(password));
      assert.ok(!JSON.stringify(lab.history.entries).includes(password));
    }));

  test("that is wrong is told by the export", () =>
    within(startClusters(), async (lab) => {
      await configure(lab, lab.node(OLD_PUB), { password: "wrong" });
      assert.equal(await bulk(lab, OLD_PUB, "export all"), refused(REFUSALS.logIn(SERVER)));
      assert.equal(lab.history.of("sftp", "log-in failed").length, 1);
    }));
});

describe("bulk management is refused", () => {
  for (const fqdn of [NEW_SUB, NEW_IMP])
    for (const command of ["sftp", "export all", "consolidate all", "import all"])
      test(`on ${fqdn}: ${command}`, () => onClusters(async (lab) => assert.equal(await bulk(lab, fqdn, command), refused(REFUSALS.subscriber))));

  for (const command of ["export all", "consolidate all", "import all"])
    test(`where no SFTP server is configured: ${command}`, () => onClusters(async (lab) => assert.equal(await bulk(lab, NEW_PUB, command), refused(REFUSALS.notConfigured))));

  const BROKEN = [
    ["nobody listens at the address", { address: "127.0.0.1", port: "1" }, REFUSALS.connection("127.0.0.1")],
    ["the directory is not there", { directory: "/nowhere" }, REFUSALS.directory("/nowhere")],
    ["the user is not known", { username: "nobody" }, REFUSALS.logIn(SERVER)],
  ] as const;
  for (const [why, answers, words] of BROKEN)
    test(`where ${why}`, () =>
      onClusters(async (lab) => {
        await configure(lab, lab.node(NEW_PUB), answers);
        assert.equal(await bulk(lab, NEW_PUB, "export all"), refused(words));
      }));

  for (const [field, value, words] of [["port", "many", REFUSALS.port("many")], ["port", "70000", REFUSALS.port("70000")]] as const)
    test(`with the ${field} ${value}, before anything else is asked`, () =>
      onClusters(async (lab) => {
        const cli = await CliClient.open(lab.node(NEW_PUB));
        cli.send("set cert bulk sftp\n");
        await cli.see(PROMPTS.address);
        cli.send(`${SERVER}\n`);
        await cli.see(PROMPTS.port);
        cli.send(`${value}\n`);
        assert.match(await cli.answer(), new RegExp(words));
        cli.close();
        assert.equal(lab.cluster("new").bulkSftp, undefined);
      }));

  for (const [command, type] of [["export ITLRecovery", "ITLRecovery"], ["import ipsec", "ipsec"]] as const)
    test(`for a type that the cluster does not have: ${command}`, () =>
      onClusters(async (lab) => {
        await configure(lab, lab.node(OLD_PUB));
        assert.equal(await bulk(lab, OLD_PUB, command), refused(REFUSALS.type(type)));
      }));
});

test("a snapshot holds what lies in the directory, and where the publishers were told to look", () =>
  onClusters(async (lab) => {
    await exportBoth(lab, "tomcat");
    assert.ok(isStill(lab));
    const before = snapshot(lab);
    const content = fileOf(lab, "cs-ccm-pub_tomcat.pkcs12");
    await configure(lab, lab.node(NEW_PUB), { directory: "/elsewhere" });
    await bulk(lab, OLD_PUB, "consolidate tomcat");
    lab.sftpServer("bulk").userNamed().files.removeFile(`${DIRECTORY}/cs-ccm-pub_tomcat.pkcs12`);
    restore(lab, before);
    assert.deepEqual(lying(lab), EXPORTED.filter((name) => name.includes("_tomcat")));
    assert.deepEqual(fileOf(lab, "cs-ccm-pub_tomcat.pkcs12"), content);
    assert.equal(lab.cluster("new").bulkSftp?.directory, DIRECTORY);
  }));
