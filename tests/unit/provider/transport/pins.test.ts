import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { keyCertSign } from "../../../../lab/pki/make";
import { PlatformError } from "../../../../provider/errors";
import { type TlsPolicy, tlsPolicy, verifyServer, wouldAccept } from "../../../../provider/transport/pins";
import { type Authority, authority, issued, newKey, ownSigned, WEB_USAGES } from "../../../support/certificates";
import { type RunningServer, startHttps } from "../../../support/tls-server";

const HOST = "pub.example.com";
const DAY = 86_400_000;
const day = (offset: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + offset * DAY);
const VALID = { notBefore: day(-1), notAfter: day(100) };
const CLIENT_AUTH = WEB_USAGES[1]!;

/** A server certificate with its key and with what the server shows behind it. */
interface Identity {
  key: string;
  certificate: string;
  chain: string[];
}

let root: Authority;
let intermediate: Authority;
let otherRoot: Authority;
/** By what is particular about them. */
const identities: Record<string, Identity> = {};
const authorities: Record<string, string[]> = {};

interface Particular {
  issuer?: Authority;
  names?: string[];
  subject?: string;
  chain?: Authority[];
  validity?: { notBefore: Date; notAfter: Date };
  extendedKeyUsage?: string[];
}

async function identity({ issuer = intermediate, names = [HOST], subject = `CN=${HOST}`, chain = [intermediate], validity = VALID, extendedKeyUsage }: Particular = {}): Promise<Identity> {
  const key = await newKey();
  const wish = { key, names, subject, validity, extendedKeyUsage };
  const made = await issued(issuer, wish);
  return { key, certificate: made.pem, chain: chain.map(({ certificate }) => certificate) };
}

before(async () => {
  root = await authority({ name: "Root", validity: VALID });
  intermediate = await authority({ name: "Intermediate", issuer: root, validity: VALID });
  otherRoot = await authority({ name: "Other root", validity: VALID });
  const expired = { notBefore: day(-10), notAfter: day(-1) };
  const oldIntermediate = await authority({ name: "Old intermediate", issuer: root, validity: expired });
  const sameName = await authority({ name: "Root", validity: VALID });
  const noAuthorityKey = await newKey();
  const noAuthority = await issued(intermediate, { key: noAuthorityKey, names: [], subject: "CN=No authority", validity: VALID, keyUsage: keyCertSign });
  const posing: Authority = { key: noAuthorityKey, certificate: noAuthority.pem, parsed: noAuthority };
  const own = await newKey();
  const selfSigned = await ownSigned({ key: own, names: [HOST], subject: `CN=${HOST}`, validity: VALID });
  const expiredOwn = await newKey();
  const expiredSelfSigned = await ownSigned({ key: expiredOwn, names: [HOST], subject: `CN=${HOST}`, validity: expired });
  Object.assign(identities, {
    "with its chain": await identity(),
    "with its chain and the root": await identity({ chain: [intermediate, root] }),
    "without its intermediate": await identity({ chain: [] }),
    "chain in another order": await identity({ chain: [root, intermediate] }),
    "issued by the root itself": await identity({ issuer: root, chain: [] }),
    "for another name": await identity({ names: ["other.example.com"] }),
    "for a wildcard": await identity({ names: ["*.example.com"] }),
    "named only in its subject": await identity({ names: [] }),
    expired: await identity({ validity: expired }),
    "not yet valid": await identity({ validity: { notBefore: day(1), notAfter: day(2) } }),
    "for clients only": await identity({ extendedKeyUsage: [CLIENT_AUTH] }),
    "by an expired intermediate": await identity({ issuer: oldIntermediate, chain: [oldIntermediate] }),
    "by one that is no authority": await identity({ issuer: posing, chain: [posing, intermediate] }),
    "by an authority of the same name": await identity({ issuer: sameName, chain: [sameName] }),
    "by another authority": await identity({ issuer: otherRoot, chain: [] }),
    "self-signed": { key: own, certificate: selfSigned.pem, chain: [] },
    "self-signed and expired": { key: expiredOwn, certificate: expiredSelfSigned.pem, chain: [] },
  });
  Object.assign(authorities, {
    nothing: [],
    "the root": [root.certificate],
    "only the intermediate": [intermediate.certificate],
    "root and intermediate in one text": [`${root.certificate}\n${intermediate.certificate}`],
    "another root": [otherRoot.certificate],
    "the self-signed certificate itself": [selfSigned.pem],
  });
});

function fingerprintOf({ certificate }: Identity): string {
  return new X509Certificate(certificate).fingerprint256;
}

/** What `verifyServer` says of a real handshake. */
async function verdict(server: RunningServer, policy: TlsPolicy, host = HOST): Promise<PlatformError | undefined> {
  const socket = connect({ host: "127.0.0.1", port: server.port, servername: host, ca: [...policy.ca], rejectUnauthorized: false });
  try {
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    verifyServer(policy, host, socket);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PlatformError, String(error));
    return error;
  } finally {
    socket.destroy();
  }
}

/** The verdict on one of the servers above. */
async function judged(name: string, trust: { ca?: string[]; fingerprints?: string[] }, host = HOST): Promise<PlatformError | undefined> {
  const shown = identities[name]!;
  const server = await startHttps({ identity: shown, chain: shown.chain });
  try {
    return await verdict(server, tlsPolicy("hq", trust), host);
  } finally {
    await server.stop();
  }
}

