import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { DEFAULT_SWITCHES } from "../../lab/estate";
import type { VosNode } from "../../lab/vos/node";
import { type Answer, ask, basicOf, envelope, PUBLISHER, startSoapLab, SUBSCRIBER } from "../support/soap-lab";

const PATH = "/controlcenterservice2/services/ControlCenterServices";

const restartBody = (children: string) =>
  envelope(`<ast:soapDoControlServices xmlns:ast="http://schemas.cisco.com/ast/soap"><ast:ControlServiceRequest>${children}</ast:ControlServiceRequest></ast:soapDoControlServices>`);

describe("Control Center on the wire", () => {
  let lab: Lab;
  let node: VosNode;
  before(async () => {
    lab = await startSoapLab();
    node = lab.node(PUBLISHER);
  });
  after(() => lab.stop());

  const restartTftp = "<ast:ControlType>Restart</ast:ControlType><ast:ServiceList><ast:item>Cisco Tftp</ast:item></ast:ServiceList>";
  const restartCti = restartTftp.replace("Tftp", "CTIManager");

  test("neither the service nor its WSDL is there without a log-in", async () => {
    const wrong = { authorization: basicOf(node, "wrong") };
    const answer = await ask(node, PATH, { headers: wrong, body: restartBody(restartTftp) });
    assert.equal(answer.status, 401);
    assert.match(String(answer.headers["www-authenticate"]), /^Basic realm=/);
    assert.equal((await ask(node, `${PATH}?wsdl`, { method: "GET", headers: wrong })).status, 401);
  });

  test("NodeName may be absent or nil, and the answer is qualified", async () => {
    const nil = '<ast:NodeName xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>';
    for (const name of ["", nil]) {
      const { status, body } = await ask(node, PATH, { body: restartBody(name + restartTftp) });
      assert.equal(status, 200);
      assert.match(body, /<ns1:soapDoControlServicesResponse xmlns:ns1="http:\/\/schemas.cisco.com\/ast\/soap"><ns1:soapDoControlServicesReturn><ns1:ReturnCode>0<\/ns1:ReturnCode><ns1:ReasonCode>-1<\/ns1:ReasonCode><ns1:ReasonString\/>/);
      assert.match(body, /<ns1:ReasonCodeString> <\/ns1:ReasonCodeString>/);
    }
  });

  test("a child that is not qualified is a fault", async () => {
    const { status, body } = await ask(node, PATH, { body: restartBody(restartTftp.replace(/<(\/?)ast:ControlType>/g, "<$1ControlType>")) });
    assert.equal(status, 500);
    assert.match(body, /<soapenv:Fault>.*Unexpected subelement \{\}ControlType/);
  });

  test("a status list that is nested once more is read as no list", async () => {
    const body = envelope('<a:soapGetServiceStatus xmlns:a="http://schemas.cisco.com/ast/soap"><a:ServiceStatus><a:item>Cisco Tftp</a:item></a:ServiceStatus></a:soapGetServiceStatus>');
    const answer = await ask(node, PATH, { body });
    assert.ok(answer.body.includes("<ns1:ServiceName>Cisco Tomcat</ns1:ServiceName>"));
  });

  test("an operation that is not there and a text that is no XML are faults", async () => {
    assert.match((await ask(node, PATH, { body: envelope('<a:soapMakeTea xmlns:a="http://schemas.cisco.com/ast/soap"/>') })).body, /<faultstring>The endpoint reference \(EPR\)/);
    assert.match((await ask(node, PATH, { body: "<a><b></a>" })).body, /<faultcode>soapenv:Client<\/faultcode>/);
  });

  test("the extended service answers 501 by its name", async () => {
    const { status, body } = await ask(node, `${PATH}Ex`, { body: restartBody("") });
    assert.equal(status, 501);
    assert.match(body, /ControlCenterServicesEx/);
  });

  test("the fault `exceeded rate` refuses one request, and nothing is restarted", async () => {
    lab.faults.add({ fault: "exceeded rate", node: PUBLISHER, action: "Restart", times: 1 });
    const mark = lab.history.mark();
    const { status, body } = await ask(node, PATH, { body: restartBody(restartTftp) });
    assert.equal(status, 500);
    assert.match(body, /<faultstring>Exceeded allowed rate for/);
    assert.equal(lab.history.since(mark).some((entry) => entry.action.startsWith("restart")), false);
  });

  test("more requests in a minute than the switch allows are refused", async () => {
    lab.switches.controlCenterRequestsPerMinute = 2;
    const answers: Answer[] = [];
    for (let index = 0; index < 3; index++) answers.push(await ask(lab.node(SUBSCRIBER), PATH, { body: restartBody(restartCti) }));
    lab.switches.controlCenterRequestsPerMinute = DEFAULT_SWITCHES.controlCenterRequestsPerMinute;
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 500]);
    assert.match(answers[2]!.body, /Exceeded allowed rate for .* is 2 requests per minute/);
  });

  test("it is gone while Cisco Tomcat is not started", async () => {
    node.services.set("Cisco Tomcat", "stopped");
    const { status } = await ask(node, PATH, { body: restartBody(restartTftp) });
    node.services.set("Cisco Tomcat", "started");
    assert.equal(status, 503);
  });
});
