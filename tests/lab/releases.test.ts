// In what an older node differs: what its release does not have, and what it can only speak.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type ConnectionOptions } from "node:tls";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient, logIn } from "./support/cli-client";
import { type ClusterOptions, IMP, NODES, PUB, startNodes, SUB, within } from "./support/estates";
import { fetchFrom, rest } from "./support/node-client";
import { makeRoot, sign } from "./support/signer";

const CONTAINERS = ["Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"];
const at = (release: string, work: (lab: Lab) => Promise<void>, cluster: ClusterOptions = {}) => within(startNodes({}, { release, ...cluster }), work);
const has = (node: VosNode, names: string[]) => names.filter((name) => node.services.get(name));
const servedSerial = (node: VosNode) => handshake(node).then(({ serial }) => serial.toLowerCase());

/** What a handshake shows and speaks. */
function handshake(node: VosNode, options: ConnectionOptions = {}): Promise<{ serial: string; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: node.ports.https8443, servername: node.fqdn, rejectUnauthorized: false, ...options }, () => {
      resolve({ serial: socket.getPeerCertificate().serialNumber, protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("a release", () => {
  for (const [written, printed] of [["12.5(1)SU7", "12.5.1.17900-1"], ["14", "14.0.1.10000-1"], ["14SU2", "14.0.1.12900-1"], ["15.0.1.11900-40", "15.0.1.11900-40"]] as const)
    test(`${written} is printed as ${printed}`, () =>
      at(written, async (lab) => assert.match(await CliClient.once(lab.node(PUB), "show version active"), new RegExp(`^Active Master Version: ${printed.replace(/\./g, "\\.")}\n`))));

  test("that is none is a mistake of the estate", async () => {
    await assert.rejects(startNodes({}, { release: "latest" }), /release must be a release, such as 14SU2/);
  });
});

describe("a node of 12.5(1)SU7", () => {
  test("has no certificate REST: the page is not found, before any log-in", () =>
    at("12.5(1)SU7", async (lab) => {
      const { status, text } = await rest(lab.node(PUB), "GET /snapshot/server");
      assert.deepEqual([status, text], [404, "<html><body>404 Not Found</body></html>"]);
      assert.equal((await fetchFrom(lab.node(PUB), "POST /platformcom/api/v1/certmgr/config/csr", {})).status, 404);
    }));

  test("has one Tomcat and an HAProxy before it, and CAPF on every node of CUCM", () =>
    at("12.5(1)SU7", async (lab) => {
      assert.deepEqual(has(lab.node(PUB), ["Cisco Tomcat", "Cisco HAProxy", ...CONTAINERS]), ["Cisco Tomcat", "Cisco HAProxy"]);
      assert.deepEqual([PUB, SUB, IMP].filter((fqdn) => lab.node(fqdn).store.identities.has("CAPF")), [PUB, SUB]);
    }));

  test("answers AXL in the one Tomcat", () =>
    at("12.5(1)SU7", async (lab) => {
      lab.node(PUB).services.set("Cisco Tomcat", "stopped");
      assert.equal((await fetchFrom(lab.node(PUB), "GET /axl/")).status, 503);
      lab.node(PUB).services.set("Cisco Tomcat", "started");
      assert.notEqual((await fetchFrom(lab.node(PUB), "GET /axl/")).status, 503);
    }));

  test("makes a request without asking about the unit", () =>
    at("12.5(1)SU7", async (lab) => assert.equal(await CliClient.once(lab.node(PUB), "set csr gen tomcat"), "Successfully Generated CSR  for tomcat\n")));
});

describe("a node of 12.5(1)SU2", () => {
  test("has no HAProxy: Cisco Tomcat holds the ports and serves the new certificate after its restart", () =>
    at("12.5(1)SU2", async (lab) => {
      const pub = lab.node(PUB);
      assert.deepEqual(has(pub, ["Cisco Tomcat", "Cisco HAProxy", ...CONTAINERS]), ["Cisco Tomcat"]);
      const before = await servedSerial(pub);
      const { serial } = await pub.certificates.regenerate("tomcat");
      assert.equal(await servedSerial(pub), before);
      await pub.services.restart("Cisco Tomcat");
      assert.equal(await servedSerial(pub), serial.toLowerCase());
    }));

  test("refuses connections while Cisco Tomcat is down", () =>
    at("12.5(1)SU2", async (lab) => {
      lab.node(PUB).services.set("Cisco Tomcat", "stopped");
      await assert.rejects(handshake(lab.node(PUB)));
    }));
});

describe("a node of 14", () => {
  test("has the certificate REST and the separate containers", () =>
    at("14", async (lab) => {
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200);
      assert.deepEqual(has(lab.node(PUB), CONTAINERS), CONTAINERS);
    }));
});

describe("the answer to a multi-server request", () => {
  /** The command line's words. */
  async function imported(lab: Lab): Promise<string> {
    const pub = lab.node(PUB);
    const root = await makeRoot();
    pub.certificates.uploadTrust("tomcat", root.certificate, "");
    const { pem } = await pub.certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    const cli = await CliClient.open(pub);
    cli.send("set cert import own tomcat\n");
    await cli.see("Paste the Certificate and Hit Enter\r\n");
    cli.send(`${(await sign(root, pem)).trim()}\n\n`);
    return cli.answer();
  }

  for (const release of ["12.5(1)SU7", "14SU1"])
    test(`is installed by command line at ${release}, on every node`, () =>
      at(release, async (lab) => {
        assert.match(await imported(lab), /Successfully imported certificate for tomcat/);
        await lab.cluster("hq").settled();
        assert.equal(new Set([PUB, SUB, IMP].map((fqdn) => lab.node(fqdn).store.identities.get("tomcat")!.certificate.serial)).size, 1);
      }));

  for (const release of ["14SU2", "15"])
    test(`is refused by command line at ${release}`, () => at(release, async (lab) => assert.match(await imported(lab), /Multi-server certificates cannot be imported through the CLI\nExecuted command unsuccessfully/)));
});

describe("a node that is old on the wire", () => {
  const old = NODES.map((node) => (node.fqdn === PUB ? { ...node, highestTls: "TLSv1.1" as const, oldSsh: true } : node));

  test("speaks TLS 1.1 with a client that allows it, refuses one that does not, and the other nodes are as ever", () =>
    at("12.5(1)SU2", async (lab) => {
      await assert.rejects(handshake(lab.node(PUB)), /protocol version|unsupported protocol/i);
      assert.equal((await handshake(lab.node(PUB), { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" })).protocol, "TLSv1.1");
      assert.equal((await handshake(lab.node(SUB))).protocol, "TLSv1.3");
    }, { nodes: old }));

  test("still does so when it has loaded a new certificate", () =>
    at("12.5(1)SU2", async (lab) => {
      const { serial } = await lab.node(PUB).certificates.regenerate("tomcat");
      await lab.node(PUB).services.restart("Cisco Tomcat");
      await assert.rejects(handshake(lab.node(PUB)), /protocol version|unsupported protocol/i);
      const seen = await handshake(lab.node(PUB), { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" });
      assert.deepEqual([seen.serial.toLowerCase(), seen.protocol], [serial.toLowerCase(), "TLSv1.1"]);
    }, { nodes: old }));

  test("lets SSH in only with SHA-1 and CBC", () =>
    at("12.5(1)SU2", async (lab) => {
      await assert.rejects(logIn(lab.node(PUB)), /no matching key exchange algorithm/);
      const algorithms = { kex: ["diffie-hellman-group14-sha1" as const], cipher: ["aes128-cbc" as const] };
      (await logIn(lab.node(PUB), { config: { algorithms } })).end();
    }, { nodes: old }));
});
