import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import type { Lab } from "../../lab";
import { describe as read } from "../../lab/pki/read";
import type { VosNode } from "../../lab/vos/node";
import { IMP, NEVER, PUB, startNodes, SUB, within } from "./support/estates";
import { basic, fetchFrom, fingerprintShown, refuses, rest, shown } from "./support/node-client";
import { install, makeIntermediate, makeRoot, trust } from "./support/signer";

const EC = "ecdsa_secp384r1_sha384";
const RSA = "rsa_pss_rsae_sha256";

interface Signed {
  lab: Lab;
  pub: VosNode;
  /** Fingerprints of the certificate before and after the upload. */
  before: string;
  after: string;
}

/** What `work` sees after a certificate has been uploaded and nothing restarted. */
function uploaded(work: (signed: Signed) => Promise<void>, options: Parameters<typeof startNodes>[0] = {}): Promise<void> {
  return within(startNodes(options), async (lab) => {
    const pub = lab.node(PUB);
    const before = await fingerprintShown(pub);
    const root = await makeRoot();
    await trust(pub, root);
    const { pem } = await install(pub, root);
    await lab.cluster("hq").settled();
    await work({ lab, pub, before, after: read(pem).parsed.fingerprint256 });
  });
}

const inMemory = ({ loaded }: VosNode, container: string) => loaded.get(container)![0]!.certificate.parsed.fingerprint256;

async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

/** The banner of an SSH server. */
async function sshBanner({ ports }: VosNode): Promise<string> {
  const socket = await openSocket(ports.ssh);
  const banner = await new Promise<string>((resolve, reject) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())).once("close", () => reject(new Error("closed"))));
  socket.destroy();
  return banner;
}

describe("the certificate on 8443 and 443", () => {
  test("stays the old one after an upload, on every node", () =>
    uploaded(async ({ lab, pub, before, after }) => {
      for (const port of ["https8443", "https443"] as const) assert.equal(await fingerprintShown(pub, port), before);
      for (const node of lab.cluster("hq").nodes) assert.notEqual(await fingerprintShown(node), after, node.fqdn);
    }));

  for (const service of ["Cisco Tomcat", "Cisco HAProxy"])
    test(`is the new one after a restart of ${service}, on that node`, () =>
      uploaded(async ({ lab, pub, after }) => {
        await pub.services.restart(service);
        for (const port of ["https8443", "https443"] as const) assert.equal(await fingerprintShown(pub, port), after);
        assert.notEqual(await fingerprintShown(lab.node(SUB)), after);
      }));

  test("is not changed by a restart of anything else", () =>
    uploaded(async ({ pub, before }) => {
      for (const service of ["Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat", "Cisco Tftp"]) await pub.services.restart(service);
      assert.equal(await fingerprintShown(pub), before);
    }));

  test("is the new one after a stop and a start, too", () =>
    uploaded(async ({ pub, after }) => {
      await pub.services.stop("Cisco Tomcat");
      assert.ok(await refuses(pub));
      await pub.services.start("Cisco Tomcat");
      assert.equal(await fingerprintShown(pub), after);
    }));

  test("comes with its intermediates and without the root", () =>
    within(startNodes(), async (lab) => {
      const root = await makeRoot("Serving Root");
      const issuing = await makeIntermediate(root, "Serving Issuing");
      for (const one of [root, issuing]) await trust(lab.node(PUB), one);
      const { pem } = await install(lab.node(PUB), issuing);
      await lab.node(PUB).services.restart("Cisco Tomcat");
      assert.deepEqual((await shown(lab.node(PUB))).map(({ fingerprint256 }) => fingerprint256), [pem, issuing.certificate].map((one) => read(one).parsed.fingerprint256));
    }));
});

describe("a separate container of Tomcat", () => {
  const containers = ["Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"];
  test("keeps the old certificate through a restart of Cisco Tomcat", () =>
    uploaded(async ({ pub, before, after }) => {
      await pub.services.restart("Cisco Tomcat");
      for (const container of containers) assert.equal(inMemory(pub, container), before, container);
      for (const container of ["Cisco Tomcat", "Cisco HAProxy"]) assert.equal(inMemory(pub, container), after, container);
    }));

  for (const container of containers)
    test(`${container} loads the new one when it is restarted itself, and no other does`, () =>
      uploaded(async ({ pub, after }) => {
        await pub.services.restart(container);
        assert.deepEqual([...pub.loaded.keys()].filter((name) => inMemory(pub, name) === after), [container]);
      }));

  test("is not on an IM and Presence node", () =>
    within(startNodes(), async (lab) => assert.deepEqual([...lab.node(IMP).loaded.keys()], ["Cisco HAProxy", "Cisco Tomcat"])));
});

