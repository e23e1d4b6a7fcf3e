// Nodes of 10.5 and 11.5 (A16) through the contract: what they hold, by CLI, and what else they tell; their faults are those of 12.5.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { completeQuestion } from "../../domain/question";
import { parseRequest } from "../../domain/x509/request";
import { startNodes } from "../lab/support/estates";
import { makeRoot, sign } from "../lab/support/signer";
import { HQ } from "../support/a1";
import { Bench, IMP, PUB, type Run, SUB } from "./support";

const QUESTION = completeQuestion({ purpose: "tomcat", distribution: "this-server" }, HQ.node(PUB), HQ.nodes);

for (const release of ["10.5(2)", "11.5(1)"])
  describe(`a node of ${release}`, () => {
    const bench = new Bench(() => startNodes({}, { release }));
    const run = (): Run => bench.run({ release });

    for (const fqdn of [PUB, SUB, IMP])
      test(`holds by CLI what ${fqdn.split(".")[0]} has: identities and trust entries`, async () => {
        const { store } = bench.lab.node(fqdn);
        const { identities, trusts } = await run().vos(fqdn).snapshot();
        assert.deepEqual([...identities].map(([unit, { serialNumber }]) => `${unit} ${serialNumber}`).sort(), [...store.identities].map(([unit, { certificate: { parsed } }]) => `${unit} ${parsed.serialNumber.replace(/^0+(?=.)/, "")}`).sort());
        const held = store.stores().flatMap((name) => store.entries(name).map(({ fileName }) => `${name}/${fileName}`));
        assert.deepEqual(trusts.map(({ store: name, fileName }) => `${name}/${fileName}`).sort(), held.sort());
        assert.ok(held.length > 3);
      });

    test("makes a request and takes its answer, by CLI alone", async () => {
      const one = run();
      const vos = one.vos(PUB);
      const root = await makeRoot();
      await vos.uploadTrust("tomcat-trust", root.certificate, "");
      const pem = await vos.generateRequest(QUESTION);
      assert.equal(parseRequest(pem).commonName, PUB);
      await vos.uploadIdentity("tomcat", [await sign(root, pem)]);
      assert.equal((await vos.identity("tomcat"))!.certificate.serialNumber, bench.lab.node(PUB).store.identities.get("tomcat")!.certificate.parsed.serialNumber.replace(/^0+(?=.)/, ""));
      assert.deepEqual(one.asked("rest"), []);
    });

    test("tells its release, its nodes by AXL, its services and its backups", async () => {
      const vos = run().vos(PUB);
      assert.ok((await vos.system()).version.startsWith(release.slice(0, 4)));
      assert.deepEqual((await vos.members()).map(({ name }) => name), [PUB, SUB, IMP]);
      const services = (await vos.services()).map(({ name }) => name);
      assert.ok(services.includes("Cisco Tomcat") && !services.includes("Cisco HAProxy"));
      assert.ok((await vos.backups()).last);
    });
  });
