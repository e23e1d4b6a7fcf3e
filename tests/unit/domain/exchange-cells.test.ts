import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { EXCHANGE_MATRIX, ownedCertificate, SECURE_LINKS, type Solution } from "../../../domain/exchange";
import { type Cell, exchangeCells, type ExchangeOptions } from "../../../domain/exchange-cells";
import { isPrivateKeyAlias, WINDOWS_PRODUCTS } from "../../../domain/hosts";
import { PRODUCTS } from "../../../domain/purposes";
import { R112 } from "../../../domain/rules/exchange";
import { A21, A24, A25, A26, A28, aliasesOf, CORE, CVP, host, lines, node, pair, solution, VOS, VVB } from "../../support/contact-center";

const restartsOf = (cells: readonly Cell[], importer: string) => [...new Set(cells.filter((cell) => cell.importer.fqdn.startsWith(importer)).flatMap(({ restarts }) => restarts))];

describe("A21: AWs and core servers", () => {
  const cells = exchangeCells(A21());
  const PAIRS = (...names: string[]) => names.flatMap((name) => [`${name}_IIS`, `${name}_DFP`]);

  for (const aw of ["aw-a", "aw-b"])
    test(`${aw} takes in IIS and DFP of both Roggers, both PGs and both AWs: 12 entries`, () => {
      assert.deepEqual(aliasesOf(cells, aw), PAIRS("rogger-a", "rogger-b", "pg-a", "pg-b", "aw-a", "aw-b"));
    });

  test("without its own pair an AW takes in 10", () => {
    assert.deepEqual(aliasesOf(exchangeCells(A21(), { ownCertificates: false }), "aw-a"), PAIRS("rogger-a", "rogger-b", "pg-a", "pg-b", "aw-b"));
  });

  for (const name of ["rogger-a", "rogger-b", "pg-a", "pg-b"])
    test(`${name} takes in IIS of both AWs`, () => {
      assert.deepEqual(aliasesOf(cells, name), ["aw-a_IIS", "aw-b_IIS"]);
    });

  test("everything goes into the truststore, and Apache Tomcat is restarted", () => {
    assert.deepEqual([...new Set(cells.flatMap(({ store, restarts }) => [store, ...restarts]))], ["truststore", "Apache Tomcat"]);
  });

  test("the AWs come first, then side A, then side B", () => {
    assert.deepEqual([...new Set(cells.map(({ importer }) => importer.fqdn.split(".")[0]))], ["aw-a", "aw-b", "rogger-a", "pg-a", "rogger-b", "pg-b"]);
  });

  test("IIS is found at port 443, DFP at 7890", () => {
    for (const { kind, from } of cells) assert.deepEqual(from, { port: kind === "IIS" ? 443 : 7890 });
  });

  test("a Router and a Logger by themselves are what a Rogger is", () => {
    const apart = exchangeCells(solution({ hosts: [host("rtr", "Router", "A"), host("lgr", "Logger", "A"), host("aw", "AW", "A")] }), { ownCertificates: false });
    assert.deepEqual(lines(apart), ["aw truststore rtr_IIS", "aw truststore rtr_DFP", "aw truststore lgr_IIS", "aw truststore lgr_DFP", "rtr truststore aw_IIS", "lgr truststore aw_IIS"]);
  });
});

describe("A24: VOS nodes to AWs", () => {
  test("each AW takes in every publisher and subscriber under its FQDN: 10 entries", () => {
    const vos = exchangeCells(A24).filter(({ kind, importer }) => kind === "tomcat" && importer.product === "AW");
    for (const aw of ["aw-a", "aw-b"]) assert.deepEqual(aliasesOf(vos, aw), VOS.map(({ fqdn }) => fqdn.replace(".example.com", "")));
    assert.ok(vos.every(({ from }) => "port" in from && from.port === 8443));
  });

  test("where nodes serve RSA and EC, both, under two aliases", () => {
    const both = exchangeCells(A24, { vosKeyTypes: ["RSA", "EC"] }).filter(({ owner, importer }) => owner.fqdn.startsWith("finesse-a") && importer.fqdn.startsWith("aw-a"));
    assert.deepEqual(both.map(({ alias, keyType }) => [alias, keyType]), [["finesse-a.example.com", "RSA"], ["finesse-a.example.com-EC", "EC"]]);
  });

  test("CUCM and VVB only with PCCE", () => {
    const more = { hosts: [host("aw", "AW", "A")], nodes: [...pair("cucm", "CUCM"), ...VVB] };
    assert.deepEqual(aliasesOf(exchangeCells(solution(more), { ownCertificates: false }), "aw"), []);
    assert.deepEqual(aliasesOf(exchangeCells(solution({ ...more, deployment: "PCCE" }), { ownCertificates: false }), "aw"), ["cucm-a", "cucm-b", "vvb1", "vvb2"]);
  });

  test("ECE's web server and Customer Collaboration Platform where they are declared", () => {
    const others = exchangeCells(solution({ hosts: [host("aw", "AW", "A")], others: [{ fqdn: "ece.example.com", product: "ECE" }, { fqdn: "ccp.example.com", product: "CCP" }] }), { ownCertificates: false });
    assert.deepEqual(others.map(({ alias, from }) => [alias, from]), [["ccp.example.com", { port: 8443 }], ["ece.example.com", { port: 443 }]]);
  });
});

