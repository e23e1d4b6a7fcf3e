import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exchangeCells, type ExchangeOptions } from "../../../domain/exchange-cells";
import { planExchange } from "../../../domain/exchange-plan";
import { exchangeTable } from "../../../domain/exchange-table";
import type { Solution } from "../../../domain/exchange";
import { A21, A25, A28, CVP, host, pair, solution, VVB } from "../../support/contact-center";

const plan = (center: Solution, options?: ExchangeOptions) => planExchange(exchangeCells(center, options), center);
const short = (fqdn: string) => fqdn.split(".")[0]!;
const order = (center: Solution, options?: ExchangeOptions) => plan(center, options).importers.map(({ importer, group }) => `${group}: ${short(importer.fqdn)}`);
const restarts = (center: Solution, options?: ExchangeOptions) => plan(center, options).importers.flatMap((one) => one.restarts.map(({ what, fqdn }) => `${what} on ${short(fqdn)}`));

describe("A21 + A24 + A25 together", () => {
  test("go host by host: AWs, side A, side B; beside them OAMP, Reporting, CVP servers", () => {
    assert.deepEqual(order(A28), [
      ...["aw-a", "aw-b", "rogger-a", "pg-a", "rogger-b", "pg-b"].map((name) => `CCE: ${name}`),
      ...["oamp", "repa", "repb", "csa", "csb"].map((name) => `CVP: ${name}`),
    ]);
  });

  test("restart each server or its Apache Tomcat once (R120)", () => {
    assert.deepEqual(restarts(A28), [
      ...["aw-a", "aw-b", "rogger-a", "pg-a", "rogger-b", "pg-b"].map((name) => `Apache Tomcat on ${name}`),
      ...["oamp", "repa", "repb", "csa", "csb"].map((name) => `server on ${name}`),
    ]);
  });

  test("are one batch per store", () => {
    assert.ok(plan(A28).importers.every(({ batches }) => batches.length === 1));
  });

  test("prove one AW before the second, and one CVP server before the second (R121)", () => {
    const proved = plan(A28).importers.flatMap(({ importer, proved: first }) => (first ? [`${short(importer.fqdn)} after ${short(first)}`] : []));
    assert.deepEqual(proved, ["aw-b after aw-a", "csb after csa"]);
  });

  test("say of which servers calls depend", () => {
    assert.deepEqual(plan(A28).importers.filter((one) => one.restarts.some(({ carriesCalls }) => carriesCalls)).map(({ importer }) => short(importer.fqdn)), ["csa", "csb"]);
  });
});

