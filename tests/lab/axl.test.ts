import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { type Answer, ask, basicOf, envelope, PRESENCE, PUBLISHER, startSoapLab, SUBSCRIBER } from "../support/soap-lab";

interface Call {
  version?: string;
  action?: string;
  node?: VosNode;
  headers?: Record<string, string>;
}

describe("AXL", () => {
  let lab: Lab;
  const call = (operation: string, content = "", { version = "15.0", action = version, node = lab.node(PUBLISHER), headers = {} }: Call = {}): Promise<Answer> =>
    ask(node, "/axl/", {
      headers: { soapaction: `"CUCM:DB ver=${action} ${operation}"`, ...headers },
      body: envelope(`<axl:${operation} xmlns:axl="http://www.cisco.com/AXL/API/${version}">${content}</axl:${operation}>`),
    });
  const nodes = (criteria: string, tags: string, more = "") =>
    call("listProcessNode", `<searchCriteria>${criteria}</searchCriteria><returnedTags>${tags}</returnedTags>${more}`);
  const names = (body: string) => [...body.matchAll(/<name>([^<]*)<\/name>/g)].map(([, name]) => name);
  before(async () => {
    lab = await startSoapLab();
  });
  after(() => lab.stop());

  test("listProcessNode lists the nodes after the pseudo node, with what was asked for", async () => {
    const { status, headers, body } = await nodes("<name>%</name>", "<nodeUsage/><processNodeRole/><name/>");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/xml;charset=UTF-8");
    assert.ok(
      body.includes(
        '<soapenv:Body><ns:listProcessNodeResponse xmlns:ns="http://www.cisco.com/AXL/API/15.0"><return><processNode uuid="{00000000-1111-0000-0000-000000000000}">' +
          "<name>EnterpriseWideData</name><nodeUsage>Subscriber</nodeUsage><processNodeRole>CUCM Voice/Video</processNodeRole></processNode>",
      ),
      body,
    );
    assert.deepEqual(names(body), ["EnterpriseWideData", PUBLISHER, SUBSCRIBER, PRESENCE]);
    assert.match(body, /<name>cs-imp.example.com<\/name><nodeUsage>Publisher<\/nodeUsage><processNodeRole>CUCM IM and Presence<\/processNodeRole>/);
  });

  test("a search narrows by pattern and by role", async () => {
    assert.deepEqual(names((await nodes("<name>cs-ccm%</name>", "<name/>")).body), [PUBLISHER, SUBSCRIBER]);
    assert.deepEqual(names((await nodes("<name>%</name><processNodeRole>CUCM IM and Presence</processNodeRole>", "<name/>")).body), [PRESENCE]);
  });

  test("skip and first page a list", async () => {
    assert.deepEqual(names((await nodes("<name>%</name>", "<name/>", "<skip>1</skip><first>2</first>")).body), [PUBLISHER, SUBSCRIBER]);
  });

  test("a list without returnedTags is a fault", async () => {
    const { status, body } = await call("listProcessNode", "<searchCriteria><name>%</name></searchCriteria>");
    assert.equal(status, 500);
    assert.match(body, /returnedTags/);
  });

  test("getCCMVersion tells the release, of a node as well", async () => {
    const { body } = await call("getCCMVersion");
    assert.match(body, /<return><componentVersion><version>15\.0\.1\.11900-40<\/version><\/componentVersion><\/return>/);
    assert.equal((await call("getCCMVersion", `<processNodeName>${SUBSCRIBER}</processNodeName>`)).status, 200);
  });

  test("getCCMVersion of a node that is not there is a fault", async () => {
    const { status, body } = await call("getCCMVersion", "<processNodeName>nobody</processNodeName>");
    assert.equal(status, 500);
    assert.match(body, /<axlcode>5007<\/axlcode>/);
  });

  test("executeSQLQuery answers a row per record and an unqualified element per column", async () => {
    const { body } = await call("executeSQLQuery", "<sql>select paramname, paramvalue from processconfig where paramname in ('ClusterSecurityMode','RollBackToPreGrayback') order by 1</sql>");
    assert.ok(
      body.includes(
        '<ns:executeSQLQueryResponse xmlns:ns="http://www.cisco.com/AXL/API/15.0"><return>' +
          "<row><paramname>ClusterSecurityMode</paramname><paramvalue>0</paramvalue></row>" +
          "<row><paramname>RollBackToPreGrayback</paramname><paramvalue>F</paramvalue></row></return>",
      ),
      body,
    );
  });

  test("a count is called count, null and empty text are empty elements", async () => {
    assert.match((await call("executeSQLQuery", "<sql>select count(*) from processnode where nodeid &gt; 1</sql>")).body, /<row><count>3<\/count><\/row>/);
    assert.match((await call("executeSQLQuery", "<sql>select mac, fklbmhubgroup from processnode where nodeid = 1</sql>")).body, /<row><mac\/><fklbmhubgroup\/><\/row>/);
  });

  test("a query that finds nothing answers an empty return", async () => {
    assert.match((await call("executeSQLQuery", "<sql>select name from processnode where nodeid = 99</sql>")).body, /<return\/>/);
  });

  test("a query that is wrong is a fault with an axlError", async () => {
    const { status, body } = await call("executeSQLQuery", "<sql>select * from nope</sql>");
    const words = "The specified table (nope) is not in the database.";
    assert.equal(status, 500);
    assert.ok(body.includes(`<faultcode>soapenv:Client</faultcode><faultstring>${words}</faultstring>`), body);
    assert.ok(body.includes(`<detail><axlError><axlcode>-206</axlcode><axlmessage>${words}</axlmessage><request>executeSQLQuery</request></axlError></detail>`), body);
  });

  test("a query is in the history, and an outcome with it", async () => {
    const mark = lab.history.mark();
    await call("executeSQLQuery", "<sql>select\n name from nope</sql>");
    const [entry] = lab.history.since(mark);
    assert.deepEqual([entry!.interface, entry!.action, entry!.outcome], ["axl", "executeSQLQuery select name from nope", "500"]);
  });

  test("older schema versions are served in their own namespace", async () => {
    for (const version of ["12.5", "14.0"]) assert.ok((await call("getCCMVersion", "", { version })).body.includes(`xmlns:ns="http://www.cisco.com/AXL/API/${version}"`));
  });

  const wrongVersions: [where: string, versions: Call][] = [
    ["in the namespace", { version: "11.5", action: "15.0" }],
    ["in the SOAPAction", { version: "15.0", action: "11.5" }],
  ];
  for (const [where, versions] of wrongVersions)
    test(`a wrong version ${where} answers 599 with a page`, async () => {
      const { status, headers, body } = await call("getCCMVersion", "", versions);
      assert.equal(status, 599);
      assert.match(String(headers["content-type"]), /^text\/html/);
      assert.match(body, /HTTP Status 599 - Incorrect axl version\. Supported axl versions are 12\.x, 14\.0 and 15\.0</);
    });

  test("a child that is qualified is a fault", async () => {
    const { status, body } = await call("executeSQLQuery", "<axl:sql>select name from processnode</axl:sql>");
    assert.equal(status, 500);
    assert.match(body, /Unexpected subelement \{http:\/\/www\.cisco\.com\/AXL\/API\/15\.0\}sql/);
  });

  test("an operation that is not emulated is a fault that names it", async () => {
    const { status, body } = await call("listUser", "<searchCriteria><name>%</name></searchCriteria>");
    assert.equal(status, 500);
    assert.match(body, /<faultstring>listUser is not emulated by this lab/);
  });

  test("the write throttle answers 503 to a write and lets a read through", async () => {
    const remove = lab.faults.add({ fault: "write throttle" });
    const [write, read] = [await call("updateServiceParameter"), await call("getCCMVersion")];
    remove();
    assert.deepEqual([write.status, read.status], [503, 200]);
  });

  test("a wrong password is refused with 401", async () => {
    const { status, headers } = await call("getCCMVersion", "", { headers: { authorization: basicOf(lab.node(PUBLISHER), "wrong") } });
    assert.equal(status, 401);
    assert.match(String(headers["www-authenticate"]), /^Basic/);
  });

  test("a browser is told to use POST", async () => {
    const { status, body } = await ask(lab.node(PUBLISHER), "/axl/", { method: "GET" });
    assert.equal(status, 200);
    assert.match(body, /Use HTTP POST/);
  });

  test("a node without the activated AXL web service answers 404", async () => {
    for (const name of [SUBSCRIBER, PRESENCE]) assert.equal((await call("getCCMVersion", "", { node: lab.node(name) })).status, 404);
  });

  test("a subscriber answers as soon as the service is activated there", async () => {
    lab.node(SUBSCRIBER).services.set("Cisco AXL Web Service", "started");
    const { status } = await call("getCCMVersion", "", { node: lab.node(SUBSCRIBER) });
    lab.node(SUBSCRIBER).services.set("Cisco AXL Web Service", "not activated");
    assert.equal(status, 200);
  });

  test("it is gone while Cisco AXL Tomcat restarts, and only it", async () => {
    const { services } = lab.node(PUBLISHER);
    services.set("Cisco AXL Tomcat", "stopped");
    const [gone, page] = [await call("getCCMVersion"), await ask(lab.node(PUBLISHER), "/ccmadmin", { method: "GET" })];
    services.set("Cisco AXL Tomcat", "started");
    assert.deepEqual([gone.status, page.status], [503, 200]);
  });

  test("it never writes a password into the history", () => {
    const { password } = lab.cluster("hq").applicationUser.credential;
    assert.equal(JSON.stringify(lab.history.entries).includes(password), false);
  });
});

describe("AXL of an older release", () => {
  test("knows the schema versions up to its own", async () => {
    const lab = await startSoapLab({}, { release: "14.0.1.13900-155" });
    const body = envelope('<axl:getCCMVersion xmlns:axl="http://www.cisco.com/AXL/API/15.0"/>');
    const answer = await ask(lab.node(PUBLISHER), "/axl/", { body });
    await lab.stop();
    assert.deepEqual([answer.status, /versions are 12\.x and 14\.0</.test(answer.body)], [599, true]);
  });
});
