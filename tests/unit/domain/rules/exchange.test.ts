import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Cell, exchangeCells } from "../../../../domain/exchange-cells";
import type { Solution } from "../../../../domain/exchange";
import { EXCHANGE_RULES, type ExchangeFacts, type PresentEntry, U9 } from "../../../../domain/rules/exchange";
import { decideAll } from "../../../../domain/rules/rule";
import { A21, A24, A25, CVP, host, pair, solution, VVB } from "../../../support/contact-center";

const LINKS = ["CVP and VVB by HTTPS"] as const;
const present = (cells: readonly Cell[]): PresentEntry[] => cells.map(({ importer, store, alias, owner, kind }) => ({ importer: importer.fqdn.toUpperCase(), store, alias: alias.toLowerCase(), owner: owner.fqdn, kind }));

/** Everything that the matrix demands is there, but for what `without` picks. */
function facts(center: Solution, without: (cell: Cell) => boolean = () => false): ExchangeFacts {
  const wanted = exchangeCells(center, { secureLinks: LINKS });
  const left = wanted.filter((cell) => !without(cell));
  assert.ok(left.length < wanted.length || without.length === 0, "nothing was left out");
  return { wanted, present: present(left), secureLinks: LINKS };
}

const report = (given: ExchangeFacts) => decideAll(EXCHANGE_RULES, given);
const refusals = (given: ExchangeFacts) => report(given).refusals.map(({ text }) => text);

describe("a contact centre in which every server trusts whom it must", () => {
  for (const [what, center] of [["AWs and core", A21()], ["CVP", A25], ["CVP and VVB", solution({ hosts: CVP, nodes: VVB })], ["Finesse, CUIC and Live Data", solution({ nodes: [...pair("finesse", "Finesse", true), ...pair("cuic", "CUIC", true), ...pair("livedata", "Live Data", true)] })]] as const)
    test(`${what}: passes every rule, however aliases are written`, () => {
      assert.deepEqual(report(facts(center)).passed, EXCHANGE_RULES.map(({ id }) => id));
    });
});

describe("what is missing is named", () => {
  test("DFP of one PG on one AW (R107)", () => {
    const [line, ...rest] = refusals(facts(A21(), ({ importer, alias }) => importer.fqdn.startsWith("aw-b") && alias === "pg-a.example.com_DFP"));
    assert.match(line!, /^R107 aw-b\.example\.com: its truststore lacks DFP of pg-a\.example\.com \(alias pg-a\.example\.com_DFP\)\. Declare the exchange/);
    assert.deepEqual(rest, []);
  });

  test("an AW's own pair only as a warning (R107)", () => {
    const { refusals: none, warnings } = report(facts(A21(), ({ importer, owner }) => importer.fqdn === owner.fqdn));
    assert.deepEqual([none.length, warnings.map(({ id }) => id)], [0, ["R107", "R107", "R107", "R107"]]);
  });

  test("an AW's IIS on a Rogger (R108)", () => {
    assert.match(refusals(facts(A21(), ({ importer, owner }) => importer.fqdn.startsWith("rogger-b") && owner.fqdn.startsWith("aw-a"))).join(), /^R108 rogger-b\.example\.com: its truststore lacks IIS of aw-a/);
  });

  test("a subscriber on an AW (R109)", () => {
    assert.match(refusals(facts(A24, ({ importer, owner }) => importer.fqdn.startsWith("aw-a") && owner.fqdn.startsWith("finesse-b"))).join(), /^R109 aw-a\.example\.com: its truststore lacks tomcat of finesse-b/);
  });

  test("OAMP's WSM on a Reporting server, and a CVP server's on OAMP (R110)", () => {
    assert.match(refusals(facts(A25, ({ importer }) => importer.fqdn.startsWith("repb"))).join(), /^R110 repb\.example\.com: its CVP keystore lacks WSM of oamp/);
    assert.match(refusals(facts(A25, ({ owner }) => owner.fqdn.startsWith("csa"))).join(), /^R110 oamp\.example\.com: its CVP keystore lacks WSM of csa/);
  });

  test("entries in another store than the release's count as missing (A23)", () => {
    const { wanted, present: there } = facts(A21("12.6(2)"));
    const elsewhere = there.map((entry) => ({ ...entry, store: "Java truststore" }));
    assert.equal(refusals({ wanted, present: elsewhere }).length, 2 * 10 + 4 * 2);
  });

  test("Live Data on Finesse (R125), and only a warning where the cluster is only looked at", () => {
    const writable = solution({ nodes: [...pair("finesse", "Finesse", true), ...pair("livedata", "Live Data", true)] });
    assert.match(refusals(facts(writable, ({ owner }) => owner.fqdn.startsWith("livedata-b"))).join(), /^R125 finesse-a\.example\.com: its tomcat-trust lacks tomcat of livedata-b/);
    const lookedAt = solution({ nodes: [...pair("finesse", "Finesse"), ...pair("livedata", "Live Data")] });
    const { refusals: none, warnings } = report(facts(lookedAt, ({ owner }) => owner.fqdn.startsWith("livedata-b")));
    assert.deepEqual([none.length, warnings.length], [0, 1]);
  });

  test("a VVB on a CVP server as a warning, and not at all where the connection is not encrypted (R127)", () => {
    const given = facts(solution({ hosts: CVP, nodes: VVB }), ({ importer, owner }) => importer.fqdn.startsWith("csa") && owner.fqdn.startsWith("vvb2"));
    assert.deepEqual(report(given).warnings.map(({ id }) => id), ["R127"]);
    assert.deepEqual(report({ ...given, secureLinks: [] }).warnings, []);
  });
});

describe("R112", () => {
  test("an alias that is given to two certificates of one store is refused, however it is written", () => {
    const wanted = exchangeCells(solution({ hosts: [host("oamp", "CVP OAMP", "A"), host("csa", "CVP Server", "A")] }), { additionalTrust: [{ fqdn: "crm.example.com", alias: "OAMP.example.com_WSM" }] });
    assert.match(refusals({ wanted, present: present(wanted) }).join(), /^R112 csa\.example\.com: alias OAMP\.example\.com_WSM is wanted for WSM of oamp\.example\.com and for endpoint of crm/);
  });
});

describe("U9 a server that carries calls", () => {
  const callServers = ["csa.example.com"];
  test("restarts inside a maintenance window", () => assert.equal(U9.decide({ callServers, maintenanceWindow: { from: "22:00", to: "04:00", timeZone: "UTC" } }).outcome, "pass"));
  test("does not restart at any time", () => assert.match(decideAll([U9], { callServers }).refusals[0]!.text, /U9 csa\.example\.com: its restart ends the calls on it, and no maintenance window is declared/));
  test("restarts when a person says why it may", () => assert.deepEqual(decideAll([U9], { callServers }, { U9: "nobody calls yet" }).refusals, []));
});
