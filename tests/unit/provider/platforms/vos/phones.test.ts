// Phones where AXL and RIS answer as the lab does not: over HTTPS, with answers that are written here.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { afterEach, before, describe, test } from "node:test";
import type { KeyAndCertificate } from "../../../../../lab/pki/make";
import { Axl } from "../../../../../provider/platforms/vos/axl";
import { AxlPhones } from "../../../../../provider/platforms/vos/axl-phones";
import { Phones } from "../../../../../provider/platforms/vos/phones";
import { Ris } from "../../../../../provider/platforms/vos/ris";
import { HttpsClient } from "../../../../../provider/transport/https";
import { tlsPolicy } from "../../../../../provider/transport/pins";
import { newKey, ownSigned } from "../../../../support/certificates";
import { failure, NODE } from "../../../../support/scripted-session";
import { type Received, type RunningServer, startHttps } from "../../../../support/tls-server";

const PHONE = "SEP001122334455";
const LOGIN = { username: "uccerts", password: "right" };

let identity: KeyAndCertificate;
const closing = new Set<() => unknown>();
before(async () => {
  const key = await newKey();
  identity = { key, certificate: (await ownSigned({ key, names: [NODE], subject: `CN=${NODE}`, validity: {} })).pem };
});
afterEach(async () => {
  await Promise.all([...closing].map((close) => close()));
  closing.clear();
});