describe("what restarts", () => {
  test("a restart of the whole server comes first, and each batch triggers its own", () => {
    const center = solution({ deployment: "PCCE", hosts: [host("aw", "AW", "A", "12.6(2)"), host("csa", "CVP Server", "A")], nodes: [] });
    const [aw] = plan(center).importers;
    assert.deepEqual(aw!.batches.map(({ store, restarts: what }) => `${store}: ${what.join()}`), ["truststore: Apache Tomcat", "truststore: server", "Java truststore: server"]);
    assert.deepEqual(aw!.restarts.map(({ what, batches }) => [what, batches]), [["server", [1, 2]], ["Apache Tomcat", [0]]]);
  });

  test("a restarted server needs no restart of its services for the same certificate", () => {
    const center = solution({ hosts: CVP, nodes: VVB });
    assert.deepEqual(restarts(center, { authority: { chain: [{ commonName: "CA", serialNumber: "1" }] }, secureLinks: ["CVP and VVB by HTTPS"] }).filter((line) => line.endsWith("csa")), ["server on csa"]);
  });

  test("endpoints of VXML applications are a batch of their own, with the VXML Server", () => {
    const csa = plan(A25, { additionalTrust: [{ fqdn: "crm.example.com" }] }).importers.find(({ importer }) => importer.fqdn.startsWith("csa"))!;
    assert.deepEqual(csa.restarts.map(({ what, batches }) => [what, batches]), [["server", [0]], ["Cisco CVP VXML Server", [1]]]);
  });

  test("VVB's certificate is a batch of its own with the same name, however many of its connections are encrypted", () => {
    const center = solution({ hosts: CVP, nodes: VVB });
    for (const secureLinks of [["CVP and VVB by SIP"], ["CVP and VVB by SIP", "CVP and VVB by HTTPS"]] as const) {
      const csa = plan(center, { secureLinks }).importers.find(({ importer }) => importer.fqdn.startsWith("csa"))!;
      assert.deepEqual(csa.batches.map(({ store, part, cells }) => [store, part, cells.length]), [["CVP keystore", undefined, 1], ["CVP keystore", "VVB", 2]]);
      assert.equal(csa.batches[1]!.restarts.length, secureLinks.length);
    }
  });

  test("a VOS cluster restarts on every node, its publisher first, in a group of its own", () => {
    const center = solution({ nodes: [...pair("finesse", "Finesse", true).reverse(), ...pair("cuic", "CUIC", true)] });
    assert.deepEqual(order(center), ["Finesse: finesse-a"]);
    assert.deepEqual(restarts(center), ["Cisco Finesse Tomcat on finesse-a", "Cisco Finesse Tomcat on finesse-b"]);
  });

  test("a VVB restarts whole for SIP", () => {
    assert.deepEqual(restarts(solution({ hosts: CVP.slice(1, 2), nodes: VVB }), { secureLinks: ["CVP and VVB by SIP", "CVP and VVB by HTTPS"] }), [
      "Cisco CVP Call Server on csa",
      "Cisco CVP VXML Server on csa",
      ...["vvb1", "vvb2"].flatMap((vvb) => [`node on ${vvb}`, `Cisco Tomcat on ${vvb}`, `Cisco VVB Engine on ${vvb}`]),
    ]);
  });

  test("VVBs restart one after the other, although each is a cluster, because calls pass through them", () => {
    const center = solution({ hosts: CVP.slice(1, 2), nodes: VVB });
    assert.deepEqual(order(center, { secureLinks: ["CVP and VVB by SIP"] }).slice(-2), ["VVB: vvb1", "VVB: vvb2"]);
  });

  test("what a person does is in no batch", () => {
    const center = solution({ hosts: A21().hosts, nodes: pair("finesse", "Finesse") });
    const { importers, byHand } = plan(center);
    assert.deepEqual(byHand.map(({ importer, owner }) => `${short(importer.fqdn)} from ${short(owner.fqdn)}`), ["finesse-a from aw-a", "finesse-a from aw-b"]);
    assert.ok(importers.every(({ importer }) => importer.cluster === undefined));
  });
});

describe("the table of an exchange", () => {
  test("has one numbered line per certificate, then the sum", () => {
    const lines = exchangeTable(plan(A25)).split("\n");
    assert.match(lines[1]!, /^#\s+into\s+store\s+alias\s+certificate\s+found at\s+then restart$/);
    assert.match(lines[2]!, /^1\s+oamp\.example\.com\s+CVP keystore\s+csa\.example\.com_wsm\s+WSM of csa\.example\.com\s+wsm_certificate, port 8111\s+server$/);
    assert.equal(lines.at(-1), "8 certificates in 5 stores of 5 servers; 5 restarts, usually 50 minutes where all are needed.");
  });

  test("ends with what is left to people", () => {
    const center = solution({ nodes: [...pair("finesse", "Finesse"), ...pair("cuic", "CUIC")] });
    assert.match(exchangeTable(plan(center)), /Left to people:\n {2}tomcat of cuic-a\.example\.com into tomcat-trust of finesse-a\.example\.com: only looked at/);
  });

  test("leaves switching TLS on at each VVB to people, and counts its restart", () => {
    const lines = exchangeTable(plan(solution({ hosts: CVP.slice(1, 2), nodes: VVB }), { secureLinks: ["CVP and VVB by SIP"] })).split("\n");
    assert.ok(lines.includes("  on vvb2.example.com: switch TLS on where it is off (VVB Administration, System Parameters), then restart Cisco VVB Engine"));
    assert.ok(lines.some((line) => / 3 restarts, usually 23 minutes/.test(line)), lines.join("\n"));
  });

  test("names a CA and its place in the given chain", () => {
    assert.match(exchangeTable(plan(A25, { authority: { chain: [{ commonName: "Example Root CA", serialNumber: "1" }] } })), /Example_Root_CA\s+CA Example Root CA\s+given chain/);
  });
});
