// Bulk Certificate Management through the contract: what it says, and that nothing is ever typed into a prompt that is not known.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BulkServer } from "../../provider/platforms/bulk";
import { REFUSALS } from "../../lab/vos/bulk/words";
import { answersFor, bulk, configure, holds, lying, own, SERVER, SFTP_SERVERS } from "../lab/support/bulk";
import { NODES, startNodes } from "../lab/support/estates";
import { Bench, fails, PUB, SUB } from "./support";

const WEST = "west-pub.example.com";
const WRONG = "a-wrong-password";
const CONFIGURE = "configure the SFTP server of bulk certificate management";

describe("bulk certificate management", () => {
  const bench = new Bench(() => startNodes({ clusters: [{ name: "hq", nodes: NODES }, { name: "west", nodes: [{ fqdn: WEST, product: "CUCM", role: "publisher" }] }], sftpServers: SFTP_SERVERS }));
  const server = (broken: Partial<BulkServer> = {}): BulkServer => ({ ...answersFor(bench.lab), port: 22, ...broken });

  test("exports, consolidates and imports, and tells the types that were done", async () => {
    const { bulk: hq } = bench.run().vos(PUB);
    await configure(bench.lab, bench.lab.node(WEST));
    await bulk(bench.lab, WEST, "export all");
    await hq.configure(server());
    assert.deepEqual(await hq.run("export", "all"), ["tomcat", "tftp", "capf", "ITLRecovery"]);
    assert.deepEqual(await hq.run("consolidate", "tftp"), ["tftp"]);
    assert.deepEqual(await hq.run("import", "tftp"), ["tftp"]);
    await bench.lab.cluster("hq").settled();
    assert.ok(lying(bench.lab).includes("tftp.pkcs12"));
    for (const fqdn of [PUB, SUB]) assert.ok(holds(bench.lab, fqdn, "Phone-SAST-trust", own(bench.lab, WEST, "CallManager")));
  });

  test("tells a wrong password in the platform's words, and the password to nobody", async () => {
    const { bulk: hq } = bench.run().vos(PUB);
    await hq.configure(server({ password: WRONG }));
    await fails(hq.run("export", "tomcat"), { kind: "rejected", node: PUB, action: "bulk export of tomcat", answer: new RegExp(`^${REFUSALS.logIn(SERVER)}$`) });
    assert.ok(!JSON.stringify(bench.lab.history.entries).includes(WRONG));
  });

  test("is refused on a subscriber, in the platform's words", async () => {
    await fails(bench.run().vos(SUB).bulk.configure(server()), { kind: "rejected", node: SUB, action: CONFIGURE, answer: new RegExp(REFUSALS.subscriber) });
  });

  test("says what failed, without what went well before it", async () => {
    const { bulk: hq } = bench.run().vos(PUB);
    await hq.configure(server());
    bench.lab.faults.add({ fault: "not writable", node: SERVER, action: "tftp" });
    await fails(hq.run("export", "all"), { kind: "rejected", node: PUB, action: "bulk export of all types", answer: new RegExp(`^${REFUSALS.notWritable("cs-ccm-pub_tftp.pkcs12")}$`) });
  });

  test("is ordered once, also when its answer is lost", async () => {
    const run = bench.run();
    const { bulk: hq } = run.vos(PUB);
    await hq.configure(server());
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, interface: "cli", action: "set cert bulk export", times: 1 });
    await fails(hq.run("export", "tomcat"), { kind: "connection", node: PUB, action: "bulk export of tomcat", answer: /./ });
    assert.equal(run.asked("cli", "set cert bulk export").length, 1);
  });
});
