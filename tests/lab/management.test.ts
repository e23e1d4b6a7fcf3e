import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startLab } from "../../lab";
import type { Lab } from "../../lab/lab";
import { authorityLab, csr } from "./certsrv-support";
import { answersFor, holds, lying, NEW_PUB, OLD_PUB, own, startClusters } from "./support/bulk";
import { NO_JDK } from "../support/jdks";
import { managed } from "./support/managed";
import { HOST, startHost } from "./support/windows-client";

/** A lab whose authority holds one request. */
async function holding(): Promise<Lab> {
  const lab = await authorityLab({ decision: "hold" });
  await lab.authority("ca").submit(await csr(), "CertificateTemplate:WebServerClient", "EXAMPLE\\enroll");
  return lab;
}

describe("the management port", () => {
  test("lists what is pending", () =>
    managed(holding(), async (call) => {
      const { body } = await call("GET /authorities/ca/requests?state=pending");
      const [request, ...others] = body as { id: number; state: string; subject: string; template: string }[];
      assert.deepEqual([request!.id, request!.state, request!.template, others.length], [32, "pending", "WebServerClient", 0]);
      assert.match(request!.subject, /CN=pub\.example\.com/);
    }));

  test("issues a pending request", () =>
    managed(holding(), async (call, lab) => {
      const { status, body } = await call("POST /authorities/ca/requests/32/issue");
      assert.deepEqual([status, (body as { state: string }).state], [200, "issued"]);
      assert.equal(lab.authority("ca").find(32)!.state, "issued");
      assert.deepEqual((await call("GET /authorities/ca/requests?state=pending")).body, []);
    }));

  test("denies a pending request with a text", () =>
    managed(holding(), async (call, lab) => {
      await call("POST /authorities/ca/requests/32/deny", { text: "Denied by EXAMPLE\\boss" });
      assert.deepEqual([lab.authority("ca").find(32)!.state, lab.authority("ca").find(32)!.disposition], ["denied", "Denied by EXAMPLE\\boss"]);
    }));

  test("makes a certificate request as a person does in OS Administration", () =>
    managed(startLab(), async (call, lab) => {
      const { status, body } = await call("POST /nodes/cs-ccm-pub.example.com/requests", { purpose: "tomcat", distribution: "multi-server" });
      assert.deepEqual([status, (body as { csr: string }).csr], [200, lab.node("cs-imp.example.com").store.requests.get("tomcat")?.pem]);
      const unfit = await call("POST /nodes/cs-ccm-pub.example.com/requests", { purpose: "tomcat" });
      assert.equal(unfit.status, 400);
      assert.match((unfit.body as { error: string }).error, /^wanted is \{ "purpose"/);
    }));

  test("uploads to a trust store and works in bulk management as a person does in OS Administration", () =>
    managed(startClusters(), async (call, lab) => {
      const certificate = own(lab, OLD_PUB, "CallManager");
      const uploaded = await call(`POST /nodes/${NEW_PUB}/trust`, { store: "Phone-SAST-trust", certificate: certificate.pem });
      assert.deepEqual([uploaded.status, (uploaded.body as string[]).length, holds(lab, NEW_PUB, "Phone-SAST-trust", certificate)], [200, 1, true]);
      const { address, username, password, directory } = answersFor(lab);
      const unfit = await call(`POST /nodes/${NEW_PUB}/bulk-server`, { address, username });
      assert.match((unfit.body as { error: string }).error, /^wanted is \{ "address"/);
      assert.deepEqual((await call(`POST /nodes/${NEW_PUB}/bulk-server`, { address, username, password, directory })).body, { address, port: 22, username, directory });
      assert.deepEqual((await call(`POST /nodes/${NEW_PUB}/bulk/export`, { type: "tomcat" })).body, ["Successfully exported tomcat certificate(s) to sftp server."]);
      assert.deepEqual(lying(lab), ["cs-ccm-pub_tomcat.pkcs12", "cs-ccm-sub_tomcat.pkcs12"]);
      assert.deepEqual(await call(`POST /nodes/${NEW_PUB}/bulk/explode`), { status: 400, body: { error: "the operations are export, consolidate, import" } });
      assert.ok(!JSON.stringify(lab.history.entries).includes(password));
    }));

  test("says in words what cannot be done", () =>
    managed(holding(), async (call) => {
      assert.deepEqual(await call("POST /authorities/ca/requests/99/issue"), { status: 400, body: { error: 'the authority "ca" has no request 99' } });
      assert.deepEqual(await call("POST /authorities/no/requests/32/issue"), { status: 400, body: { error: 'this lab has no authority "no"; it has: ca' } });
    }));

  test("switches faults on and off", () =>
    managed(authorityLab(), async (call, lab) => {
      assert.deepEqual((await call("POST /faults", { fault: "unavailable", node: "ca.example.com", times: 2 })).body, [{ fault: "unavailable", node: "ca.example.com", times: 2 }]);
      assert.ok(lab.faults.holds("unavailable", { node: "ca.example.com", interface: "certsrv", action: "" }));
      assert.deepEqual((await call("DELETE /faults")).body, []);
      assert.deepEqual((await call("GET /faults")).body, []);
    }));

  test("refuses a fault that it does not know", () =>
    managed(authorityLab(), async (call, lab) => {
      const { status, body } = await call("POST /faults", { fault: "earthquake", when: "now" });
      assert.equal(status, 400);
      assert.match((body as { error: string }).error, /when is not known here.*; fault must be one of dropped connection,/);
      assert.equal(lab.faults.list.length, 0);
    }));

  test("gives the history from a mark on", () =>
    managed(holding(), async (call, lab) => {
      const { mark } = (await call("GET /history")).body as { mark: number };
      assert.equal(mark, lab.history.mark());
      await call("POST /authorities/ca/requests/32/issue");
      const { entries } = (await call(`GET /history?since=${mark}`)).body as { entries: { interface: string; action: string }[] };
      assert.deepEqual(entries.map((entry) => `${entry.interface}: ${entry.action}`), ["management: POST /authorities/ca/requests/32/issue", "platform: issue request 32"]);
    }));

  test("shows what every node serves", () =>
    managed(startLab(), async (call, lab) => {
      const rows = (await call("GET /nodes")).body as { fqdn: string; serves: { fingerprint: string }[] }[];
      assert.deepEqual(rows.map(({ fqdn }) => fqdn), ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "cs-imp.example.com", "ca.example.com"]);
      assert.equal(rows[0]!.serves[0]!.fingerprint, lab.node("cs-ccm-pub.example.com").served[0]!.certificate.parsed.fingerprint256);
    }));

  test("shows Windows hosts, gives one a new certificate, and updates its Java", { skip: NO_JDK }, () =>
    managed(startHost(), async (call, lab) => {
      type Row = { fqdn: string; serves: { port: string; fingerprint: string }[] };
      const served = async () => ((await call("GET /nodes")).body as Row[]).find(({ fqdn }) => fqdn === HOST)!.serves.find(({ port }) => port === "https443")!.fingerprint;
      const before = await served();
      const { fingerprint } = (await call(`POST /hosts/${HOST}/certificates/IIS`)).body as { fingerprint: string };
      assert.notEqual(fingerprint, before);
      assert.equal(await served(), fingerprint);
      assert.deepEqual((await call(`POST /hosts/${HOST}/certificates/WSM`)).body, { error: `${HOST} has no certificate WSM; it has: IIS, DFP` });
      const home = "C:\\Program Files (x86)\\Java\\jre1.8.0_301";
      assert.deepEqual((await call(`POST /hosts/${HOST}/java`, { home })).body, { fqdn: HOST, javaHomes: [home], store: `${home}\\lib\\security\\cacerts` });
      assert.ok(lab.host(HOST).drive.isFile(`${home}\\bin\\keytool.exe`));
    }));

  test("tells what it can do", () =>
    managed(authorityLab(), async (call) => {
      assert.ok(((await call("GET /")).body as { route: string }[]).some(({ route }) => route === "POST /authorities/:authority/requests/:id/issue"));
      assert.equal((await call("GET /nothing")).status, 404);
    }));

  test("lets nobody in without the token", () =>
    managed(holding(), async (call, lab) => {
      for (const token of ["", "wrong", "é".repeat(32)]) assert.equal((await call("POST /authorities/ca/requests/32/issue", undefined, encodeURIComponent(token))).status, 401);
      assert.equal(lab.authority("ca").find(32)!.state, "pending");
    }));

  test("survives a body that is no JSON", () =>
    managed(authorityLab(), async (call, _, { url, token }) => {
      const answer = await fetch(`${url}/faults`, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{" });
      assert.equal(answer.status, 400);
      assert.equal((await call("GET /faults")).status, 200);
    }));
});