describe("A25: WSM between OAMP and CVP", () => {
  const cells = exchangeCells(A25);

  test("OAMP takes in four, each of the four takes in OAMP's", () => {
    assert.deepEqual(lines(cells), [
      ...["csa", "csb", "repa", "repb"].map((name) => `oamp CVP keystore ${name}_wsm`),
      ...["repa", "repb", "csa", "csb"].map((name) => `${name} CVP keystore oamp_wsm`),
    ]);
  });

  test("the whole server is restarted", () => {
    assert.ok(cells.every(({ restarts }) => restarts.join() === "server"));
  });
});

describe("A26: VOS nodes to OAMP", () => {
  test("one entry per node, beside the four of A25", () => {
    assert.deepEqual(aliasesOf(exchangeCells(A26), "oamp"), ["csa_wsm", "csb_wsm", "repa_wsm", "repb_wsm", "cucm-a", "cucm-b", "vvb1", "vvb2", "cloudconnect-a", "cloudconnect-b"]);
  });
});

describe("A27: secure SIP and HTTPS between CVP and VVB", () => {
  const two = solution({ hosts: CVP.filter(({ product }) => product === "CVP Server"), nodes: VVB });

  test("nothing where it is not declared (R127)", () => {
    assert.deepEqual(exchangeCells(two), []);
  });

  test("for SIP, CVP's callserver certificates go to each VVB and VVB's tomcat to each CVP", () => {
    const cells = exchangeCells(two, { secureLinks: ["CVP and VVB by SIP"] });
    assert.deepEqual(lines(cells), [
      ...["csa", "csb"].flatMap((cs) => ["vvb1", "vvb2"].map((vvb) => `${cs} CVP keystore ${vvb}`)),
      ...["vvb1", "vvb2"].flatMap((vvb) => ["csa", "csb"].map((cs) => `${vvb} tomcat-trust callserver of ${cs}`)),
    ]);
    assert.deepEqual([restartsOf(cells, "cs"), restartsOf(cells, "vvb")], [["Cisco CVP Call Server"], ["node", "Cisco VVB Engine"]]);
  });

  test("for HTTPS, the vxml certificates, and VXML Server, Tomcat and the engine are restarted", () => {
    const cells = exchangeCells(two, { secureLinks: ["CVP and VVB by HTTPS"] });
    assert.ok(cells.filter(({ store }) => store === "tomcat-trust").every(({ kind, from }) => kind === "vxml" && "keystoreAlias" in from && from.keystoreAlias === "vxml_certificate"));
    assert.deepEqual([restartsOf(cells, "cs"), restartsOf(cells, "vvb")], [["Cisco CVP VXML Server"], ["Cisco Tomcat", "Cisco VVB Engine"]]);
  });

  test("for both, VVB's certificate stands in CVP's keystore once, with both restarts", () => {
    const cells = exchangeCells(two, { secureLinks: ["CVP and VVB by SIP", "CVP and VVB by HTTPS"] });
    assert.deepEqual(aliasesOf(cells, "csa"), ["vvb1", "vvb2"]);
    assert.deepEqual(restartsOf(cells, "csa"), ["Cisco CVP Call Server", "Cisco CVP VXML Server"]);
  });
});