describe("EC certificates on 8443", () => {
  test("are not served with RSA-only ciphers: a client that wants EC gets none", () =>
    within(startNodes(), async (lab) => {
      assert.equal((await shown(lab.node(PUB), { sigalgs: RSA }))[0]!.publicKey.asymmetricKeyType, "rsa");
      await assert.rejects(shown(lab.node(PUB), { sigalgs: EC }), /handshake failure/i);
    }));

  test("are served beside the RSA one with HTTPS Ciphers All", () =>
    within(startNodes({}, { httpsCiphers: "All" }), async (lab) => {
      const { identities } = lab.node(PUB).store;
      assert.equal((await shown(lab.node(PUB), { sigalgs: EC }))[0]!.fingerprint256, identities.get("tomcat-ECDSA")!.certificate.parsed.fingerprint256);
      assert.equal((await shown(lab.node(PUB), { sigalgs: RSA }))[0]!.fingerprint256, identities.get("tomcat")!.certificate.parsed.fingerprint256);
    }));

  test("appear with the restart after the parameter was changed", () =>
    within(startNodes(), async (lab) => {
      lab.cluster("hq").parameters.set("HTTPS Ciphers", "All");
      await lab.node(SUB).services.restart("Cisco Tomcat");
      assert.equal((await shown(lab.node(SUB), { sigalgs: EC }))[0]!.publicKey.asymmetricKeyType, "ec");
      await assert.rejects(shown(lab.node(PUB), { sigalgs: EC }), /handshake failure/i);
    }));
});

describe("while Cisco Tomcat restarts", () => {
  const restarting = (work: (lab: Lab, restart: Promise<void>) => Promise<void>, timing: { tomcatStop?: number; tomcatStart?: number } = { tomcatStop: NEVER }) =>
    within(startNodes({ timing }), (lab) => {
      const restart = lab.node(PUB).services.restart("Cisco Tomcat");
      return work(lab, restart);
    });

  for (const phase of ["tomcatStop", "tomcatStart"] as const)
    test(`REST, SOAP, AXL and the pages of that node are gone in its ${phase === "tomcatStop" ? "stopping" : "starting"}, and SSH is not`, () =>
      restarting(
        async (lab) => {
          const pub = lab.node(PUB);
          for (let looks = 0; phase === "tomcatStart" && pub.services.get("Cisco Tomcat")!.state !== "STARTING" && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
          for (const path of ["/platformcom/api/v1/certmgr/config/snapshot/server", "/controlcenterservice2/services/ControlCenterServices", "/axl/", "/ccmadmin"])
            for (const port of ["https8443", "https443"] as const) await assert.rejects(fetchFrom(pub, `GET ${path}`, undefined, { port }), /ECONNRESET|socket hang up|disconnected/, path);
          assert.match(await sshBanner(pub), /^SSH-2\.0-/);
          assert.equal(pub.services.get("Cisco Tomcat")!.state, phase === "tomcatStop" ? "STOPPING" : "STARTING");
        },
        { [phase]: NEVER },
      ));

  test("the other nodes answer", () => restarting(async (lab) => assert.equal((await rest(lab.node(SUB), "GET /snapshot/server")).status, 200)));

  test("connections that were open have ended", () =>
    within(startNodes({ timing: { tomcatStop: NEVER } }), async (lab) => {
      const socket = connectTls({ host: "127.0.0.1", port: lab.node(PUB).ports.https8443, rejectUnauthorized: false });
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      const ended = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      void lab.node(PUB).services.restart("Cisco Tomcat");
      await ended;
    }));

  test("a request that is being answered gets no answer", () =>
    within(startNodes({ timing: { tomcatStop: NEVER } }), async (lab) => {
      lab.faults.add({ fault: "slow answer", node: PUB, milliseconds: NEVER });
      const asked = rest(lab.node(PUB), "GET /snapshot/server");
      const failed = assert.rejects(asked, /ECONNRESET|socket hang up/);
      for (let looks = 0; lab.history.of("rest", "snapshot").length === 0 && looks < 1000; looks++) await new Promise((resolve) => setTimeout(resolve, 1));
      void lab.node(PUB).services.restart("Cisco Tomcat");
      await failed;
    }));

  test("and when it has, everything answers again", () =>
    restarting(
      async (lab, restart) => {
        await restart;
        const { username, password } = lab.cluster("hq").applicationUser.credential;
        const headers = basic(username, password);
        assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200);
        for (const path of ["/controlcenterservice2/services/ControlCenterServices?wsdl", "/axl/", "/ccmadmin"]) assert.equal((await fetchFrom(lab.node(PUB), `GET ${path}`, undefined, { headers })).status, 200, path);
      },
      {},
    ));
});

describe("the page of the product", () => {
  test("lags behind STARTED, while the handshake and REST are there", () =>
    within(startNodes(), async (lab) => {
      lab.timing.pageLag = NEVER;
      await lab.node(PUB).services.restart("Cisco Tomcat");
      assert.ok(lab.node(PUB).services.started("Cisco Tomcat"));
      assert.equal((await fetchFrom(lab.node(PUB), "GET /ccmadmin/showHome.do")).status, 503);
      assert.equal((await rest(lab.node(PUB), "GET /snapshot/server")).status, 200);
      assert.equal((await fetchFrom(lab.node(SUB), "GET /ccmadmin/showHome.do")).status, 200, "of another node is not concerned");
    }));

  test("is /ccmadmin on CUCM, /cupadmin on IM and Presence, and the other's is not there", () =>
    within(startNodes(), async (lab) => {
      const statuses = async (fqdn: string) => Promise.all(["/ccmadmin", "/cupadmin", "/cmplatform", "/other"].map(async (path) => (await fetchFrom(lab.node(fqdn), `GET ${path}`)).status));
      assert.deepEqual(await statuses(PUB), [200, 404, 200, 404]);
      assert.deepEqual(await statuses(IMP), [404, 200, 200, 404]);
    }));
});
