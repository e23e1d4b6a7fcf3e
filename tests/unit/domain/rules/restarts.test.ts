import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { R46, R48, R49, type Transport } from "../../../../domain/rules/restarts";
import { NOW } from "../../../support/certificates";
import { decision, service } from "../../../support/facts";

describe("R46: Cisco Tomcat and its like are restarted by CLI", () => {
  const TABLE: [string, Transport, string][] = [
    ["Cisco Tomcat", "CLI", "pass"],
    ["Cisco Tomcat", "Control Center", "Control Center does not restart Cisco Tomcat"],
    ["Cisco UDS Tomcat", "Control Center", "Control Center does not restart Cisco UDS Tomcat"],
    ["Cisco HAProxy", "Control Center", "Control Center does not restart Cisco HAProxy"],
    ["Cisco Tftp", "Control Center", "pass"],
  ];
  for (const [name, transport, found] of TABLE)
    test(`${name} by ${transport}`, () => {
      assert.deepEqual(decision(R46, { service: name, transport }), [found]);
    });
});

describe("R48: only a service that is active is restarted", () => {
  const name = "Cisco Tftp";

  test("a service that is started", () => {
    assert.deepEqual(decision(R48, { name, service: service(name) }), ["pass"]);
  });

  test("a service that is just starting", () => {
    assert.deepEqual(decision(R48, { name, service: service(name, { state: "Starting" }) }), ["pass"]);
  });

  test("a service that was never activated, in the platform's words", () => {
    assert.deepEqual(decision(R48, { name, service: service(name, { state: "Stopped", reason: "Service Not Activated" }) }), ["Cisco Tftp is not running (Service Not Activated)"]);
  });

  test("a service that the node does not have", () => {
    assert.deepEqual(decision(R48, { name, service: undefined }), ["Cisco Tftp is not on this node"]);
  });
});

describe("R49: a restart is proved by an uptime later than the change", () => {
  const since = new Date(NOW.getTime() - 600_000);
  const after = (upSeconds: number | undefined) => decision(R49, { service: service("Cisco Tomcat", { upSeconds }), since, nodeNow: NOW });

  test("it started five minutes ago, the change is ten minutes old", () => {
    assert.deepEqual(after(300), ["pass"]);
  });

  test("it has been running for longer than that", () => {
    assert.deepEqual(after(900), ["Cisco Tomcat has been running since 2026-06-01T11:45:00.000Z, before the change"]);
  });

  test("a start within a second of the change proves nothing", () => {
    assert.deepEqual(after(600), ["Cisco Tomcat has been running since 2026-06-01T11:50:00.000Z, before the change"]);
    assert.deepEqual(after(599), ["Cisco Tomcat has been running since 2026-06-01T11:50:01.000Z, before the change"]);
    assert.deepEqual(after(598), ["pass"]);
  });

  test("the platform does not say", () => {
    assert.deepEqual(after(undefined), ["undecided: the platform does not say how long Cisco Tomcat has been running"]);
  });
});
