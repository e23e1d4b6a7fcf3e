import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectionFailures, connectionsFailures } from "../../../provider/connections";
import { connectionsOf, ESTATE_A1, startLab } from "../../../lab";

const LOGIN = { username: "admin", password: { env: "PASSWORD" } };
const HAPPY = {
  osAdministrator: LOGIN,
  applicationUser: { username: "app", password: "in place" },
  certsrv: { ...LOGIN, host: "ca.example.com", domain: "EXAMPLE" },
  sftp: { ...LOGIN, host: "sftp.example.com", directory: "/exchange" },
  tls: { ca: ["-----BEGIN CERTIFICATE-----"], fingerprints: ["AB".repeat(32), `sha256:${"ab:".repeat(31)}ab`], minVersion: "TLSv1.1" },
  ssh: { hostKeys: [`SHA256:${"a".repeat(43)}`, `SHA256:${"a".repeat(43)}=`] },
  nodes: { "pub.example.com": { osAdministrator: LOGIN } },
  reach: { "pub.example.com": { address: "127.0.0.1", ports: { 22: 40022, 8443: 48443 } } },
};

/** What is wrong with a connection that is right but for these members. */
function wrong(members: object): string[] {
  return connectionFailures("hq", { ...HAPPY, ...members });
}

describe("the shape of a connection", () => {
  test("takes SSH algorithms as lists by kind, and nothing else", () => {
    assert.deepEqual(wrong({ ssh: { algorithms: { kex: ["diffie-hellman-group14-sha1"], serverHostKey: [], cipher: ["aes128-cbc"], hmac: ["hmac-md5"] } } }), []);
    assert.deepEqual(wrong({ ssh: { algorithms: { kex: "x", mac: [] } } }), ["hq.ssh.algorithms.kex is a text: a list is expected", "hq.ssh.algorithms.mac is unknown (known: kex, serverHostKey, cipher, hmac)"]);
  });

  test("a connection with every member is right, and so is one with none", () => {
    assert.deepEqual(connectionFailures("hq", HAPPY), []);
    assert.deepEqual(connectionFailures("hq", {}), []);
  });

  test("what a lab writes is right", async () => {
    const lab = await startLab({ ...ESTATE_A1, sftpServers: [{ name: "bulk", fqdn: "sftp.example.com" }] });
    await lab.stop();
    assert.deepEqual(connectionsFailures(JSON.parse(JSON.stringify(connectionsOf(lab)))), []);
  });

  test("an unknown member names those that are known", () => {
    assert.deepEqual(wrong({ osAdmin: LOGIN }), ["hq.osAdmin is unknown (known: osAdministrator, applicationUser, certsrv, windows, sftp, keystores, tls, ssh, nodes, reach)"]);
    assert.deepEqual(wrong({ tls: { fingerprint: [] } }), ["hq.tls.fingerprint is unknown (known: ca, fingerprints, minVersion, insecure)"]);
  });

  test("a log-in needs its user name and its password", () => {
    assert.deepEqual(wrong({ applicationUser: {} }), ["hq.applicationUser.username is missing", "hq.applicationUser.password is missing"]);
    assert.deepEqual(wrong({ certsrv: LOGIN }), ["hq.certsrv.host is missing"]);
    assert.deepEqual(wrong({ sftp: LOGIN }), ["hq.sftp.host is missing", "hq.sftp.directory is missing"]);
    assert.deepEqual(wrong({ nodes: { "pub.example.com": { osAdministrator: { username: "x" } } } }), [`hq.nodes["pub.example.com"].osAdministrator.password is missing`]);
  });

  test("a password that was set as a number says that it needs quotes", () => {
    assert.deepEqual(wrong({ osAdministrator: { username: "admin", password: 12345 } }), ["hq.osAdministrator.password is a number: write it in quotes, as a text"]);
  });

  test("an empty password and an empty variable name are told", () => {
    assert.deepEqual(wrong({ osAdministrator: { username: "admin", password: "" } }), ["hq.osAdministrator.password is empty"]);
    assert.deepEqual(wrong({ osAdministrator: { username: "admin", password: { env: "" } } }), ["hq.osAdministrator.password.env is empty"]);
  });

  test("a fingerprint that is none is shown", () => {
    assert.deepEqual(wrong({ tls: { fingerprints: ["AB:CD"] } }), ['hq.tls.fingerprints[0] "AB:CD" is no SHA-256 fingerprint (64 hexadecimal digits)']);
    assert.equal(wrong({ tls: { fingerprints: ["G".repeat(64)] } }).length, 1);
  });

  test("the MD5 of a host key is no fingerprint of one", () => {
    assert.match(wrong({ ssh: { hostKeys: ["MD5:00:11"] } })[0]!, /hq\.ssh\.hostKeys\[0\] "MD5:00:11" is no SHA-256 fingerprint of a host key/);
  });

  test("a TLS version that does not exist names those that do", () => {
    assert.match(wrong({ tls: { minVersion: "1.1" } })[0]!, /hq\.tls\.minVersion "1\.1" is no TLS version \(TLSv1, TLSv1\.1, TLSv1\.2, TLSv1\.3\)/);
  });

  test("a port is a whole number that exists", () => {
    for (const port of [0, 65_536, 22.5, "22"]) assert.match(wrong({ reach: { pub: { ports: { 22: port } } } })[0]!, /hq\.reach\["pub"\]\.ports\["22"\] is no port/);
  });

  test("a group where a list belongs, a text where a group belongs, nothing where something belongs", () => {
    assert.deepEqual(wrong({ tls: { ca: {} } }), ["hq.tls.ca is a group of settings: a list is expected"]);
    assert.match(wrong({ reach: "127.0.0.1" })[0]!, /hq\.reach is a text: hosts by name are expected/);
    assert.match(wrong({ tls: null })[0]!, /hq\.tls is empty: settings are expected/);
  });

  test("everything that is wrong is told at once", () => {
    assert.equal(wrong({ osAdministrator: {}, tls: { ca: 1, fingerprints: ["x"] }, ssh: [], nodes: { a: 1 } }).length, 6);
  });
});
