import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Product, Purpose } from "../../../domain/purposes";
import { chosenSteps, CLI_ONLY_SERVICES, type PhoneRestarts, RESTART_MATRIX, restartRow, type RestartStep } from "../../../domain/restarts";
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

describe("the rows of the phones' certificates on CUCM", () => {
  const [TFTP, CALL_MANAGER, CTI, TVS, HAPROXY] = ["Cisco Tftp", "Cisco CallManager", "Cisco CTIManager", "Cisco Trust Verification Service", "Cisco HAProxy"].map((service) => `${service}, CUCM nodes`);
  const ALL = [TFTP, CALL_MANAGER, CTI, TVS, HAPROXY];
  const CAPF = "Cisco Certificate Authority Proxy Function, CUCM publisher";
  const TABLE: [Purpose, string[], (string | undefined)[]][] = [
    ["CallManager", ["10.5(2)", "11.5(1)SU5", "12.5(1)SU7", "14", "14SU1", "15"], ALL],
    ["CallManager-ECDSA", ["11.5(1)SU5", "12.5(1)SU7", "14"], ALL],
    ["CallManager-ECDSA", ["14SU1", "15SU2"], [CALL_MANAGER, HAPROXY]],
    ["CAPF", ["10.5(2)", "15"], [CAPF, TVS, TFTP]],
    ["TVS", ["10.5(2)", "15"], [TVS, TFTP]],
    ["ITLRecovery", ["10.5(2)", "12.5(1)SU7", "15"], [TVS, TFTP]],
  ];
  for (const [purpose, releases, services] of TABLE) for (const release of releases) test(`${purpose} at ${release}`, () => assert.deepEqual(row(purpose, "CUCM", release), services));

  const chosen = (purpose: Purpose, release: string, choice?: PhoneRestarts) => chosenSteps(restartRow(purpose, "CUCM", release)!, choice).map(written);
  test("CallManager as Cisco 118731 lists it, unless told otherwise", () => assert.deepEqual(chosen("CallManager", "15"), ALL));
  test("CallManager with Tftp after TVS, as Cisco 214231 lists it", () => assert.deepEqual(chosen("CallManager", "15", { tftp: "after TVS" }), [CALL_MANAGER, CTI, TVS, TFTP, HAPROXY]));
  test("a row with Tftp behind TVS already stays as it is", () => assert.deepEqual(chosen("CAPF", "15", { tftp: "after TVS" }), [CAPF, TVS, TFTP]));
  test("the short list of CallManager from 14SU1 is HAProxy alone (R53)", () => assert.deepEqual(chosen("CallManager", "14SU1", { list: "short", tftp: "after TVS" }), [HAPROXY]));

  for (const [purpose, release] of [["CallManager", "14"], ["CallManager", "12.5(1)SU7"], ["CAPF", "15"]] as const)
    test(`${purpose} at ${release} has no short list`, () => assert.throws(() => chosen(purpose, release, { list: "short" }), /^Error: the row of \w+ on CUCM from release 8 has no short list of restarts \(R53\)/));

  test("all of them follow service by service, and only where active", () => {
    const steps = ["CallManager", "CAPF", "TVS", "ITLRecovery"].flatMap((purpose) => restartRow(purpose as Purpose, "CUCM", "15")!.steps);
    for (const { service, rhythm, onlyWhereActive, notice } of steps) assert.deepEqual([rhythm, onlyWhereActive, notice !== ""], ["service by service", true, true], service);
  });
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
