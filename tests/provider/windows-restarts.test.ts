// Services and servers of Windows hosts, restarted; and what their ports serve. Without the engine.
import assert from "node:assert/strict";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { serviceNamed } from "../../provider/resources/shared/host-service";
import { after, afterEach, before, beforeEach, describe, it } from "../support/hosts-test";
import { TestProvider } from "../support/provider";
import { until } from "../support/until";
import { AW, commands, CSA, ESTATE, hostOf, ROGGER } from "../support/windows-hosts";

const TOMCAT = "Apache Tomcat 9.0 Tomcat9";
let lab: Lab, provider: TestProvider, mark: number;
before(async () => {
  lab = await startLab(ESTATE);
});
beforeEach(() => {
  provider = new TestProvider(lab);
  mark = lab.history.mark();
});
afterEach(async () => {
  lab.faults.clear();
  await provider.dispose();
});
after(() => lab.stop());

const soon = () => new Date(Date.now() + 1_000).toISOString();
const long = "2020-01-01T00:00:00.000Z";
const service = (more: object = {}) => ({ node: hostOf(lab, AW), service: "Apache Tomcat", triggers: ["1"], changedAt: soon(), ...more });
const orders = (fqdn: string) => commands(lab, fqdn, mark).flatMap((command) => /^(sc (?:stop|start) "[^"]+"|shutdown .*)$/.exec(command)?.[1] ?? []);

describe("a service of a Windows host", { timeout: 120_000 }, () => {
  it("is found by the beginning of its name, stopped, started, and waited for", async () => {
    const state = await provider.create("ServiceRestart", service());
    assert.deepEqual([state.status, lab.host(AW).services.get("Tomcat9")!.state, orders(AW)], ["done", "RUNNING", ['sc stop "Tomcat9"', 'sc start "Tomcat9"']]);
    assert.match(provider.output, new RegExp(`restart ${TOMCAT}[^]*${TOMCAT} STOPPED[^]*${TOMCAT} STARTED`));
  });

  it("that was started after the change is not restarted", async () => {
    const state = await provider.create("ServiceRestart", service({ changedAt: long }));
    assert.deepEqual([state.remark, orders(AW)], ["it was started after the change", []]);
  });

  it("is not restarted when nothing changed", async () => {
    assert.equal((await provider.create("ServiceRestart", service({ changedAt: "" }))).remark, "nothing changed that it has not loaded");
    assert.deepEqual(orders(AW), []);
  });

  it("that is not on the host is an error, or skipped where it is declared so", async () => {
    assert.match(await provider.refusal("ServiceRestart", service({ service: "Cisco CVP CallServer" })), /awa\.example\.com: restart Cisco CVP CallServer: Cisco CVP CallServer is not on this host/);
    assert.equal((await provider.create("ServiceRestart", service({ service: "Cisco CVP CallServer", onlyWhereActive: true }))).status, "skipped");
  });

  it("that does not come up is told, and the next run starts it", async () => {
    lab.faults.add({ fault: "service stays down", node: AW, times: 1 });
    const failed = await provider.create("ServiceRestart", service()).then(() => undefined, (error: { properties?: object; reasons?: string[] }) => error);
    assert.match(failed!.reasons!.join(), /Apache Tomcat 9\.0 Tomcat9 of awa\.example\.com is stopped and was to be started/);
    const state = await provider.update("ServiceRestart", failed!.properties!, service());
    assert.deepEqual([state.status, lab.host(AW).services.get("Tomcat9")!.state], ["done", "RUNNING"]);
    assert.match(provider.output, /is down: an earlier run broke off while it restarted; it is started now/);
  });

  it("of which two have the name is not chosen", () => {
    const services = ["Tomcat8", "Tomcat9"].map((name) => ({ name, displayName: `Apache Tomcat ${name}`, state: "Started" as const }));
    assert.throws(() => serviceNamed(services, "Apache Tomcat", AW), /"Apache Tomcat Tomcat8" \(Tomcat8\) and "Apache Tomcat Tomcat9" \(Tomcat9\) both have that name/);
    assert.equal(serviceNamed(services, "tomcat9", AW)?.name, "Tomcat9");
  });

  it("is found whether Cisco writes its name with spaces or without", () => {
    const services = [{ name: "CallServer", displayName: "Cisco CVP CallServer", state: "Started" as const }, { name: "VXMLServer", displayName: "Cisco CVP VXML Server", state: "Started" as const }];
    assert.deepEqual(["Cisco CVP Call Server", "Cisco CVP VXMLServer"].map((name) => serviceNamed(services, name, CSA)?.name), ["CallServer", "VXMLServer"]);
  });
});

describe("a Windows server", { timeout: 120_000 }, () => {
  const server = (more: object = {}) => ({ node: hostOf(lab, CSA), triggers: ["1"], changedAt: soon(), ports: [8111], ...more });

  it("is restarted whole, and is back when its ports answer and its services run", async () => {
    const state = await provider.create("ServerRestart", server());
    assert.deepEqual([state.status, orders(CSA)], ["done", ["shutdown /r /t 0"]]);
    assert.equal(lab.host(CSA).services.get("CallServer")!.state, "RUNNING");
    assert.match(provider.output, /csa\.example\.com: the server is back/);
  });

  it("that was started after the change is not restarted", async () => {
    const state = await provider.create("ServerRestart", server({ changedAt: long }));
    assert.deepEqual([state.remark, orders(CSA)], ["the server was started after the change", []]);
  });

  it("waits for its window", async () => {
    const day = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][(new Date().getUTCDay() + 3) % 7]!;
    const state = await provider.create("ServerRestart", server({ maintenanceWindow: { days: [day], from: "01:00", to: "02:00", timeZone: "UTC" } }));
    assert.deepEqual([state.status, orders(CSA)], ["due", []]);
  });
});