describe("Finesse, Live Data and CUIC (R125)", () => {
  const writable = [...pair("finesse", "Finesse", true), ...pair("cuic", "CUIC", true), ...pair("livedata", "Live Data", true)];

  test("each cluster takes in on its publisher what it needs", () => {
    assert.deepEqual(lines(exchangeCells(solution({ nodes: writable }))), [
      ...["cuic-a", "cuic-b"].map((name) => `livedata-a tomcat-trust tomcat of ${name}`),
      ...["livedata-a", "livedata-b"].map((name) => `cuic-a tomcat-trust tomcat of ${name}`),
      ...["livedata-a", "livedata-b", "cuic-a", "cuic-b"].map((name) => `finesse-a tomcat-trust tomcat of ${name}`),
    ]);
  });

  test("a CUIC with Live Data on the same nodes takes in the AW's certificate, and none of its own cluster", () => {
    const cells = exchangeCells(solution({ hosts: [host("aw", "AW", "A")], nodes: pair("cuic", "CUIC", true) })).filter(({ store }) => store === "tomcat-trust");
    assert.deepEqual(lines(cells), ["cuic-a tomcat-trust IIS of aw"]);
  });

  test("is left to people where the clusters are only looked at", () => {
    const cells = exchangeCells(solution({ nodes: VOS }));
    assert.ok(cells.length > 0 && cells.every(({ byHand }) => /only looked at/.test(byHand ?? "")));
  });
});

describe("PCCE", () => {
  const pcce = (release: string) => exchangeCells(solution({ deployment: "PCCE", hosts: [host("aw", "AW", "A", release), ...CVP, host("pg", "Peripheral Gateway", "A", release)], nodes: pair("cucm", "CUCM") }));
  const wsm = (release: string) => pcce(release).filter(({ importer, kind }) => importer.product === "AW" && kind === "WSM");

  test("before 12.6(2) an AW takes WSM in like the rest", () => {
    assert.deepEqual([...new Set(wsm("12.6(1)").map(({ store, restarts }) => `${store}: ${restarts.join()}`))], ["truststore: Apache Tomcat"]);
  });

  test("from 12.6(2) into both stores, with a restart of the server", () => {
    assert.deepEqual([...new Set(wsm("12.6(2)").map(({ store, restarts }) => `${store}: ${restarts.join()}`))], ["truststore: server", "Java truststore: server"]);
  });

  test("a PG takes in the CUCM publisher alone, a CVP server the AW's IIS", () => {
    assert.deepEqual(aliasesOf(pcce("12.6(2)"), "pg"), ["aw_IIS", "cucm-a"]);
    assert.deepEqual(aliasesOf(pcce("12.6(2)"), "csa"), ["oamp_wsm", "aw_IIS"]);
  });
});

describe("what keytool cannot do is left to people", () => {
  test("host.pem of a PG, and the certificate store of Windows", () => {
    const cells = exchangeCells(solution({ hosts: [...CORE(), ...CVP], nodes: pair("finesse", "Finesse", true) }), { secureLinks: ["CVP and PG", "Finesse and PG"] });
    const hand = cells.filter(({ byHand }) => byHand !== undefined);
    assert.deepEqual([...new Set(hand.map(({ importer, kind }) => `${kind} into ${importer.product}`))].sort(), ["CTI into CVP Server", "CTI into Finesse", "callserver into Peripheral Gateway", "tomcat into Peripheral Gateway"]);
  });
});

describe("secure courtesy callback", () => {
  test("Reporting and call servers take in each other's callserver certificate", () => {
    const cells = exchangeCells(A25, { secureLinks: ["courtesy callback"] });
    assert.deepEqual(aliasesOf(cells, "csa"), ["oamp_wsm", "repa_callserver", "repb_callserver"]);
    assert.deepEqual(aliasesOf(cells, "repa"), ["oamp_wsm", "csa_callserver", "csb_callserver"]);
  });
});

describe("endpoints of VXML applications", () => {
  test("go into the keystore of every CVP server, with a restart of the VXML Server alone", () => {
    const cells = exchangeCells(A25, { additionalTrust: [{ fqdn: "crm.example.com" }, { fqdn: "crm.example.com", port: 8443 }, { fqdn: "bank.example.com", alias: "bank" }] }).filter(({ kind }) => kind === "endpoint");
    for (const name of ["csa", "csb"]) assert.deepEqual(aliasesOf(cells, name), ["crm", "crm_8443", "bank"]);
    assert.ok(cells.every(({ restarts }) => restarts.join() === "Cisco CVP VXML Server"));
    assert.deepEqual(cells.map(({ from }) => "port" in from && from.port).slice(0, 3), [443, 8443, 443]);
  });
});

