import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Product, Purpose } from "../../../domain/purposes";
import { CLI_ONLY_SERVICES, RESTART_MATRIX, restartRow, type RestartStep } from "../../../domain/restarts";
import { parseRelease } from "../../../domain/releases";

const written = ({ service, where, onlyFor }: RestartStep) => `${service}, ${where}${onlyFor ? `, for ${onlyFor}` : ""}`;

/** The row as one reads it in the matrix. */
function row(purpose: Purpose, product: Product, release: string): string[] {
  return (restartRow(purpose, product, release)?.steps ?? []).map(written);
}

const WEB = ["Cisco Tomcat, every node", "Cisco UDS Tomcat, CUCM nodes", "Cisco AXL Tomcat, CUCM nodes", "Cisco SSOSP Tomcat, every node"];
const DRF = ["Cisco DRF Master, CUCM publisher", "Cisco DRF Local, every node"];
const CALLS = ["Cisco Tftp, CUCM nodes", "Cisco CallManager, CUCM nodes, for sip-oauth"];

describe("the row of tomcat on CUCM", () => {
  for (const release of ["14", "14SU2", "14.0.1.13900-155", "15", "15SU2"])
    test(`at ${release}: the Tomcat family, then DRF, then Tftp, then CallManager where SIP OAuth is declared`, () => {
      assert.deepEqual(row("tomcat", "CUCM", release), [...WEB, ...DRF, ...CALLS]);
    });

  for (const release of ["10.5(2)", "11.5(1)SU5", "12.5", "12.5(1)SU7"])
    test(`at ${release}: Cisco Tomcat, then Tftp, then CallManager where SIP OAuth is declared; UDS and AXL Tomcat do not exist yet`, () => {
      assert.deepEqual(row("tomcat", "CUCM", release), ["Cisco Tomcat, every node", ...CALLS]);
    });
});

describe("the row of tomcat-ECDSA on CUCM", () => {
  test("at 14: Tomcat, UDS Tomcat, AXL Tomcat and DRF are among its services", () => {
    const services = row("tomcat-ECDSA", "CUCM", "14");
    for (const wanted of ["Cisco Tomcat, every node", "Cisco UDS Tomcat, CUCM nodes", "Cisco AXL Tomcat, CUCM nodes", ...DRF]) assert.ok(services.includes(wanted), wanted);
  });
});

describe("the row of tomcat-ECDSA on CUCM before 14", () => {
  for (const release of ["11.5(1)SU5", "12.5(1)SU7"]) test(`at ${release}: Cisco Tomcat alone`, () => assert.deepEqual(row("tomcat-ECDSA", "CUCM", release), ["Cisco Tomcat, every node"]));
});

describe("the other rows", () => {
  const CUP = ["Cisco SIP Proxy", "Cisco Presence Engine", "Cisco XCP SIP Federation Connection Manager"];
  const ROUTER = "Cisco XCP Router";
  const on = (services: string[], where: string) => services.map((service) => `${service}, ${where}`);
  const UNITY = ["Cisco Tomcat", "Connection IMAP Server", "Cisco DirSync", "Connection Jetty", "Connection SMTP", "Connection Conversation Manager"];
  const TABLE: [Purpose, Product, string[]][] = [
    ["ipsec", "CUCM", DRF],
    ["cup", "IM and Presence", on(CUP, "IM and Presence nodes")],
    ["cup-ECDSA", "IM and Presence", on(CUP, "IM and Presence nodes")],
    ["cup-xmpp", "IM and Presence", on([ROUTER], "IM and Presence nodes")],
    ["cup-xmpp-ECDSA", "IM and Presence", on([ROUTER], "IM and Presence nodes")],
    ["cup-xmpp-s2s", "IM and Presence", on([ROUTER, "Cisco XCP XMPP Federation Connection Manager"], "IM and Presence nodes")],
    ["cup-xmpp-s2s-ECDSA", "IM and Presence", on([ROUTER, "Cisco XCP XMPP Federation Connection Manager"], "IM and Presence nodes")],
    ["tomcat", "Unity Connection", on(UNITY, "Unity Connection nodes")],
    ["tomcat-ECDSA", "Unity Connection", on(UNITY, "Unity Connection nodes")],
    ["ipsec", "Unity Connection", [...on(["Cisco DRF Master"], "Unity Connection publisher"), ...on(["Cisco DRF Local"], "Unity Connection nodes")]],
  ];
  for (const [purpose, product, services] of TABLE)
    for (const release of ["12.5(1)SU3", "14", "15"])
      test(`${purpose} on ${product} at ${release}`, () => {
        assert.deepEqual(row(purpose, product, release), services);
      });

  test("a purpose that the product does not have has no row", () => {
    assert.equal(restartRow("cup", "CUCM", "15"), undefined);
    assert.equal(restartRow("CallManager", "Unity Connection", "15"), undefined);
  });

  test("what is no release has no row but a sentence", () => {
    assert.throws(() => restartRow("tomcat", "CUCM", "latest"), /"latest" is no release/);
  });
});

describe("the matrix", () => {
  const steps = RESTART_MATRIX.flatMap((one) => one.steps);

  test("every row begins at a release", () => {
    for (const { from } of RESTART_MATRIX) assert.ok(parseRelease(from), from);
  });

  test("no two rows stand for the same purpose, product and first release", () => {
    const keys = RESTART_MATRIX.flatMap(({ purposes, product, from }) => purposes.map((purpose) => `${purpose} ${product} ${from}`));
    assert.deepEqual(keys, [...new Set(keys)]);
  });

  test("every step names its source and takes time", () => {
    for (const { service, source, minutes } of steps) assert.ok(source !== "" && minutes > 0, service);
  });

  test("only Cisco Tomcat, SIP Proxy, Presence Engine, XCP Router, Finesse Tomcat and VVB Engine are expected everywhere; all else is skipped where it is not active", () => {
    const always = new Set(steps.filter((one) => !one.onlyWhereActive).map(({ service }) => service));
    assert.deepEqual([...always].sort(), ["Cisco Finesse Tomcat", "Cisco Presence Engine", "Cisco SIP Proxy", "Cisco Tomcat", "Cisco VVB Engine", "Cisco XCP Router"]);
  });

  test("port 8443 serves the new certificate after Cisco Tomcat, on every product, and after nothing else", () => {
    for (const { service, fronts } of steps) assert.equal(fronts, service === "Cisco Tomcat", service);
  });

  test("users are told what a restart of Tomcat, Presence Engine, XCP Router and CallManager takes from them", () => {
    for (const { service, notice } of steps) if (/^Cisco (Tomcat|Presence Engine|XCP Router|CallManager)$/.test(service)) assert.notEqual(notice, "", service);
  });

  test("every Tomcat is restarted by CLI, and HAProxy with them", () => {
    for (const service of ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat", "Cisco HAProxy"]) assert.ok(CLI_ONLY_SERVICES.includes(service), service);
  });
});
