import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { type EstateDescription, ESTATE_A1, type Fault, type Lab, startLab } from "../../lab";
import { Lab as OwnLab } from "../../lab/lab";
import { NEVER, PUB, startNodes, within } from "./support/estates";
import { makeRoot, trust } from "./support/signer";

const run = promisify(execFile);
const LAB = join(__dirname, "..", "..", "lab");

/** Runs a program that starts labs; ends only when nothing keeps it alive, or fails after a while. */
async function program(text: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["-e", `const { startLab, ESTATE_A1 } = require(${JSON.stringify(LAB)}); const { Lab } = require(${JSON.stringify(join(LAB, "lab"))}); (async () => { ${text} })();`], { timeout: 20_000 });
  return stdout.trim();
}

/** Of A1: three of each node, two more for the phones of a CUCM node, one of the authority. */
const EVERY_PORT = 3 * 3 + 2 * 2 + 1;

function ports(lab: Lab): number[] {
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes.flatMap((node) => Object.values(node.ports) as number[]));
  return [...nodes, ...lab.authorities.map((authority) => authority.ports.https443)].filter((port) => port > 0);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function open(lab: Lab): Promise<number[]> {
  const found = await Promise.all(ports(lab).map(async (port) => ((await listens(port)) ? [port] : [])));
  return found.flat();
}

describe("a lab", () => {
  test("is the estate of A1 when nothing is said, and every port of it is open and its own", async () => {
    const lab = await startLab();
    try {
      assert.deepEqual(lab.description, ESTATE_A1);
      assert.equal(new Set(ports(lab)).size, EVERY_PORT);
      assert.deepEqual(await open(lab), ports(lab));
    } finally {
      await lab.stop();
    }
  });

  test("was set up long ago: its nodes trust each other at once, however slow replication is", () =>
    within(startNodes({ timing: { replication: NEVER } }), async (lab) => {
      const names = lab.node(PUB).store.entries("tomcat-trust").map(({ certificate }) => certificate.commonName);
      for (const { fqdn } of lab.cluster("hq").nodes) assert.ok(names.includes(fqdn), fqdn);
    }));

  test("has closed every port when it was stopped, and may be stopped twice", async () => {
    const lab = await startLab();
    await Promise.all([lab.stop(), lab.stop()]);
    await lab.stop();
    assert.deepEqual(await open(lab), []);
  });

  test("leaves the process of its user nothing to wait for, whatever was under way", async () => {
    const slow = `timing: { tomcatStop: ${NEVER}, replication: ${NEVER} }, faults: [{ fault: "slow answer", milliseconds: ${NEVER}, interface: "https" }]`;
    const said = await program(`
      const lab = await startLab({ ...ESTATE_A1, ${slow} });
      const node = lab.node("${PUB}");
      lab.node("cs-ccm-sub.example.com").services.restart("Cisco Tomcat");
      require("node:https").get({ port: node.ports.https8443, path: "/ccmadmin", rejectUnauthorized: false }).on("error", () => console.log("cut"));
      require("node:net").connect(node.ports.ssh, "127.0.0.1").on("error", () => {});
      while (!lab.history.entries.some(({ action }) => action === "fault: slow answer")) await new Promise((resolve) => setTimeout(resolve, 1));
      lab.faults.add({ fault: "node down", node: "cs-imp.example.com" });
      await lab.stop();
      console.log("stopped");`);
    assert.deepEqual(said.split("\n").sort(), ["cut", "stopped"]);
  });

  test("names what it does not have", () =>
    within(startNodes(), async (lab) => {
      assert.throws(() => lab.node("nobody.example.com"), /has no node "nobody\.example\.com"/);
      assert.throws(() => lab.cluster("west"), /has no cluster "west"; it has: hq/);
      assert.throws(() => lab.authority("ca"), /has no authority "ca"; it has: none/);
    }));

  test("knows nothing of another one beside it", () =>
    within(startNodes(), (one) =>
      within(startNodes(), async (other) => {
        await trust(one.node(PUB), await makeRoot("Only Here"));
        await one.cluster("hq").settled();
        assert.ok(!other.node(PUB).store.entries("tomcat-trust").some(({ certificate }) => certificate.commonName === "Only Here"));
        assert.equal(other.history.of("rest").length, 0);
        assert.notEqual(one.cluster("hq").osAdministrator.password, other.cluster("hq").osAdministrator.password);
        assert.deepEqual(ports(one).filter((port) => ports(other).includes(port)), []);
      }),
    ));
});

describe("a lab that cannot start", () => {
  const broken: EstateDescription = { ...ESTATE_A1, faults: [{ fault: "gremlins" } as unknown as Fault] };

  test("is refused with everything that is wrong, before a port is opened", async () => {
    const wrong = { name: "No Good", clusters: [{ name: "hq", nodes: [{ fqdn: PUB, product: "CUCM", role: "subscriber" }] }] } as EstateDescription;
    const twice = { ...wrong, clusters: [...wrong.clusters, ...wrong.clusters] };
    await assert.rejects(startLab(twice), (error: Error) => {
      for (const words of ["the lab cannot be like that:", "name must be made of small letters", "clusters[0].nodes must hold one CUCM publisher, not 0", `clusters[1].nodes[0].fqdn ${PUB} is there twice`, "clusters[1].name hq is there twice"])
        assert.ok(error.message.includes(words), `${words} in ${error.message}`);
      return true;
    });
  });

  test("half-way leaves no port open", async () => {
    const lab = new OwnLab(broken);
    try {
      await assert.rejects(lab.start(), /no fault "gremlins"/);
      assert.equal(ports(lab).length, EVERY_PORT, "all had been opened");
      assert.deepEqual(await open(lab), []);
    } finally {
      await lab.stop();
    }
  });

  test("half-way leaves the process of its user nothing to wait for", async () => {
    const said = await program(`
      await new Lab({ ...ESTATE_A1, faults: [{ fault: "gremlins" }] }).start().catch((error) => console.log(error.message.split(";")[0]));`);
    assert.equal(said, 'the lab knows no fault "gremlins"');
  });

  test("because it was stopped meanwhile says so, and leaves nothing to wait for", async () => {
    const said = await program(`
      const lab = new Lab(ESTATE_A1);
      const starting = lab.start().catch((error) => console.log(error.message));
      await lab.stop();
      await starting;`);
    assert.equal(said, "the lab was stopped");
  });
});
