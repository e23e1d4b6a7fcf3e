// Whatever a platform answers: one clear error or a value, never a crash, never a hang.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import * as fc from "fast-check";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import { PlatformError } from "../../../../provider/errors";
import { fetchAnswer, pageText, renewals, submissionAnswer } from "../../../../provider/platforms/certsrv/pages";
import * as outputs from "../../../../provider/platforms/vos/cli/outputs";
import { plainText, restWords } from "../../../../provider/platforms/vos/failures";
import { Runtime } from "../../../../provider/runtime";
import { HQ, PUB } from "../../../support/a1";
import { newKey, ownSigned } from "../../../support/certificates";
import { type RunningServer, startHttps } from "../../../support/tls-server";

/** Readers of a text, which answer whatever it is. */
const TEXTS: Record<string, (text: string) => unknown> = {
  serviceList: outputs.serviceList,
  activeVersion: outputs.activeVersion,
  diskUsed: outputs.diskUsed,
  ntpSynchronised: outputs.ntpSynchronised,
  fipsMode: outputs.fipsMode,
  ssoEnabled: outputs.ssoEnabled,
  replicationRows: outputs.replicationRows,
  lastBackup: outputs.lastBackup,
  backupRunning: outputs.backupRunning,
  hostResolved: outputs.hostResolved,
  submissionAnswer,
  fetchAnswer: (text) => fetchAnswer(text, "7"),
  renewals,
  pageText,
  plainText,
  restWords,
};

/** Pieces of what platforms say, so that a random text comes near to it. */
const PIECES = ["Cisco Tomcat[STARTED]", "[", "]", "(2) Setup Completed", "(82%)", "Disk/active ", "Active Master Version: ", "SSO Status: ", "not ", "FIPS", "enabled", "synchronised to ", "10.0.0.1 ",
  "Sat Nov 21 01:00:00 CET 2026 SUCCESS", "<script", "</script>", "<", ">", "Disposition message:", '"', "Your Request Id is 7", "certnew.cer?ReqID=7", "0x80094004", "&amp;", "&", "\n", "\r", " ", "\t", "{", '{"messages":', "null", "\u0000", "é", "\ud800"];
/** After these a reader looks for something that may never come. */
const BEGINNINGS = ["Disposition:", "SSO Status:", "Disk/a ", "not ", "a"];
const nearText = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })), { maxLength: 40 }).map((parts) => parts.join(""));

describe("a text of a platform", () => {
  for (const [name, read] of Object.entries(TEXTS)) {
    it(`is read by ${name} whatever it is`, () => fc.assert(fc.property(nearText, (text) => void read(text)), { numRuns: 300 }));

    it(`is read by ${name} in a moment, however long it is`, { timeout: 60_000 }, () => {
      for (const piece of PIECES) for (const begin of ["", ...BEGINNINGS]) void read(begin + piece.repeat(Math.ceil(100_000 / piece.length)));
      for (const begin of BEGINNINGS) void read(begin.repeat(Math.ceil(100_000 / begin.length)));
    });
  }
});

