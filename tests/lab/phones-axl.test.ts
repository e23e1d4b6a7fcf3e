// AXL for phones, groups, resets and the DHCP server, as a client meets it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { PUB, SUB, within } from "./support/estates";
import { axl, list, ONE, phone, startPhones, texts, told, TWO } from "./support/phones";

describe("AXL of phones", { timeout: 60_000 }, () => {
  let lab: Lab;
  const pub = () => lab.node(PUB);
  before(async () => {
    const groups = { callManagerGroups: { Main: [SUB, PUB], Small: [PUB] }, devicePools: { Default: "Main", Lobby: "Small" } };
    lab = await startPhones({ ...groups, phones: [{ names: [ONE] }, { names: [TWO], devicePool: "Lobby" }, { count: 3 }] });
  });
  after(() => lab.stop());

  test("lists every phone with its device pool, and pages", async () => {
    const all = await list(pub(), "Phone", "<name/><devicePoolName/>");
    assert.deepEqual(texts(all, "name"), [ONE, TWO, "SEP0A0000020000", "SEP0A0000020001", "SEP0A0000020002"]);
    assert.deepEqual(texts(all, "devicePoolName"), ["Default", "Lobby", "Default", "Default", "Default"]);
    assert.deepEqual(texts(await list(pub(), "Phone", "<name/>", "<name>%</name>", "<skip>1</skip><first>2</first>"), "name"), [TWO, "SEP0A0000020000"]);
    assert.deepEqual(texts(await list(pub(), "Phone", "<name/>", "<devicePoolName>Lobby</devicePoolName>"), "name"), [TWO]);
  });

  test("lists device pools with their CallManager groups, and the groups", async () => {
    const pools = await list(pub(), "DevicePool", "<name/><callManagerGroupName/>");
    assert.deepEqual([texts(pools, "name"), texts(pools, "callManagerGroupName")], [["Default", "Lobby"], ["Main", "Small"]]);
    const groups = await list(pub(), "CallManagerGroup", "<name/><tftpDefault/>");
    assert.deepEqual([texts(groups, "name"), texts(groups, "tftpDefault")], [["Main", "Small"], ["true", "false"]]);
  });

  test("a group tells its members in their order, by the CallManager's name, which leads to the node", async () => {
    const group = await axl(pub(), "getCallManagerGroup", "<name>Main</name>");
    assert.deepEqual([texts(group, "priority"), texts(group, "callManagerName")], [["1", "2"], ["CM_cs-ccm-sub", "CM_cs-ccm-pub"]]);
    const managers = await list(pub(), "CallManager", "<name/><processNodeName/>");
    assert.deepEqual([texts(managers, "name"), texts(managers, "processNodeName")], [["CM_cs-ccm-pub", "CM_cs-ccm-sub"], [PUB, SUB]]);
  });

  test("a list of groups does not tell members: that is a fault", async () => {
    const { status, body } = await list(pub(), "CallManagerGroup", "<name/><members/>");
    assert.deepEqual([status, /Unexpected element 'members'/.test(body)], [500, true]);
  });

  test("resets one phone, by either operation, and says only that it was asked", async () => {
    const calls = [
      ["doDeviceReset", `<deviceName>${ONE}</deviceName><deviceResetType>Reset</deviceResetType>`],
      ["doDeviceReset", `<deviceName>${ONE}</deviceName><isHardReset>true</isHardReset>`],
      ["resetPhone", `<name>${ONE}</name>`],
    ] as const;
    for (const [operation, content] of calls) {
      const mark = lab.history.mark();
      const answer = await axl(pub(), operation, content);
      assert.match(answer.body, /<return>\{[0-9A-F-]{36}\}<\/return>/);
      await lab.cluster("hq").settled();
      assert.deepEqual(told(lab, mark), [`reset ${ONE} at ${SUB}: ok`, `register ${ONE} at ${SUB}: ok`]);
    }
  });

  test("a phone that is not there, a reset of no known kind: faults, and nothing is reset", async () => {
    const mark = lab.history.mark();
    const nobody = await axl(pub(), "doDeviceReset", "<deviceName>SEP999999999999</deviceName><isHardReset>true</isHardReset>");
    const kind = await axl(pub(), "doDeviceReset", `<deviceName>${ONE}</deviceName><deviceResetType>Hard</deviceResetType>`);
    const none = await axl(pub(), "doDeviceReset", `<deviceName>${ONE}</deviceName>`);
    assert.deepEqual([nobody.status, kind.status, none.status, texts(nobody, "axlcode")], [500, 500, 500, ["5007"]]);
    assert.deepEqual(told(lab, mark), []);
  });

  test("a throttled reset is answered 503 and is none", async () => {
    lab.faults.add({ fault: "write throttle", action: "doDeviceReset", times: 1 });
    const mark = lab.history.mark();
    assert.equal((await axl(pub(), "doDeviceReset", `<deviceName>${ONE}</deviceName><isHardReset>true</isHardReset>`)).status, 503);
    assert.deepEqual(told(lab, mark), []);
  });

  test("shows the DHCP server and its subnet with option 150, and changes it", async () => {
    assert.deepEqual(texts(await list(pub(), "DhcpServer", "<processNodeName/>", "<processNodeName>%</processNodeName>"), "processNodeName"), [PUB]);
    const subnets = () => list(pub(), "DhcpSubnet", "<subnetIpAddress/><primaryTftpServerIpAddress/><secondaryTftpServerIpAddress/>", `<dhcpServerName>${PUB}</dhcpServerName>`);
    const tftp = (answer: Awaited<ReturnType<typeof subnets>>) => [...texts(answer, "primaryTftpServerIpAddress"), ...texts(answer, "secondaryTftpServerIpAddress")];
    const before = await subnets();
    assert.deepEqual([texts(before, "subnetIpAddress"), tftp(before)], [["10.100.0.0"], ["10.0.0.11", "10.0.0.12"]]);
    const [uuid] = /\{[0-9A-F-]{36}\}/.exec(before.body)!;
    await axl(pub(), "updateDhcpSubnet", `<uuid>${uuid}</uuid><primaryTftpServerIpAddress>10.0.0.12</primaryTftpServerIpAddress><secondaryTftpServerIpAddress/>`);
    assert.deepEqual(tftp(await subnets()), ["10.0.0.12", ""]);
    await axl(pub(), "updateDhcpSubnet", `<dhcpServerName>${PUB}</dhcpServerName><subnetIpAddress>10.100.0.0</subnetIpAddress><primaryTftpServerIpAddress>10.0.0.11</primaryTftpServerIpAddress>`);
    assert.deepEqual(tftp(await axl(pub(), "getDhcpSubnet", `<uuid>${uuid}</uuid>`)), ["10.0.0.11", ""]);
    assert.deepEqual(lab.history.of("platform", "change DHCP subnet").at(-1)!.detail, { subnet: "10.100.0.0", option150: ["10.0.0.11"] });
  });

  test("a list of subnets does not tell their server, and a subnet that is not there is a fault", async () => {
    const told150 = await list(pub(), "DhcpSubnet", "<dhcpServerName/>", "<subnetIpAddress>%</subnetIpAddress>");
    const absent = await axl(pub(), "getDhcpSubnet", `<dhcpServerName>${PUB}</dhcpServerName><subnetIpAddress>10.9.9.0</subnetIpAddress>`);
    assert.deepEqual([told150.status, absent.status, texts(absent, "axlcode")], [500, 500, ["5007"]]);
  });

  test("the phones are registered with the first of their own group", () => {
    assert.deepEqual([phone(lab).node, phone(lab, TWO).node], [SUB, PUB]);
  });
});

describe("a DHCP server that is not CUCM's", () => {
  test("is not shown by AXL; a person changes it", () =>
    within(startPhones({ dhcp: { server: "elsewhere" } }), async (lab) => {
      assert.deepEqual(texts(await list(lab.node(PUB), "DhcpServer", "<processNodeName/>", "<processNodeName>%</processNodeName>"), "processNodeName"), []);
      assert.deepEqual(texts(await list(lab.node(PUB), "DhcpSubnet", "<subnetIpAddress/>", "<subnetIpAddress>%</subnetIpAddress>"), "subnetIpAddress"), []);
      lab.cluster("hq").phones.dhcp.set("10.100.0.0", { primaryTftp: "10.0.0.12" });
      assert.equal(lab.cluster("hq").phones.dhcp.subnet()!.primaryTftp, "10.0.0.12");
    }));
});
