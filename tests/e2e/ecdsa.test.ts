// An ECDSA certificate beside the RSA one, both installed by one Rollout: what is served depends on the cluster's HTTPS ciphers.
import assert from "node:assert/strict";
import { connect } from "node:tls";
import { after, before, describe, it } from "node:test";
import { ESTATE_A1, type EstateDescription, type Lab, startLab } from "../../lab";
import { cluster, IMP, PUB, restarts, RESTARTS_OF_15, SUB, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

const NODES = [PUB, SUB, IMP];

/** Both certificates, prepared each by itself and installed together. */
const BOTH = `${cluster()}
  const common = { cluster: hq, chain: await live.getAuthorityChain("ca"), authority: { connection: "ca", template: "WebServerClient" }, rollout: false };
  const rsa = new uccerts.MultiServerCertificate("rsa", { ...common, purpose: "tomcat" });
  const ecdsa = new uccerts.MultiServerCertificate("ecdsa", { ...common, purpose: "tomcat-ECDSA" });
  const rollout = new uccerts.Rollout("tomcat", { cluster: hq, changes: [rsa, ecdsa] });
  return { status: pulumi.all(rollout.identities.map((one) => one.status)).apply((all) => all.join()) };`;

const estate = (httpsCiphers: "RSA Only" | "All"): EstateDescription => ({ ...ESTATE_A1, clusters: [{ ...ESTATE_A1.clusters[0]!, httpsCiphers }] });

/** The SHA-256 that port 8443 shows to a client with these signature algorithms, or `refused`. */
function handshake(lab: Lab, fqdn: string, sigalgs: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: lab.node(fqdn).ports.https8443, servername: fqdn, sigalgs, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
    socket.on("error", () => resolve("refused"));
  });
}

const installed = (lab: Lab, purpose: string) => new Set(NODES.map((fqdn) => lab.node(fqdn).store.identities.get(purpose)!.certificate.parsed.fingerprint256));

for (const ciphers of ["RSA Only", "All"] as const)
  describe(`a tomcat and a tomcat-ECDSA certificate in one Rollout, with HTTPS ciphers "${ciphers}"`, () => {
    let lab: Lab, stack: TestStack, up: Run;
    before(async () => {
      lab = await startLab(estate(ciphers));
      stack = await TestStack.create({ lab, program: BOTH });
      up = await stack.up();
    });
    after(async () => {
      await lab.stop();
      stack.dispose();
    });

    it("ends with success, each certificate on every node", () => {
      assert.equal(up.code, 0, up.output);
      for (const purpose of ["tomcat", "tomcat-ECDSA"]) assert.equal(installed(lab, purpose).size, 1, purpose);
    });

    it("makes one request for each, and restarts nothing before both are installed (R45)", () => {
      const order = writes(lab).map(({ action }) => action.split(" ")[0]!);
      assert.equal(order.filter((verb) => verb === "generate").length, 2);
      assert.ok(order.lastIndexOf("install") < order.indexOf("restart"), order.join());
    });

    it("restarts each service once per node, not twice, node by node with the publisher as the canary", () =>
      assert.deepEqual(restarts(lab), RESTARTS_OF_15));

    it("names both purposes as the reason of a restart", () => assert.equal(String(stack.ofKind("ServiceRestart")[0]!.inputs!.reason), "tomcat and tomcat-ECDSA changed"));

    it(ciphers === "All" ? "every node serves it to a client that wants ECDSA" : "it is said to be stored and not served, and no node serves any to a client that wants ECDSA", async () => {
      const declared = lab.node(PUB).store.identities.get("tomcat-ECDSA")!.certificate;
      assert.equal(declared.commonName, "cs-ccm-pub-EC-ms.example.com");
      const seen = await Promise.all(NODES.map((fqdn) => handshake(lab, fqdn, "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384")));
      assert.deepEqual(seen, NODES.map(() => (ciphers === "All" ? declared.parsed.fingerprint256 : "refused")));
      assert.equal(/tomcat-ECDSA: the HTTPS ciphers of the cluster are RSA only: the certificate is stored and not served/.test(up.output), ciphers === "RSA Only");
      assert.match(up.output, ciphers === "All" ? /status: "installed,installed"/ : /status: "installed,stored"/);
    });

    it("every node serves the RSA one to a client that wants RSA", async () => {
      const { fingerprint256 } = lab.node(PUB).store.identities.get("tomcat")!.certificate.parsed;
      const seen = await Promise.all(NODES.map((fqdn) => handshake(lab, fqdn, "rsa_pss_rsae_sha256:rsa_pkcs1_sha256")));
      assert.deepEqual(seen, NODES.map(() => fingerprint256));
    });

    it("changes nothing at a second up", async () => {
      const mark = lab.history.mark();
      const again = await stack.up();
      assert.match(again.output, /\d+ unchanged\n/);
      assert.deepEqual(writes(lab, mark), []);
    });

    it("adopts both when the program is deployed anew", async () => {
      assert.equal((await stack.destroy()).code, 0);
      const mark = lab.history.mark();
      const adopted = await stack.up();
      assert.equal(adopted.code, 0, adopted.output);
      assert.deepEqual(writes(lab, mark), []);
      assert.match(adopted.output, ciphers === "All" ? /status: "installed,installed"/ : /status: "installed,stored"/);
    });
  });
