// Phones as a person writes them into an estate.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EstateDescription, startLab } from "../../lab";
import { NODES, PUB, SUB, within } from "./support/estates";
import { axl, list, startPhones, texts } from "./support/phones";

const refused = async (cluster: object, other?: object) => {
  const estate = { name: "bad", clusters: [{ name: "hq", nodes: NODES, ...cluster }, ...(other ? [other] : [])] } as EstateDescription;
  const error = await startLab(estate).then(
    async (lab) => (await lab.stop(), new Error("it started")),
    (reason: Error) => reason,
  );
  return error.message.split("\n  ").slice(1).join("\n");
};

const MISTAKES: [what: string, cluster: object, words: RegExp][] = [
  ["a name that is none of a phone", { phones: { names: ["SEP00112233445z"] } }, /^clusters\[0\]\.phones\.names\[0\] must be SEP and twelve capital hexadecimal digits/],
  ["phones without a number", { phones: {} }, /^clusters\[0\]\.phones must have a count or names$/],
  ["a phone that is there twice, in two sets", { phones: [{ names: ["SEP001122334455"] }, { names: ["SEP001122334455"] }] }, /^clusters\[0\]\.phones\[1\]\.names SEP001122334455 is there twice$/],
  ["more phones with a foreign ITL than there are", { phones: { count: 2, foreignItl: 3 } }, /foreignItl must not be more than the 2 phones that there are$/],
  ["a device pool that is not there", { phones: { count: 1, devicePool: "Lobby" } }, /devicePool must be one of the device pools Default, not Lobby$/],
  ["a device pool without its group", { devicePools: { Default: "Main" } }, /devicePools\.Default must be one of the CallManager groups Default, not Main$/],
  ["a member that is no CUCM node of the cluster", { callManagerGroups: { Default: [PUB, "cs-imp.example.com"] } }, /callManagerGroups\.Default\[1\] must be a CUCM node of this cluster, not cs-imp\.example\.com$/],
  ["a DHCP server of a cluster that is not there", { phones: { count: 1, dhcp: "west" } }, /phones\.dhcp must be a cluster of this estate, not west$/],
  ["a subnet that is not there", { phones: { count: 1, subnet: "10.1.1.0" } }, /phones\.subnet must be the address of a subnet of that DHCP server, not 10\.1\.1\.0$/],
  ["phones that are configured in their own cluster too", { phones: { count: 1, alsoIn: ["hq"] } }, /phones\.alsoIn\[0\] must be another cluster of this estate, not hq$/],
  ["three TFTP servers", { dhcp: { subnets: [{ option150: ["1", "2", "3"] }] } }, /option150 must be a list of one or two addresses or names/],
  ["an unknown answer to a changed certificate", { phoneInteraction: "off" }, /phoneInteraction must be one of automatic, manual/],
];

describe("an estate is refused for", { timeout: 60_000 }, () => {
  for (const [what, cluster, words] of MISTAKES)
    test(what, async () => {
      assert.match(await refused(cluster), words);
    });

  test("phones without CUCM", async () => {
    assert.match(await refused({}, { name: "cuic", nodes: [{ fqdn: "cuic.example.com", product: "CUIC", role: "publisher" }], phones: { count: 1 } }), /^clusters\[1\]\.phones need a CUCM node in the cluster/);
  });
});

describe("phones of an estate", { timeout: 60_000 }, () => {
  test("the parameter Phone Interaction on Certificate Update is there from release 14 on, automatic unless told otherwise", async () => {
    const read = async (cluster: object) => {
      let found: string[] = [];
      await within(startPhones(cluster), async (lab) => {
        found = texts(await axl(lab.node(PUB), "executeSQLQuery", "<sql>select paramvalue from processconfig where paramname = 'PhoneInteractionOnCertificateUpdate'</sql>"), "paramvalue");
      });
      return found;
    };
    assert.deepEqual([await read({}), await read({ phoneInteraction: "manual" }), await read({ release: "12.5(1)SU7" })], [["0"], ["1"], []]);
  });

  test("are none without a word about them, and then there is no DHCP server", () =>
    within(startPhones({ phones: undefined }), async (lab) => {
      assert.deepEqual(lab.cluster("hq").phones.all, []);
      assert.deepEqual(texts(await list(lab.node(PUB), "DhcpSubnet", "<subnetIpAddress/>", "<subnetIpAddress>%</subnetIpAddress>"), "subnetIpAddress"), []);
    }));

  test("a hundred of them are registered when the lab has started, and none is told of in the history", () =>
    within(startPhones({ phones: { count: 100 }, dhcp: { subnets: [{}, { address: "10.7.0.0", option150: [SUB] }] } }), async (lab) => {
      assert.equal(lab.cluster("hq").phones.registered.length, 100);
      assert.deepEqual(lab.history.of("phone"), []);
      assert.deepEqual(lab.cluster("hq").phones.dhcp.subnets.map(({ address, primaryTftp }) => [address, primaryTftp]), [["10.100.0.0", "10.0.0.11"], ["10.7.0.0", SUB]]);
    }));
});