describe("a server is accepted", () => {
  test("by its pinned fingerprint, in whichever spelling, even when it is self-signed and expired", async () => {
    const fingerprint = fingerprintOf(identities["self-signed and expired"]!);
    for (const text of [fingerprint, fingerprint.toLowerCase(), fingerprint.replace(/:/g, ""), `SHA256=${fingerprint}`, `sha-256:${fingerprint}`])
      assert.equal(await judged("self-signed and expired", { fingerprints: [text] }), undefined, text);
  });

  test("by a chain to a trusted root", async () => assert.equal(await judged("with its chain", { ca: [root.certificate] }), undefined));

  test("by an authority that stands in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "uccerts-pins-"));
    try {
      writeFileSync(join(folder, "ca.pem"), `Root of Example\n${root.certificate}`);
      assert.equal(await judged("with its chain", { ca: [join(folder, "ca.pem")] }), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a server is refused", () => {
  test("when nothing is trusted yet, with its fingerprint and the line to add", async () => {
    const refused = await judged("self-signed", {});
    const fingerprint = fingerprintOf(identities["self-signed"]!);
    assert.equal(refused?.kind, "rejected");
    assert.equal(refused.failed.node, HOST);
    assert.match(refused.message, /the connection "hq" trusts no certificate yet/);
    assert.match(refused.message, new RegExp(`"CN=${HOST}", issued by "CN=${HOST}", SHA-256 ${fingerprint}`));
    assert.match(refused.message, new RegExp(`pulumi config set --path 'uccerts:connections\\.hq\\.tls\\.fingerprints\\[0\\]' ${fingerprint}$`));
  });

  test("when another one is pinned; the line adds to those that are there", async () => {
    assert.match((await judged("self-signed", { fingerprints: ["AB".repeat(32), "CD".repeat(32)] }))!.message, /neither pinned nor issued by an authority.*fingerprints\[2\]'/);
  });

  test("when it is for another name, which it says", async () => {
    const refused = await judged("for another name", { ca: [root.certificate] });
    assert.match(refused!.message, /Host: pub\.example\.com\. is not in the cert's altnames: DNS:other\.example\.com/);
  });

  test("when it has expired, and it says until when it was valid", async () => {
    assert.match((await judged("expired", { ca: [root.certificate] }))!.message, /has expired \(its own is valid until .*GMT\)/);
    assert.match((await judged("not yet valid", { ca: [root.certificate] }))!.message, /is not yet valid \(its own from .*GMT\)/);
  });

  test("when it does not show its intermediate", async () => {
    assert.match((await judged("without its intermediate", { ca: [root.certificate] }))!.message, /neither pinned nor issued by an authority of the connection "hq" \(UNABLE_TO_/);
  });

  test("when a public authority would vouch for it and the connection does not: nothing is trusted by default", async () => {
    assert.equal((await judged("with its chain", { fingerprints: ["AB".repeat(32)] }))?.kind, "rejected");
  });
});

describe("what a connection trusts", () => {
  test("a file that is not there is named with its place", () => {
    assert.throws(() => tlsPolicy("hq", { ca: [root.certificate, "/absent/ca.pem"] }), /uccerts:connections\.hq\.tls\.ca\[1\]: the file "\/absent\/ca\.pem" cannot be read \(ENOENT\)/);
  });

  test("a text that holds no certificate is named with its place", () => {
    for (const text of ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----\n", __filename])
      assert.throws(() => tlsPolicy("hq", { ca: [text] }), /uccerts:connections\.hq\.tls\.ca\[0\] holds no certificate that can be read/);
  });
});

describe("what would be accepted before it is installed is what a handshake accepts afterwards", () => {
  const TRUST = ["nothing", "the root", "only the intermediate", "root and intermediate in one text", "another root", "the self-signed certificate itself"];
  for (const trust of TRUST) {
    test(`for every certificate, where ${trust} is trusted, pinned or not`, async () => {
      const outcomes: boolean[] = [];
      for (const [name, shown] of Object.entries(identities)) {
        const server = await startHttps({ identity: shown, chain: shown.chain });
        for (const fingerprints of [[], [fingerprintOf(shown)], ["AB".repeat(32)]]) {
          const policy = tlsPolicy("hq", { ca: authorities[trust], fingerprints });
          const real = (await verdict(server, policy)) === undefined;
          assert.equal(wouldAccept(policy, HOST, shown.certificate, shown.chain), real, `${name}, ${trust}, ${fingerprints.length} pins: the handshake is ${real ? "accepted" : "refused"}`);
          outcomes.push(real);
        }
        await server.stop();
      }
      assert.ok(outcomes.includes(true) && outcomes.includes(false));
    });
  }

  test("at another moment it is another question", () => {
    const { certificate, chain } = identities["with its chain"]!;
    const policy = tlsPolicy("hq", { ca: [root.certificate] });
    assert.deepEqual([day(0), day(101), day(-2)].map((at) => wouldAccept(policy, HOST, certificate, chain, at)), [true, false, false]);
  });
});

after(() => {
  for (const name of Object.keys(identities)) delete identities[name];
});