describe("a certificate that a port serves", { timeout: 120_000 }, () => {
  const served = (more: object = {}) => ({ server: { fqdn: ROGGER, connection: "contact-center" }, port: 443, ...more });
  const now = (port: "https443" | "https7890") => lab.host(ROGGER).served.get(port)!.certificate.parsed.fingerprint256;

  it("is read where the connection approves it", async () => {
    assert.equal((await provider.create("ServedCertificate", served())).fingerprint, now("https443"));
    assert.equal((await provider.create("ServedCertificate", served({ port: 7890 }))).fingerprint, now("https7890"));
  });

  it("is read from a host that has the route", async () => {
    assert.equal((await provider.create("ServedCertificate", served({ from: hostOf(lab, AW) }))).fingerprint, now("https443"));
    assert.match(commands(lab, AW, mark).join("\n"), /-printcert -v -rfc -sslserver roggera\.example\.com:443/);
  });

  it("is waited for while this run restarts the server", async () => {
    const restart = provider.create("ServerRestart", { node: hostOf(lab, ROGGER), triggers: ["1"], changedAt: soon() });
    await until(() => lab.host(ROGGER).down);
    const [{ fingerprint }] = await Promise.all([provider.create("ServedCertificate", served({ approved: [now("https443")] })), restart]);
    assert.equal(fingerprint, now("https443"));
    assert.match(provider.output, /roggera\.example\.com: does not answer while it is restarted; waiting until that is over/);
  });

  it("that nobody has approved is refused with its fingerprint and the line to add, and taken when it is declared", async () => {
    const connections = connectionsOf(lab);
    await provider.dispose();
    provider = new TestProvider(lab, { connections: { ...connections, "contact-center": { ...connections["contact-center"]!, tls: {} } } });
    assert.match(await provider.refusal("ServedCertificate", served()), new RegExp(`roggera\\.example\\.com: look at the certificate on port 443: nobody has approved .*SHA-256 ${now("https443")}.*"approved"`));
    assert.equal((await provider.create("ServedCertificate", served({ approved: [now("https443")] }))).fingerprint, now("https443"));
  });

  it("and is another one at a refresh is not taken over before somebody approves it", async () => {
    const state = await provider.create("ServedCertificate", served());
    await lab.host(ROGGER).regenerate("IIS");
    const seen = await provider.read("ServedCertificate", state);
    assert.deepEqual([seen!.fingerprint, seen!.unapproved], [state.fingerprint, now("https443")]);
    assert.equal((await provider.diff("ServedCertificate", seen!, served())).changes, true);
    const approved = { ...served(), approved: [now("https443")] };
    assert.equal((await provider.update("ServedCertificate", seen!, approved)).fingerprint, now("https443"));
    assert.equal((await provider.read("ServedCertificate", { ...state, approved: approved.approved }))!.fingerprint, now("https443"));
  });

  it("and does not name the server is refused (R16)", async () => {
    const address = lab.host(ROGGER);
    const connections = connectionsOf(lab);
    const reach = { "rogger.example.net": { address: "127.0.0.1", ports: { 443: address.ports.https443 } } };
    await provider.dispose();
    provider = new TestProvider(lab, { connections: { ...connections, "contact-center": { ...connections["contact-center"]!, reach, tls: { fingerprints: [now("https443")] } } } });
    assert.match(await provider.refusal("ServedCertificate", served({ server: { fqdn: "rogger.example.net", connection: "contact-center" } })), /R16 rogger\.example\.net: its certificate is of roggera\.example\.com/);
  });

  it("of a server that is named by its address is refused (R123)", async () => {
    assert.match((await provider.check("ServedCertificate", served({ server: { fqdn: "10.1.0.11", connection: "contact-center" } }))).join(), /10\.1\.0\.11 is no fully qualified domain name: servers are exchanged by their names \(R123\)/);
  });
});
