import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as soap from "soap";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { agentFor, basicOf, PRESENCE, PUBLISHER, startSoapLab, SUBSCRIBER } from "../support/soap-lab";

const PATH = "/controlcenterservice2/services/ControlCenterServices";

interface Item {
  ServiceName: string;
  ServiceStatus: string;
  ReasonCode: number;
  ReasonCodeString: string;
  StartTime: string;
  UpTime: number;
}

interface Reply {
  ReturnCode: string;
  ReasonCode: number;
  ReasonString: string | null;
  ServiceInfoList: { item: Item[] } | null;
}

interface Listed {
  Services: { item: { ServiceName: string; ServiceType: string; Deployable: boolean; GroupName: string; ProductID?: string }[] };
}

interface Product extends Listed {
  ActiveServerVersion: string;
  PrimaryNode: string;
  Products: { item: { ProductID: string }[] };
}

/** A client that the node's own WSDL made. */
async function clientOf(node: VosNode) {
  const base = `https://127.0.0.1:${node.ports.https8443}${PATH}`;
  const authorization = basicOf(node);
  const httpsAgent = agentFor(node);
  const client = await soap.createClientAsync(`${base}?wsdl`, { wsdl_headers: { authorization }, wsdl_options: { httpsAgent }, endpoint: base });
  client.addHttpHeader("authorization", authorization);
  const call = async <T>(operation: string, args: object): Promise<T> => {
    const method = (client as unknown as Record<string, (args: object, options: object) => Promise<[Record<string, T>]>>)[`${operation}Async`]!;
    const [answer] = await method.call(client, args, { httpsAgent });
    return answer[`${operation}Return`]!;
  };
  return {
    client,
    list: <T>(operation: string) => call<T>(operation, { [operation === "soapGetStaticServiceList" ? "ServiceInformationResponse" : "ServiceInfo"]: "" }),
    status: (...names: string[]) => call<Reply>("soapGetServiceStatus", { ServiceStatus: names.length > 0 ? names : [""] }),
    control: (ControlType: string, services: string[], NodeName?: string) =>
      call<Reply>("soapDoControlServices", { ControlServiceRequest: { NodeName, ControlType, ServiceList: { item: services } } }),
    deploy: (DeployType: string, services: string[]) =>
      call<Reply>("soapDoServiceDeployment", { DeploymentServiceRequest: { NodeName: "", DeployType, ServiceList: { item: services } } }),
  };
}

type Client = Awaited<ReturnType<typeof clientOf>>;

