import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALL_RULES, INSTALL_RULES, PREPARE_RULES } from "../../../../domain/rules";
import { KEPT_BY_CONSTRUCTION } from "../../../../domain/rules/construction";
import { decideAll } from "../../../../domain/rules/rule";
import { clusterReading, liveFacts, readings, UNREAD } from "../../../support/facts";

const NOTHING_READ = { version: UNREAD, snapshot: UNREAD, clockAhead: UNREAD, services: UNREAD, sso: UNREAD, diskUsed: UNREAD, ntpSynchronised: UNREAD, fips: UNREAD, unresolved: UNREAD };

describe("all rules together", () => {
  test("every rule has one entry, of our own or of the reference, and none is kept twice", () => {
    const ids = [...ALL_RULES, ...KEPT_BY_CONSTRUCTION].map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const id of ids) assert.match(id, /^(R([1-9]|[1-9]\d|1[0-2]\d|13[0-7])|U\d+)$/);
  });

  test("every rule says what it demands, where that stands and what to do", () => {
    for (const { id, title, source, comply, levels } of ALL_RULES) assert.ok(title !== "" && source !== "" && comply !== "" && levels.length > 0, id);
  });

  test("what to do ends without a full stop, because a report goes on after it", () => {
    for (const { id, comply, title } of ALL_RULES) assert.doesNotMatch(`${title}\n${comply}`, /\.(\n|$)/, id);
  });

  test("only the age of the backup, a displaced anchor, a restart that ends calls, phones that reset before the CTL update, phones that one cluster does not know, and foreign files of an exchange may be accepted", () => {
    assert.deepEqual(ALL_RULES.filter(({ acceptable }) => acceptable).map(({ id }) => id).sort(), ["R137", "R64", "R97", "U10", "U22", "U9"]);
  });
});

for (const [moment, rules] of [["before the request is made", PREPARE_RULES], ["before the certificate is installed", INSTALL_RULES]] as const)
  describe(moment, () => {
    test("an estate in order passes every rule", () => {
      const report = decideAll(rules, liveFacts());
      assert.deepEqual(report.passed, rules.map(({ id }) => id));
    });

    test("SSO, replication, the services that distribute, backup, disk and clocks are looked at", () => {
      const ids = rules.map(({ id }) => id);
      for (const id of ["U1", "U2", "U4", "R27", "R37", "R38", "R64", "R131", "R135"]) assert.ok(ids.includes(id), id);
    });

    test("of a cluster that does not answer nothing is said to have been verified", () => {
      const reading = clusterReading({ nodes: readings({}, undefined, NOTHING_READ), members: UNREAD, replication: UNREAD, lastBackup: UNREAD, backupRunning: UNREAD });
      const { passed, refusals, undecided } = decideAll(rules, liveFacts({ reading }));
      // R19, R32 and U5 speak of a certificate, which is not there yet; R20 of nodes that it leaves out.
      assert.deepEqual(passed.filter((id) => !["R19", "R20", "R32", "U5"].includes(id)), []);
      assert.ok(refusals.every(({ id }) => id === "U1") && refusals.length > 0);
      assert.ok(undecided.every(({ text }) => text.includes("not verified (R136)")));
    });
  });
