import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { R29, R46, R47, R48, R49, type Transport } from "../../../../domain/rules/restarts";
import { NOW } from "../../../support/certificates";
import { decision, service } from "../../../support/facts";

describe("R29: a multi-server certificate is not installed by CLI from 14SU2", () => {
  const refused = (release: string) => `release ${release} refuses a multi-server certificate by CLI`;
  const TABLE: [string, boolean][] = [["12.5(1)SU7", true], ["14SU1", true], ["14.0(1)SU1", true], ["14SU2", false], ["14.0(1)SU2", false], ["15", false], ["14.0.1.13900-155", false]];
  for (const [release, passes] of TABLE)
    test(`${release} ${passes ? "takes" : "refuses"} it`, () => {
      assert.deepEqual(decision(R29, { release, distribution: "multi-server", transport: "CLI" }), [passes ? "pass" : refused(release)]);
    });

  test("by REST it is installed", () => {
    assert.deepEqual(decision(R29, { release: "15", distribution: "multi-server", transport: "REST" }), ["pass"]);
  });

  test("a certificate of one server goes by CLI", () => {
    assert.deepEqual(decision(R29, { release: "15", distribution: "this-server", transport: "CLI" }), ["pass"]);
  });
});

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

describe("R47: Control Center is asked on the node itself", () => {
  test("on the node, in any case", () => {
    assert.deepEqual(decision(R47, { host: "CS-CCM-SUB.example.com", nodeName: "cs-ccm-sub.example.com" }), ["pass"]);
  });

  test("not on the publisher for a subscriber", () => {
    assert.deepEqual(decision(R47, { host: "cs-ccm-pub.example.com", nodeName: "cs-ccm-sub.example.com" }), ["cs-ccm-pub.example.com cannot control services of cs-ccm-sub.example.com"]);
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
