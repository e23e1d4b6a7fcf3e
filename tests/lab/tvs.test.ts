// The Trust Verification Service of the lab as phones meet it: TLS on 2445, asked and understood by domain/tvs.ts, which is not the lab's.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, test } from "node:test";
import { encodeTvsQuery, type TvsAnswer } from "../../domain/tvs";
import { type Lab, restore, snapshot } from "../../lab";
import { describe as describeCertificate, type Described } from "../../lab/pki/read";
import type { VosNode } from "../../lab/vos/node";
import { until } from "../support/until";
import { PUB, startNodes, SUB, within } from "./support/estates";
import { PHONE, questionAbout, TvsClient } from "./support/phone-client";
import { install, makeRoot, trust } from "./support/signer";

const TVS = "Cisco Trust Verification Service";
const NO_ONE = /ECONNRESET|disconnected|has ended|socket hang up/;

let lab: Lab, pub: VosNode, sub: VosNode;
beforeEach(async () => {
  lab = await startNodes();
  [pub, sub] = [lab.node(PUB), lab.node(SUB)];
});
afterEach(() => lab.stop());

const identity = (node: VosNode, purpose: string) => node.store.identities.get(purpose)!.certificate;
const about = (node: VosNode, certificate: Described) => TvsClient.ask(node, questionAbout(certificate));
/** The roles that it vouches for; undefined when it does not. */
const roles = async (node: VosNode, certificate: Described) => rolesOf(await about(node, certificate));
const rolesOf = (answer: TvsAnswer) => (answer.found ? [...answer.roles] : undefined);
const foreign = async (commonName = "ITLRECOVERY_other") => describeCertificate((await makeRoot(commonName)).certificate);
const presented = async (node: VosNode) => {
  const { socket } = await TvsClient.open(node);
  const { fingerprint256 } = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  return fingerprint256;
};

describe("TVS vouches", { timeout: 60_000 }, () => {
  test("on every CUCM node for what the ITL of the cluster is signed by, and gives the certificate for a day", async () => {
    const signer = identity(pub, "ITLRecovery");
    for (const node of [pub, sub]) assert.deepEqual(await about(node, signer), { id: 1, found: true, certificate: Buffer.from(signer.parsed.raw), roles: [0], secondsToLive: 86_400 });
  });

  test("for the certificates of the other nodes, each for its role", async () => {
    const found = await Promise.all(["CallManager", "CAPF", "TVS", "tomcat"].map((purpose) => roles(sub, identity(pub, purpose))));
    assert.deepEqual(found, [[0, 3], [3, 4], [21], [7]]);
  });

  test("for a signer of another cluster when it is in the trust stores and the service has been started since", async () => {
    const other = await foreign();
    assert.equal(await roles(pub, other), undefined);
    for (const store of ["CallManager-trust", "Phone-SAST-trust"]) pub.store.trust(store, other, "");
    assert.equal(await roles(pub, other), undefined);
    await pub.services.restart(TVS);
    assert.deepEqual([await roles(pub, other), await roles(sub, other)], [[0, 3], undefined]);
  });

  test("at once, where the switch says so", async () => {
    lab.switches.tvsReads = "at every question";
    const other = await foreign();
    pub.store.trust("CallManager-trust", other, "");
    assert.deepEqual(await roles(pub, other), [3]);
  });

  test("no longer for what was deleted, once it has been started again", async () => {
    const other = await foreign();
    pub.store.trust("Phone-SAST-trust", other, "");
    await pub.services.restart(TVS);
    pub.store.remove("Phone-SAST-trust", pub.store.entries("Phone-SAST-trust")[0]!.fileName);
    assert.deepEqual(await roles(pub, other), [0]);
    await pub.services.restart(TVS);
    assert.equal(await roles(pub, other), undefined);
  });

  test("for a new tomcat certificate of a CA, so that phones open their directory", async () => {
    const root = await makeRoot();
    await trust(pub, root);
    const { pem } = await install(pub, root);
    await lab.cluster("hq").settled();
    await sub.services.restart(TVS);
    assert.deepEqual(await roles(sub, describeCertificate(pem)), [7]);
  });

  test("by issuer and serial number alone: another issuer is not found, the name in RFC 4514 form is", async () => {
    const signer = identity(pub, "ITLRecovery");
    const question = questionAbout(signer);
    assert.deepEqual(await TvsClient.ask(pub, { ...question, issuer: "CN=somebody" }), { id: 1, found: false, reason: 1 });
    assert.deepEqual(rolesOf(await TvsClient.ask(pub, { ...question, issuer: signer.issuer, subject: "" })), [0]);
  });

  test("as before after a snapshot", async () => {
    const other = await foreign();
    const taken = snapshot(lab);
    pub.store.trust("Phone-SAST-trust", other, "");
    await pub.services.restart(TVS);
    restore(lab, taken);
    assert.equal(await roles(pub, other), undefined);
  });
});

