import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ContactCenter, type ContactCenterArgs } from "../../../sdk/contact-center";
import { Cluster } from "../../../sdk/topology";

const hosts: ContactCenterArgs["hosts"] = [
  { fqdn: "rogger-a.example.com", product: "Rogger", side: "A", address: "192.0.2.10" },
  { fqdn: "rogger-b.example.com", product: "Rogger", side: "B" },
  { fqdn: "aw-a.example.com", product: "AW" },
  { fqdn: "csa.example.com", product: "CVP Server", release: "12.5(1) ES12" },
];
const finesse = new Cluster("finesse", {
  release: "12.6(2)",
  connection: "center",
  nodes: [
    { fqdn: "finesse-a.example.com", product: "Finesse", role: "publisher" },
    { fqdn: "finesse-b.example.com", product: "Finesse", role: "subscriber" },
  ],
});
const happy: ContactCenterArgs = { release: "12.6(2)", hosts, clusters: [finesse] };
const center = (change: Partial<ContactCenterArgs> = {}) => new ContactCenter("center", { ...happy, ...change });
const refused = (change: Partial<ContactCenterArgs>, ...reasons: RegExp[]) => {
  for (const reason of reasons) assert.throws(() => center(change), reason);
};

describe("a contact centre", () => {
  test("gives each host its release, its connection and the contact centre's name", () => {
    assert.deepEqual(center().host("ROGGER-A.example.com"), { fqdn: "rogger-a.example.com", address: "192.0.2.10", product: "Rogger", release: "12.6(2)", connection: "center", contactCenter: "center" });
    assert.equal(center().host("csa.example.com").release, "12.5(1) ES12");
  });

  test("takes its own name for the connection, unless another is named", () => {
    assert.equal(center({ connection: "windows" }).hosts[0]!.connection, "windows");
  });

  test("gives the nodes of its clusters", () => {
    assert.equal(center().node("finesse-b.example.com").cluster.name, "finesse");
  });

  test("only looks at a cluster that has its connection", () => {
    assert.deepEqual(center().solution.nodes.map(({ writable }) => writable), [false, false]);
    assert.deepEqual(center({ connection: "windows" }).solution.nodes.map(({ writable }) => writable), [true, true]);
  });

  test("has side A where none is named", () => {
    assert.deepEqual(center().solution.hosts.map(({ side }) => side), ["A", "B", "A", "A"]);
  });
});

describe("a contact centre is refused", () => {
  test("with everything that is wrong at once", () => {
    refused(
      { release: "next", hosts: [{ fqdn: "aw", product: "AW" }, { fqdn: "x.example.com", product: "Gateway" as never }] },
      /^Error: ContactCenter "center" is not right:\n/,
      /release "next" is no release/,
      /hosts\[0\]\.fqdn "aw" is no fully qualified/,
      /hosts\[1\]\.product "Gateway" is unknown \(known: Router, /,
    );
  });

  test("with no host", () => refused({ hosts: [] }, /hosts is empty/));
  test("with a release before 12.5", () => refused({ release: "12.0(1)" }, /older than 12\.5/));
  test("with a host's release that is none", () => refused({ hosts: [{ ...hosts[0]!, release: "x" }] }, /hosts\[0\]\.release "x" is no release/));
  test("with a host named by its address (R123)", () => refused({ hosts: [{ fqdn: "192.0.2.10", product: "AW" }] }, /"192\.0\.2\.10" is no fully qualified/));
  test("with one host twice", () => refused({ hosts: [...hosts, { fqdn: "AW-A.example.com", product: "AW" }] }, /hosts\[4\]\.fqdn "AW-A\.example\.com" stands there twice/));
  test("with two Routers on one side", () => refused({ hosts: [...hosts, { fqdn: "rtr.example.com", product: "Router", side: "B" }] }, /side B has 2 Routers/));
  test("with two Loggers on one side", () => refused({ hosts: [...hosts, { fqdn: "lgr.example.com", product: "Logger" }] }, /side A has 2 Loggers/));
  test("with a side that is none", () => refused({ hosts: [{ ...hosts[0]!, side: "C" as never }] }, /side "C" is unknown \(known: A, B\)/));
  test("with an empty connection", () => refused({ connection: "" }, /connection is empty/));
  test("with a deployment that is none", () => refused({ deployment: "HCS" as never }, /deployment "HCS" is unknown/));
  test("with one cluster twice", () => refused({ clusters: [finesse, finesse] }, /cluster "finesse" stands there twice/));
  test("with a server that is a host and a node", () => refused({ others: [{ fqdn: "Finesse-A.example.com", product: "ECE" }] }, /finesse-a\.example\.com is declared as two servers/));
  test("with a server of an unknown kind", () => refused({ others: [{ fqdn: "x.example.com", product: "SocialMiner" as never }] }, /others\[0\]\.product "SocialMiner" is unknown/));
  test("with a maintenance window that never opens", () => refused({ maintenanceWindow: { from: "25:00", to: "04:00", timeZone: "Europe/Berlin" } }, /maintenanceWindow: from "25:00"/));

  test("with a cluster that no contact centre knows", () => {
    const unity = new Cluster("unity", { release: "14", nodes: [{ fqdn: "cuc.example.com", product: "Unity Connection", role: "publisher" }] });
    refused({ clusters: [unity] }, /cluster "unity" has no node of a product that a contact centre knows/);
  });

  test("when asked for a host or a node that it does not have", () => {
    assert.throws(() => center().host("pg.example.com"), /has no host pg\.example\.com; it has rogger-a/);
    assert.throws(() => center().node("ids.example.com"), /has no node ids\.example\.com; it has finesse-a/);
  });
});