describe("an answer of a node", () => {
  let server: RunningServer, runtime: Runtime, body = "";
  before(async () => {
    const key = await newKey();
    const certificate = await ownSigned({ key, names: [PUB], subject: `CN=${PUB}`, validity: {} });
    const identity: KeyAndCertificate = { key, certificate: certificate.pem };
    server = await startHttps({ identity, answer: (_request, response) => void response.end(body) });
    const reach = { [PUB]: { address: "127.0.0.1", ports: { 443: server.port, 8443: server.port } } };
    const login = { username: "a", password: "b-password" };
    const ca = { certsrv: { host: PUB, ...login }, tls: { fingerprints: [new X509Certificate(certificate.pem).fingerprint256] }, reach };
    const hq = { osAdministrator: login, applicationUser: login, tls: { fingerprints: [new X509Certificate(certificate.pem).fingerprint256] }, reach };
    runtime = new Runtime(() => {});
    const configuration: Record<string, string> = { "uccerts:connections": JSON.stringify({ hq, ca }), "uccerts:timing": JSON.stringify({ retryFirst: "1ms" }) };
    runtime.configure((key) => configuration[key]);
  });
  after(async () => {
    await runtime.close();
    await server.stop();
  });

  const node = () => runtime.vos(HQ.node(PUB));
  const REST: Record<string, () => Promise<unknown>> = {
    snapshot: () => node().snapshot(),
    trustEntries: () => node().trustEntries("tomcat-trust"),
    identity: () => node().identity("tomcat"),
    pendingRequest: () => node().pendingRequest("tomcat"),
    uploadIdentity: () => node().uploadIdentity("tomcat", ["x"]),
    uploadTrust: () => node().uploadTrust("tomcat-trust", "x", "y"),
  };
  const SOAP: Record<string, () => Promise<unknown>> = {
    members: () => node().members(),
    services: () => node().services(),
    parameter: () => node().parameter("a"),
    ssoInDatabase: () => node().ssoInDatabase(),
  };

  /** Succeeds, or fails with one sentence of the platform's edge. */
  async function answersClearly(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      assert.ok(error instanceof PlatformError, `${String(error)} at ${body}`);
      assert.match(error.message, new RegExp(`^${PUB}: `));
      assert.doesNotMatch(error.message, /undefined|is not a function|Cannot read|b-password/);
    }
  }

  const member = fc.constantFrom("identities", "trusts", "service", "certificate", "csr", "certificate_data", "certificates", "filename", "messages", "message");
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.constantFrom(null, "", "tomcat", "x", 0, true, [], {}), fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(member, tie("value"), { maxKeys: 4 })),
  })).value;
  const nearSnapshot = fc.record({ identities: fc.array(json, { maxLength: 3 }), trusts: fc.array(json, { maxLength: 3 }) });

  for (const [name, call] of Object.entries(REST))
    it(`of the certificate REST is taken by ${name}, or refused in one sentence`, { timeout: 120_000 }, () =>
      fc.assert(fc.asyncProperty(fc.oneof(json, nearSnapshot), async (value) => ((body = JSON.stringify(value)), answersClearly(call))), { numRuns: 150 }));

  const tag = fc.constantFrom("soapenv:Envelope", "soapenv:Body", "Fault", "faultstring", "listProcessNodeResponse", "return", "processNode", "name", "row", "soapGetServiceStatusResponse", "ServiceInfoList", "item", "constructor", "__proto__");
  const xml = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, fc.constantFrom("", "a", "&lt;", "&", "<", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<![CDATA[x]]>"), fc.tuple(tag, fc.array(tie("value"), { maxLength: 3 })).map(([name, inner]) => `<${name}>${inner.join("")}</${name}>`)),
  })).value;
  const envelope = fc.tuple(tag, xml).map(([name, inner]) => `<soapenv:Envelope><soapenv:Body><${name}>${inner}</${name}></soapenv:Body></soapenv:Envelope>`);

  for (const [name, call] of Object.entries(SOAP))
    it(`of SOAP is taken by ${name}, or refused in one sentence`, { timeout: 120_000 }, () =>
      fc.assert(fc.asyncProperty(fc.oneof(xml, envelope, nearText), async (text) => ((body = text), answersClearly(call))), { numRuns: 150 }));

  const ENROLMENT: Record<string, () => Promise<unknown>> = {
    submit: () => runtime.authority("ca").submit("csr", "T"),
    fetch: () => runtime.authority("ca").fetch("7"),
    chain: () => runtime.authority("ca").chain(),
  };
  const page = fc.oneof(nearText, nearText.map((text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`), nearText.map((text) => `${text} certnew.cer?ReqID=9`));

  for (const [name, call] of Object.entries(ENROLMENT))
    it(`of web enrolment is taken by ${name}, or refused in one sentence`, { timeout: 120_000 }, () =>
      fc.assert(fc.asyncProperty(page, async (text) => ((body = text), answersClearly(call))), { numRuns: 150 }));

  it("of SOAP that is nested without end, or grows by its entities, is refused", { timeout: 60_000 }, async () => {
    const entities = Array.from({ length: 12 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><soapenv:Envelope><soapenv:Body><a>&e12;</a></soapenv:Body></soapenv:Envelope>`;
    for (const text of ["<a>".repeat(200_000), bomb, `<soapenv:Envelope>${"<b>".repeat(50_000)}`]) {
      body = text;
      for (const call of Object.values(SOAP)) await answersClearly(call);
    }
  });
});