describe("Control Center of a node, through its own WSDL", () => {
  let lab: Lab;
  let publisher: Client;
  let subscriber: Client;
  before(async () => {
    lab = await startSoapLab();
    [publisher, subscriber] = await Promise.all([clientOf(lab.node(PUBLISHER)), clientOf(lab.node(SUBSCRIBER))]);
  });
  after(() => lab.stop());

  test("the WSDL names service, port and the five operations", () => {
    const described = publisher.client.describe() as Record<string, Record<string, object>>;
    assert.deepEqual(Object.keys(described.ControlCenterServices!.ControlCenterServicesPort!).sort(), [
      "getProductInformationList",
      "soapDoControlServices",
      "soapDoServiceDeployment",
      "soapGetServiceStatus",
      "soapGetStaticServiceList",
    ]);
  });

  test("a running service is Started, with its start in the node's clock and its seconds", async () => {
    lab.node(PUBLISHER).clockOffset = 3_600_000;
    const { ReturnCode, ReasonCode, ServiceInfoList } = await publisher.status("Cisco Tftp");
    lab.node(PUBLISHER).clockOffset = 0;
    const [item] = ServiceInfoList!.item;
    assert.deepEqual([ReturnCode, ReasonCode], ["0", -1]);
    assert.deepEqual([item!.ServiceName, item!.ServiceStatus, item!.ReasonCode], ["Cisco Tftp", "Started", -1]);
    assert.match(item!.StartTime, /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/);
    assert.ok(item!.UpTime >= 90_000 && item!.UpTime < 90_060, String(item!.UpTime));
  });

  test("without a name every service of the node is listed", async () => {
    const { ServiceInfoList } = await publisher.status();
    const names = ServiceInfoList!.item.map((item) => item.ServiceName);
    assert.deepEqual(names, lab.node(PUBLISHER).services.list().map((service) => service.name));
    assert.ok(names.includes("Cisco Tomcat") && names.includes("A Cisco DB"));
  });

  test("a service that is not activated says so, a stopped one was commanded", async () => {
    const { ServiceInfoList } = await subscriber.status("Cisco Tftp", "Cisco CTIManager");
    assert.deepEqual(ServiceInfoList!.item.map((item) => [item.ServiceStatus, item.ReasonCode, item.ReasonCodeString]), [
      ["Stopped", -1068, "Service Not Activated"],
      ["Stopped", -1069, "Commanded Out of Service"],
    ]);
  });

  test("an unknown name, also one in the wrong case, is Stopped", async () => {
    const { ReturnCode, ServiceInfoList } = await publisher.status("cisco tftp");
    assert.equal(ReturnCode, "0");
    assert.equal(ServiceInfoList!.item[0]!.ServiceStatus, "Stopped");
  });

  test("a restart answers when it is done", async () => {
    const mark = lab.history.mark();
    const { ReturnCode, ReasonCode, ServiceInfoList } = await publisher.control("Restart", ["Cisco Tftp"]);
    assert.deepEqual([ReturnCode, ReasonCode, ServiceInfoList!.item[0]!.ServiceStatus], ["0", -1, "Started"]);
    const [asked, done] = lab.history.since(mark);
    assert.deepEqual([asked!.interface, asked!.action, asked!.outcome], ["soap", "soapDoControlServices Restart Cisco Tftp", "ok"]);
    assert.deepEqual([done!.action, typeof done!.until], ["restart Cisco Tftp", "number"]);
  });

  test("several services in one call are restarted one after the other", async () => {
    const mark = lab.history.mark();
    const { ServiceInfoList } = await publisher.control("Restart", ["Cisco Tftp", "Cisco CTIManager"]);
    assert.deepEqual(ServiceInfoList!.item.map((item) => item.ServiceStatus), ["Started", "Started"]);
    const [first, second] = lab.history.since(mark).filter((entry) => entry.interface === "platform");
    assert.ok(first!.until! <= second!.at);
  });

  test("stop and start work, and refuse what is there already", async () => {
    const stopped = await publisher.control("Stop", ["Cisco CTIManager"]);
    assert.deepEqual([stopped.ReturnCode, stopped.ServiceInfoList!.item[0]!.ServiceStatus], ["0", "Stopped"]);
    assert.equal((await publisher.control("Stop", ["Cisco CTIManager"])).ReasonCode, -1040);
    const started = await publisher.control("Start", ["Cisco CTIManager"]);
    assert.deepEqual([started.ReturnCode, started.ServiceInfoList!.item[0]!.ServiceStatus], ["0", "Started"]);
    assert.equal((await publisher.control("Start", ["Cisco CTIManager"])).ReasonCode, -1039);
  });

  const own = [PUBLISHER, "cs-ccm-pub", "10.0.0.11", "CS-CCM-PUB.Example.COM", ""];
  for (const name of own)
    test(`the node takes ${name ? `"${name}"` : "an empty name"} for its own`, async () => {
      assert.equal((await publisher.control("Restart", ["Cisco Tftp"], name)).ReturnCode, "0");
    });

  test("the name of another node is refused and nothing is restarted", async () => {
    const mark = lab.history.mark();
    const { ReturnCode, ReasonCode, ServiceInfoList } = await publisher.control("Restart", ["Cisco Tftp"], SUBSCRIBER);
    assert.deepEqual([ReturnCode, ReasonCode, ServiceInfoList], ["1", -1012, null]);
    assert.equal(lab.history.since(mark).filter((entry) => entry.interface === "platform").length, 0);
  });

  test("an empty list is refused", async () => {
    assert.equal((await publisher.control("Restart", [])).ReasonCode, -1012);
  });

  const refused: [what: string, name: string, code: number, text: string][] = [
    ["Cisco Tomcat", "Cisco Tomcat", -1011, "Component is reserved for platform"],
    ["the database", "A Cisco DB", -1011, "Component is reserved for platform"],
    ["HAProxy", "Cisco HAProxy", -1011, "Component is reserved for platform"],
    ["an unknown service", "Cisco Teapot", -1010, "No such service"],
    ["a service that is not activated", "Cisco Bulk Provisioning Service", -1068, "Service Not Activated"],
  ];
  for (const [what, name, code, text] of refused)
    test(`${what} cannot be restarted`, async () => {
      const { ReturnCode, ReasonCode, ReasonString, ServiceInfoList } = await publisher.control("Restart", [name]);
      assert.deepEqual([ReturnCode, ReasonCode, ReasonString], ["1", code, text]);
      assert.deepEqual([ServiceInfoList!.item[0]!.ReasonCode, ServiceInfoList!.item[0]!.ReasonCodeString], [code, text]);
    });

  test("what is refused does not keep the others of the call from being restarted", async () => {
    const { ReasonCode, ServiceInfoList } = await publisher.control("Restart", ["Cisco Tomcat", "Cisco Tftp"]);
    assert.deepEqual([ReasonCode, ...ServiceInfoList!.item.map((item) => item.ReasonCode)], [-1011, -1011, -1]);
  });

  test("a restart of what is restarting is pending", async () => {
    const service = lab.node(PUBLISHER).services.get("Cisco Tftp")!;
    service.state = "STARTING";
    const { ReasonCode, ServiceInfoList } = await publisher.control("Restart", ["Cisco Tftp"]);
    service.state = "STARTED";
    assert.deepEqual([ReasonCode, ServiceInfoList!.item[0]!.ServiceStatus], [-1029, "Starting"]);
  });

  test("network services are restarted as well, unless the switch says otherwise", async () => {
    assert.equal((await publisher.control("Restart", ["Cisco Trust Verification Service"])).ReturnCode, "0");
    lab.switches.controlCenterNetworkServices = false;
    const { ReasonCode } = await publisher.control("Restart", ["Cisco Trust Verification Service"]);
    lab.switches.controlCenterNetworkServices = true;
    assert.equal(ReasonCode, -1045);
  });

  test("a restart that fails says so and leaves the service stopped", async () => {
    const remove = lab.faults.add({ fault: "service stays down", action: "Cisco Tftp", times: 1 });
    const { ReasonCode, ServiceInfoList } = await publisher.control("Restart", ["Cisco Tftp"]);
    remove();
    assert.deepEqual([ReasonCode, ServiceInfoList!.item[0]!.ServiceStatus, ServiceInfoList!.item[0]!.ReasonCode], [-1007, "Stopped", -1019]);
    assert.equal((await publisher.control("Start", ["Cisco Tftp"])).ReturnCode, "0");
  });

  test("a feature service is deployed and undeployed", async () => {
    const deployed = await subscriber.deploy("Deploy", ["Cisco Tftp"]);
    assert.deepEqual([deployed.ReturnCode, deployed.ServiceInfoList!.item[0]!.ServiceStatus], ["0", "Started"]);
    assert.equal((await subscriber.deploy("Deploy", ["Cisco Tftp"])).ReasonCode, -1057);
    const undeployed = await subscriber.deploy("UnDeploy", ["Cisco Tftp"]);
    assert.deepEqual([undeployed.ReturnCode, undeployed.ServiceInfoList!.item[0]!.ReasonCode], ["0", -1068]);
  });

  test("a network service cannot be undeployed", async () => {
    assert.equal((await subscriber.deploy("UnDeploy", ["Cisco DRF Local"])).ReasonCode, -1045);
  });

  test("the static list tells what is deployable", async () => {
    const { Services } = await publisher.list<Listed>("soapGetStaticServiceList");
    const find = (name: string) => Services.item.find((item) => item.ServiceName === name)!;
    assert.deepEqual([find("Cisco Tftp").Deployable, find("Cisco Tftp").ServiceType], [true, "Service"]);
    assert.deepEqual([find("Cisco DRF Local").Deployable, find("Cisco CallManager Admin").ServiceType], [false, "Servlet"]);
  });

  test("the product list tells release and primary node", async () => {
    const { ActiveServerVersion, PrimaryNode, Products } = await subscriber.list<Product>("getProductInformationList");
    assert.deepEqual([ActiveServerVersion, PrimaryNode, Products.item[0]!.ProductID], ["15.0.1.11900-40", PUBLISHER, "CallManager"]);
  });

  test("an IM and Presence node has its own services", async () => {
    const { ServiceInfoList } = await (await clientOf(lab.node(PRESENCE))).control("Restart", ["Cisco SIP Proxy"]);
    assert.equal(ServiceInfoList!.item[0]!.ServiceStatus, "Started");
  });
});