describe("TVS listens", { timeout: 60_000 }, () => {
  test("with the certificate that it read at its start", async () => {
    const old = identity(pub, "TVS").parsed.fingerprint256;
    assert.equal(await presented(pub), old);
    const { parsed } = await pub.certificates.regenerate("TVS");
    assert.equal(await presented(pub), old);
    await pub.services.restart(TVS);
    assert.equal(await presented(pub), parsed.fingerprint256);
  });

  test("to one question after another, in whatever pieces", async () => {
    const client = await TvsClient.open(pub);
    const bytes = Buffer.concat([1, 2].map((id) => encodeTvsQuery(questionAbout(identity(pub, "TVS"), id))));
    client.socket.write(bytes.subarray(0, 7));
    await new Promise((resolve) => setTimeout(resolve, 10));
    client.socket.write(bytes.subarray(7));
    assert.deepEqual([(await client.answer()).id, (await client.answer()).id], [1, 2]);
    client.socket.destroy();
  });

  test("to nothing that is no question: it ends the connection", async () => {
    const client = await TvsClient.open(pub);
    client.socket.write("GET / HTTP/1.1\r\n\r\n".padEnd(40_000));
    await client.ended();
    assert.deepEqual(lab.history.of("tvs").map(({ action, outcome }) => [action, outcome]), [["something that is no question", "closed"]]);
  });

  test("only while the service runs; its end is the end of every conversation", async () => {
    const client = await TvsClient.open(pub);
    await pub.services.stop(TVS);
    await client.ended();
    await assert.rejects(presented(pub), NO_ONE);
    await pub.services.start(TVS);
    assert.ok(await presented(pub));
  });

  test("and tells what it was asked, by whom, and who only looked", async () => {
    const signer = identity(pub, "ITLRecovery");
    await about(pub, signer);
    await about(pub, await foreign());
    const [asked, unknown] = lab.history.of("tvs");
    assert.deepEqual([asked!.action, asked!.outcome, asked!.detail.device, unknown!.outcome], [`ask about ${signer.parsed.serialNumber}`, "ok", PHONE, "not found"]);
    const socket = connect(pub.ports.tvs, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    await until(() => lab.history.of("tls").length === 1, "the look");
    assert.deepEqual(lab.history.of("tls")[0]!.detail, { service: TVS });
  });
});

describe("faults of TVS", { timeout: 60_000 }, () => {
  test("dropped connection, for ever: the port is as good as closed, on that node alone", async () => {
    lab.faults.add({ fault: "dropped connection", interface: "tvs", node: PUB });
    await assert.rejects(presented(pub), NO_ONE);
    assert.ok(await presented(sub));
  });

  test("dropped answer: it was asked, and the connection ends", async () => {
    lab.faults.add({ fault: "dropped answer", interface: "tvs", times: 1 });
    await assert.rejects(roles(pub, identity(pub, "ITLRecovery")), NO_ONE);
    assert.deepEqual(await roles(pub, identity(pub, "ITLRecovery")), [0]);
    assert.equal(lab.history.of("tvs", "ask about").length, 2);
  });

  test("no answer: the connection stays, and the next question is answered", async () => {
    lab.faults.add({ fault: "no answer", interface: "tvs", times: 1 });
    const client = await TvsClient.open(pub);
    for (const id of [1, 2]) client.socket.write(encodeTvsQuery(questionAbout(identity(pub, "TVS"), id)));
    assert.equal((await client.answer()).id, 2);
    client.socket.destroy();
  });

  test("node down: nobody is there", async () => {
    lab.faults.add({ fault: "node down", node: SUB });
    await assert.rejects(presented(sub), NO_ONE);
  });
});

describe("a subscriber that was set up again", { timeout: 60_000 }, () => {
  test("listens with its new certificate", () =>
    within(startNodes(), async (other) => {
      const node = other.node(SUB);
      await node.rebuild();
      assert.equal(await presented(node), identity(node, "TVS").parsed.fingerprint256);
    }));
});
