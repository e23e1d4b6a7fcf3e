// TLS is verified, whatever the environment says; one setting switches it off, and says so.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type ClusterConnection, type Connections, connectionsOf, type Lab, startLab } from "../../lab";
import { readSettings } from "../../provider/settings";
import { chainOf, HQ, PUB } from "../support/a1";
import { TestProvider } from "../support/provider";

const PROVIDER = join(__dirname, "..", "support", "provider.js");

describe("a server that the connection does not know", () => {
  let lab: Lab, mark: number;
  before(async () => (lab = await startLab()));
  beforeEach(() => (mark = lab.history.mark()));
  after(() => lab.stop());

  const inputs = () => ({ node: HQ.node(PUB), store: "tomcat-trust", certificatePem: chainOf(lab)[0]!, verify: "node" });
  /** Requests that reached a node, and with them a password. */
  const requests = () => lab.history.since(mark).filter(({ interface: at }) => at === "rest" || at === "axl");

  /** The lab's connections, whose cluster trusts this. */
  function trusting(tls: object): Connections {
    const connections = connectionsOf(lab);
    return { ...connections, hq: { ...(connections.hq as ClusterConnection), tls } };
  }

  const AUTHORITY = "an authority that did not issue it";
  for (const [what, tls] of [["trusts nothing", () => ({})], [`trusts ${AUTHORITY}`, () => ({ ca: [chainOf(lab)[0]!] })]] as const)
    it(`is refused when the connection ${what}, with NODE_TLS_REJECT_UNAUTHORIZED=0 and authorities in the environment`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "uccerts-verification-"));
      try {
        // The node's own certificate, as an authority of the whole process.
        const file = join(folder, "all.pem");
        writeFileSync(file, lab.node(PUB).served[0]!.certificate.pem);
        const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file, NODE_OPTIONS: "--use-openssl-ca", NODE_NO_WARNINGS: "1" };
        const said = await child(env, trusting(tls()), inputs());
        assert.match(said, /verify the server's certificate: /);
        assert.deepEqual(requests(), []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

  it("is accepted with tls.insecure, which the run says before anything else", async () => {
    const provider = new TestProvider(lab, { connections: trusting({ insecure: true }) });
    try {
      await provider.create("TrustCertificate", inputs());
      assert.match(provider.lines[0]!, /^Warning: U8 the connection "hq" does not verify TLS \(tls\.insecure\)/);
      assert.ok(requests().length > 0);
    } finally {
      await provider.dispose();
    }
  });

  it("is said of a run that asks no device, too", async () => {
    const provider = new TestProvider(lab, { connections: trusting({ insecure: true }) });
    try {
      await provider.check("TrustCertificate", inputs());
      assert.deepEqual(provider.lines.filter((line) => line.includes("U8")).length, 1);
      assert.deepEqual(requests(), []);
    } finally {
      await provider.dispose();
    }
  });

  it("does not lend tls.insecure to another connection", async () => {
    const connections = { ...trusting({}), other: { tls: { insecure: true } } };
    const provider = new TestProvider(lab, { connections });
    try {
      assert.match(await provider.refusal("TrustCertificate", inputs()), /the connection "hq" trusts no certificate yet/);
    } finally {
      await provider.dispose();
    }
  });

  it("does not make SSH host keys trusted", async () => {
    const insecure = trusting({ insecure: true });
    const provider = new TestProvider(lab, { connections: { ...insecure, hq: { ...insecure.hq!, ssh: { hostKeys: [] } } } });
    try {
      const runtime = provider.runtime;
      await assert.rejects(runtime.vos(HQ.node(PUB)).system(), /the host key SHA256:\S+ is unknown to the connection "hq"/);
    } finally {
      await provider.dispose();
    }
  });
});

/** What a provider in a process of its own says to a creation. */
function child(env: NodeJS.ProcessEnv, connections: object, inputs: object): Promise<string> {
  const script = `const { TestProvider } = require(${JSON.stringify(PROVIDER)});
    const provider = new TestProvider(undefined, { connections: JSON.parse(process.argv[1]) });
    provider.refusal("TrustCertificate", JSON.parse(process.argv[2])).catch((error) => error.message).then((said) => { console.log(said); return provider.dispose(); });`;
  return new Promise((resolve, reject) => {
    const one = spawn(process.execPath, ["-e", script, JSON.stringify(connections), JSON.stringify(inputs)], { env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [one.stdout, one.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    one.on("error", reject);
    one.on("close", () => resolve(text));
  });
}

describe("tls.insecure", () => {
  it("may not stand in the file of UCCERTS_CONNECTIONS, where no policy sees it", () => {
    const folder = mkdtempSync(join(tmpdir(), "uccerts-verification-"));
    try {
      const file = join(folder, "connections.yaml");
      writeFileSync(file, "hq: { tls: { insecure: true } }\n");
      assert.throws(() => readSettings(() => undefined, { UCCERTS_CONNECTIONS: file }), /hq\.tls\.insecure may stand in the stack configuration only, where a policy can refuse it/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is a truth value", () => {
    assert.throws(() => readSettings((key) => (key === "uccerts:connections" ? JSON.stringify({ hq: { tls: { insecure: "yes" } } }) : undefined), {}), /hq\.tls\.insecure is a text: true or false is expected/);
  });
});