describe("with a CA", () => {
  const chain = [{ commonName: "Example Root CA", serialNumber: "01" }, { commonName: "Example Issuing CA", serialNumber: "02" }];

  test("every store takes in the chain, root first, and no server's certificate", () => {
    const cells = exchangeCells(A28, { authority: { chain } }).filter(({ byHand }) => !byHand);
    for (const name of ["aw-a", "rogger-b", "oamp", "csb", "repa"]) assert.deepEqual(aliasesOf(cells, name), ["Example_Root_CA", "Example_Issuing_CA"]);
    assert.equal(cells.length, 2 * 11);
  });

  test("what it does not sign stays as it was", () => {
    const cells = exchangeCells(A21(), { authority: { chain, signs: ["IIS"] } });
    assert.deepEqual(aliasesOf(cells, "aw-a").slice(0, 3), ["Example_Root_CA", "Example_Issuing_CA", "rogger-a_DFP"]);
    assert.deepEqual(aliasesOf(cells, "pg-a"), ["Example_Root_CA", "Example_Issuing_CA"]);
  });

  test("two authorities of one name have two aliases", () => {
    const twins = [{ commonName: "Example CA", serialNumber: "AABBCC01" }, { commonName: "Example CA", serialNumber: "AABBCC02" }];
    assert.deepEqual(aliasesOf(exchangeCells(A21(), { authority: { chain: twins } }), "aw-a"), ["Example_CA", "Example_CA_BBCC02"]);
  });

  test("asks for the restarts of all that it replaces", () => {
    const cells = exchangeCells(solution({ hosts: CVP, nodes: VVB }), { authority: { chain }, secureLinks: ["CVP and VVB by HTTPS"] });
    assert.deepEqual(restartsOf(cells, "csa"), ["server", "Cisco CVP VXML Server"]);
  });
});

describe("any contact centre", () => {
  const name = fc.constantFrom(..."abcdefghijkl".split(""));
  const hosts = fc.uniqueArray(fc.record({ name, product: fc.constantFrom(...WINDOWS_PRODUCTS), side: fc.constantFrom("A" as const, "B" as const), release: fc.constantFrom("12.5(1)", "12.5(1a)", "12.6(1)", "12.6(2)") }), { selector: (one) => one.name, maxLength: 10 });
  const nodes = fc.uniqueArray(fc.record({ name, product: fc.constantFrom(...PRODUCTS), role: fc.constantFrom("publisher" as const, "subscriber" as const), writable: fc.boolean() }), { selector: (one) => one.name, maxLength: 8 });
  const solutions: fc.Arbitrary<Solution> = fc.record({ deployment: fc.constantFrom("UCCE" as const, "PCCE" as const), hosts, nodes }).map((one) =>
    solution({ deployment: one.deployment, hosts: one.hosts.map((entry) => host(entry.name, entry.product, entry.side, entry.release)), nodes: one.nodes.map((entry) => node(`n${entry.name}`, entry.product, entry.role, entry.writable)) }),
  );
  const options: fc.Arbitrary<ExchangeOptions> = fc.record({ secureLinks: fc.subarray([...SECURE_LINKS]), ownCertificates: fc.boolean(), vosKeyTypes: fc.constantFrom(["RSA" as const], ["RSA" as const, "EC" as const]) });

  test("gives each certificate an alias of its own (R112), none of a private key (R113), and names what is imported and why", () => {
    fc.assert(
      fc.property(solutions, options, (center, wish) => {
        const cells = exchangeCells(center, wish);
        assert.deepEqual(R112.decide({ wanted: cells }), { outcome: "pass" });
        for (const cell of cells) assert.ok(!isPrivateKeyAlias(cell.alias) && cell.restarts.length > 0 && cell.source !== "" && (cell.store === "tomcat-trust" || cell.store === "Windows machine store" || cell.alias.startsWith(cell.owner.fqdn)));
      }),
    );
  });

  test("does not depend on the order in which hosts of different products are declared", () => {
    fc.assert(
      fc.property(solutions, options, (center, wish) => {
        const key = (cells: readonly Cell[]) => cells.map((cell) => [cell.importer.fqdn, cell.store, cell.alias, cell.owner.fqdn, cell.kind, cell.keyType, ...cell.restarts].join());
        const turned = { ...center, hosts: [...center.hosts].reverse(), nodes: [...center.nodes].reverse() };
        assert.deepEqual(key(exchangeCells(turned, wish)).sort(), key(exchangeCells(center, wish)).sort());
        assert.deepEqual(key(exchangeCells(center, wish)), key(exchangeCells(center, wish)));
      }),
    );
  });
});

describe("the matrix", () => {
  test("imports only certificates that their owner has", () => {
    for (const { owners, kinds } of EXCHANGE_MATRIX)
      for (const kind of kinds) assert.deepEqual(owners.filter((owner) => !ownedCertificate(kind).owners.includes(owner)), [], `${kind} of ${owners.join()}`);
  });
});