/** A publisher that answers every request with what is written for its operation. */
async function publisher(answer: (operation: string, body: string) => string): Promise<{ phones: Phones; server: RunningServer }> {
  const reply = ({ headers, body }: Received) => answer(/(\w+)"?$/.exec(String(headers.soapaction))![1]!, body);
  const server = await startHttps({ identity, answer: (request, response) => response.end(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${reply(request)}</e:Body></e:Envelope>`) });
  const tls = tlsPolicy("hq", { fingerprints: [new X509Certificate(identity.certificate).fingerprint256] });
  const https = new HttpsClient({ host: NODE, address: "127.0.0.1", port: server.port, tls }, { connect: 5_000, request: 5_000 });
  const ris = new Ris(https, () => LOGIN, 1);
  for (const close of [() => ris.close(), () => https.close(), () => server.stop()]) closing.add(close);
  return { server, phones: new Phones({ fqdn: NODE, axl: new AxlPhones(new Axl(https, () => LOGIN, "15")), ris, asApplication: (work) => work(), retryFirst: 1 }) };
}

const axl = (operation: string, content: string) => `<ns:${operation}Response xmlns:ns="http://www.cisco.com/AXL/API/15.0"><return>${content}</return></ns:${operation}Response>`;
const phoneRow = (name: string) => `<phone uuid="{A}"><name>${name}</name><devicePoolName uuid="{B}">Default</devicePoolName></phone>`;
const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `SEP${String(from + index).padStart(12, "0")}`);

const device = (name: string, status: string, at: number) => `<item><Name>${name}</Name><Status>${status}</Status><TimeStamp>${at}</TimeStamp></item>`;
const node = (name: string, code: string, devices = "") => `<item><ReturnCode>${code}</ReturnCode><Name>${name}</Name><CmDevices>${devices}</CmDevices></item>`;
const selection = (nodes: string, total = 2) => `<selectCmDeviceResponse><selectCmDeviceReturn><SelectCmDeviceResult><TotalDevicesFound>${total}</TotalDevicesFound><CmNodes>${nodes}</CmNodes></SelectCmDeviceResult></selectCmDeviceReturn></selectCmDeviceResponse>`;

describe("a list of phones", () => {
  test("reads names that stand beside a uuid", async () => {
    const { phones } = await publisher((operation) => axl(operation, phoneRow(PHONE)));
    assert.deepEqual(await phones.configured(), [{ name: PHONE, devicePool: "Default" }]);
  });

  test("ends where a node takes no notice of pages: all at once, or the same thousand again", async () => {
    for (const count of [2_500, 1_000]) {
      const { phones, server } = await publisher((operation) => axl(operation, many(count).map(phoneRow).join("")));
      assert.equal((await phones.configured()).length, count);
      assert.equal(server.received.length, count === 1_000 ? 2 : 1);
    }
  });

  test("asks for the next page where the last one was full", async () => {
    const { phones, server } = await publisher((operation, body) => axl(operation, body.includes("<skip>0</skip>") ? many(1_000).map(phoneRow).join("") : ""));
    assert.equal((await phones.configured()).length, 1_000);
    assert.match(server.received[1]!.body, /<skip>1000<\/skip><first>1000<\/first>/);
  });
});

describe("a CallManager group", () => {
  test("gives the nodes of its members by their priority, and a member that is no listed CallManager by its own name", async () => {
    const answers: Record<string, string> = {
      listCallManagerGroup: "<callManagerGroup><name>Default</name></callManagerGroup>",
      listDevicePool: "",
      listCallManager: '<callManager uuid="{A}"><name>CM_one</name><processNodeName uuid="{B}">one.example.com</processNodeName></callManager>',
      getCallManagerGroup: '<callManagerGroup uuid="{A}"><members><member><priority>2</priority><callManagerName>CM_gone</callManagerName></member><member><priority>1</priority><callManagerName uuid="{C}">CM_one</callManagerName></member></members></callManagerGroup>',
    };
    const { phones } = await publisher((operation) => axl(operation, answers[operation]!));
    assert.deepEqual(await phones.groups(), [{ name: "Default", members: ["one.example.com", "CM_gone"], devicePools: [] }]);
  });
});

describe("a registration", () => {
  const of = async (nodes: string) => (await publisher(() => selection(nodes))).phones.registrations([PHONE]);

  test("is the newest word of several nodes, wherever it stands", async () => {
    const [old, fresh] = [node("one", "Ok", device(PHONE, "Registered", 100)), node("two", "Ok", device(PHONE, "UnRegistered", 200))];
    for (const nodes of [old + fresh, fresh + old]) assert.deepEqual(await of(nodes), [{ name: PHONE, status: "UnRegistered", node: "two", at: new Date(200_000) }]);
  });

  test("of the same second is that of the node which has the phone", async () => {
    const [left, has] = [node("one", "Ok", device(PHONE, "UnRegistered", 100)), node("two", "Ok", device(PHONE, "Registered", 100))];
    for (const nodes of [left + has, has + left]) assert.deepEqual(await of(nodes), [{ name: PHONE, status: "Registered", node: "two", at: new Date(100_000) }]);
  });

  test("with a status that nobody has named is unknown", async () => assert.equal((await of(node("one", "Ok", device(PHONE, "Any", 1))))[0]!.status, "Unknown"));

  test("is told although another node does not answer", async () => assert.equal((await of(node("one", "NodeNotResponding") + node("two", "Ok", device(PHONE, "Registered", 1)))).length, 1));

  for (const [code, kind, times] of [["NodeNotResponding", "busy", 20], ["InvalidRequest", "rejected", 1]] as const)
    test(`is not taken for none where no node tells: ${code}`, async () => {
      const { phones, server } = await publisher(() => selection(node("one", code) + node("two", code), 0));
      const error = await failure(phones.registrations([PHONE]));
      assert.deepEqual([error.kind, error.failed.answer, server.received.length], [kind, `no node tells of its phones: one ${code}, two ${code}`, times]);
    });

  test("is asked for in the order that Axis2 checks, everything qualified, names escaped", async () => {
    const { phones, server } = await publisher(() => selection(node("one", "NotFound"), 0));
    assert.deepEqual(await phones.registrations(["A&B"]), []);
    const [{ url, headers, body }] = server.received as [Received];
    assert.deepEqual([url, headers.soapaction], ["/realtimeservice2/services/RISService70", '"selectCmDevice"']);
    assert.ok(body.includes("<ast:SelectItems><ast:item><ast:Item>A&amp;B</ast:Item></ast:item></ast:SelectItems>"));
    const names = [...body.matchAll(/<ast:([A-Z]\w+)>/g)].map(([, name]) => name).filter((name) => name !== "Item");
    assert.equal(names.join(" "), "StateInfo CmSelectionCriteria MaxReturnedDevices DeviceClass Model Status NodeName SelectBy SelectItems Protocol DownloadStatus");
  });

  test("of an answer that is another one is told", async () => {
    const { phones } = await publisher(() => "<other/>");
    assert.deepEqual((await failure(phones.registrations([PHONE]))).failed.answer, "the answer holds no SelectCmDeviceResult");
  });
});
