// RIS, as a client meets it: who is registered where, and how often one may ask.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { ask, basicOf } from "../support/soap-lab";
import { PUB, SUB, within } from "./support/estates";
import { askRis, ONE, phone, RIS, risQuestion, startPhones, statuses, texts, TWO } from "./support/phones";

const CALL_MANAGER = "Cisco CallManager";

describe("RIS", { timeout: 60_000 }, () => {
  let lab: Lab;
  const pub = () => lab.node(PUB);
  before(async () => {
    lab = await startPhones();
  });
  after(() => lab.stop());

  test("tells every phone under the node with which it is registered, elements in their order", async () => {
    const answer = await askRis(pub());
    assert.deepEqual(statuses(answer), { [PUB]: { [ONE]: "Registered", [TWO]: "Registered" }, [SUB]: {} });
    assert.deepEqual([texts(answer, "TotalDevicesFound"), texts(answer, "ReturnCode")], [["2"], ["Ok", "NotFound"]]);
    const [device] = /<ns1:CmDevices><ns1:item>.*?<\/ns1:IPAddress>/.exec(answer.body)!;
    const names = [...device.matchAll(/<ns1:(\w+)[ />]/g)].map(([, name]) => name!).filter((name) => !["item", "CmDevices", "DirectoryNumber", "IP", "IPAddrType", "Attribute"].includes(name));
    assert.equal(names.join(" "), "Name DirNumber DeviceClass Model Product BoxProduct Httpd RegistrationAttempts IsCtiControllable LoginUserId Status StatusReason PerfMonObject DChannel Description TimeStamp Protocol NumOfLines LinesStatus Status ActiveLoadID InactiveLoadID DownloadStatus DownloadFailureReason DownloadServer IPAddress");
  });

  test("narrows by a list of names, by status and by node, and gives no more than was asked for", async () => {
    assert.deepEqual(statuses(await askRis(pub(), [TWO, "SEP999999999999"]))[PUB], { [TWO]: "Registered" });
    assert.deepEqual(statuses(await askRis(pub(), ["*"], { Status: "UnRegistered" }))[PUB], {});
    assert.deepEqual(Object.keys(statuses(await askRis(pub(), ["*"], { NodeName: SUB }))), [SUB]);
    assert.deepEqual(texts(await askRis(pub(), ["*"], { NodeName: "nobody" }), "ReturnCode"), ["InvalidNodeName"]);
    const one = await askRis(pub(), ["*"], { MaxReturnedDevices: "1" });
    assert.deepEqual([statuses(one)[PUB], texts(one, "TotalDevicesFound")], [{ [ONE]: "Registered" }, ["2"]]);
  });

  test("criteria in another order are a fault", async () => {
    const { body, status } = await ask(pub(), RIS, { body: risQuestion(["*"]).replace(/(<soap:Model>.*?<\/soap:Model>)(<soap:Status>.*?<\/soap:Status>)/, "$2$1") });
    assert.deepEqual([status, /Unexpected subelement \{http:\/\/schemas\.cisco\.com\/ast\/soap\}Model/.test(body)], [500, true]);
  });

  test("describes itself, and refuses a wrong password", async () => {
    assert.match((await ask(pub(), `${RIS}?wsdl`, { method: "GET" })).body, /<wsdl:port name="RisPort70"/);
    assert.equal((await ask(pub(), RIS, { headers: { authorization: basicOf(pub(), "wrong") } })).status, 401);
  });

  test("a phone that went to another node stands under both, UnRegistered and older at the one that it left", async () => {
    await lab.node(PUB).services.stop(CALL_MANAGER);
    await lab.cluster("hq").settled();
    const answer = await askRis(pub(), [ONE]);
    assert.deepEqual(statuses(answer), { [PUB]: { [ONE]: "UnRegistered" }, [SUB]: { [ONE]: "Registered" } });
    const [left, arrived] = texts(answer, "TimeStamp").map(Number);
    assert.ok(left! < arrived!, `${left} and ${arrived}`);
    await lab.node(PUB).services.start(CALL_MANAGER);
    await lab.cluster("hq").settled();
    assert.deepEqual(statuses(await askRis(pub(), [ONE])), { [PUB]: { [ONE]: "Registered" }, [SUB]: { [ONE]: "UnRegistered" } });
    assert.equal(phone(lab).node, PUB);
  });

  test("a node that is down does not respond", async () => {
    const off = lab.faults.add({ fault: "node down", node: SUB });
    assert.deepEqual(texts(await askRis(pub()), "ReturnCode"), ["Ok", "NodeNotResponding"]);
    off();
  });

  test("every question is one entry of the history, a long list its number", async () => {
    const mark = lab.history.mark();
    await askRis(pub(), [ONE, TWO, "SEP999999999999", "SEP999999999998"]);
    assert.deepEqual(lab.history.since(mark).map((entry) => [entry.interface, entry.action]), [["ris", "selectCmDevice Any 4 names"]]);
  });
});

describe("RIS is throttled", { timeout: 60_000 }, () => {
  const burst = async (lab: Lab) => {
    const answers = [];
    for (let number = 0; number < 16; number++) answers.push(await askRis(lab.node(number % 2 ? SUB : PUB), [ONE]));
    return answers;
  };

  test("at fifteen requests a minute, for the cluster together", () =>
    within(startPhones({}, { switches: { risRequestsPerMinute: 15 } }), async (lab) => {
      const answers = await burst(lab);
      assert.deepEqual(answers.map(({ status }) => status), [...Array<number>(15).fill(200), 500]);
      assert.match(answers.at(-1)!.body, /Exceeded allowed rate for Reatime information\. Current allowed rate for realtime information is 15 requests per minute/);
    }));

  test("with 503 where the switch says so, and not for longer than its minute", () =>
    within(startPhones({}, { switches: { risRequestsPerMinute: 1, risOverRate: "503" }, timing: { risMinute: 300 } }), async (lab) => {
      assert.deepEqual([(await askRis(lab.node(PUB))).status, (await askRis(lab.node(PUB))).status], [200, 503]);
      await new Promise((resolve) => setTimeout(resolve, 350));
      assert.equal((await askRis(lab.node(PUB))).status, 200);
    }));

  test("by a fault", () =>
    within(startPhones(), async (lab) => {
      lab.faults.add({ fault: "exceeded rate", interface: "ris", times: 1 });
      assert.deepEqual([(await askRis(lab.node(PUB))).status, (await askRis(lab.node(PUB))).status], [500, 200]);
    }));
});
