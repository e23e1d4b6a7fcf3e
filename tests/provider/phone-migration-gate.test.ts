// The gate before phones move: what it proves, what it refuses, what it only tells. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OF_OTHER_NODE } from "../../lab/vos/replication";
import { TVS } from "../../lab/vos/tvs";
import { DESTINATION_NODES, know, MoveBench, phoneOf, SOURCE_NODES, TFTP } from "../support/migration";

const [PUB, SUB1, SUB2] = SOURCE_NODES;
const [DPUB, DSUB] = DESTINATION_NODES;

describe("the gate of a phone migration", () => {
  const bench = new MoveBench();
  const look = (more: object = {}) => bench.provider.create("PhoneMigrationPreflight", bench.move(more));
  const refusal = (more: object = {}) => bench.provider.refusal("PhoneMigrationPreflight", bench.move(more));
  /** Every phone is at the destination. */
  const moveByHand = async () => {
    bench.moveByHand();
    bench.lab.cluster("dc1").phones.resetAll("a person");
    await bench.lab.cluster("dc1").settled();
  };
  /** Refused with these lines alone, and nothing was done to a phone or a subnet. */
  const refused = async (...lines: RegExp[]) => {
    const message = await refusal();
    const found = message.split("\n").slice(1);
    assert.match(message, /^Nothing was changed: .* to move phones from cluster "dc1" to "dc2":\n/);
    for (const line of lines) assert.ok(found.some((one) => line.test(one)), `${String(line)} in\n${message}`);
    assert.equal(found.length, lines.length, message);
    assert.deepEqual(bench.moves, []);
  };

  it("opens when every TVS of the source vouches for the destination", async () => {
    const { gate, atSource, atDestination, nowhere } = await look();
    assert.deepEqual([gate, atSource, atDestination, nowhere], ["ready for option 150", 12, 0, []]);
  });

  it("has asked each TVS of the source for every signer of the destination, as a phone does", async () => {
    await look();
    const asked = bench.lab.history.since(bench.mark).filter(({ interface: at, action }) => at === "tvs" && action.startsWith("ask about"));
    for (const fqdn of SOURCE_NODES) {
      const serials = asked.filter(({ node }) => node === fqdn).map(({ action }) => action.replace("ask about ", "").toUpperCase());
      const signers = [...DESTINATION_NODES.map((node) => bench.lab.node(node).store.identities.get("CallManager")!), bench.lab.node(DPUB).store.identities.get("ITLRecovery")!];
      assert.deepEqual(serials.sort(), signers.map(({ certificate }) => certificate.parsed.serialNumber).sort(), fqdn);
    }
  });

  it("writes nothing", async () => {
    await look();
    assert.deepEqual(bench.moves, []);
  });

  it("says what cannot be known: what the phones hold", async () => {
    const { findings } = await look();
    assert.match(String(findings), /U24 .*not verified \(R136\), a phone's own ITL and CTL cannot be read from outside/);
  });

  it("stays shut while the source is prepared for a rollback to before 8.0 (R60)", async () => {
    bench.lab.cluster("dc1").parameters.set("Prepare Cluster for Rollback to pre 8.0", "T");
    await refused(/^ {2}- R60 dc1: Prepare Cluster for Rollback to pre 8\.0 is True: TFTP serves empty ITL files\. Set the enterprise parameter to False/);
  });

  it("stays shut while port 2445 of a member of the CallManager group is closed (R61)", async () => {
    bench.lab.faults.add({ fault: "dropped connection", node: SUB1, interface: "tvs" });
    await refused(new RegExp(`R61 ${SUB1}: TCP port 2445 is closed`));
  });

  it("stays shut while TVS is stopped there (R61)", async () => {
    bench.lab.node(SUB2).services.set(TVS, "stopped");
    await refused(new RegExp(`R61 ${SUB2}: Cisco Trust Verification Service is Stopped`), new RegExp(`R61 ${SUB2}: TCP port 2445 is closed`));
  });

  it("stays shut while the imports have not reached one subscriber (R98), whatever its TVS says", async () => {
    const { certificate } = bench.lab.node(DSUB).store.identities.get("CallManager")!;
    const { store } = bench.lab.node(SUB2);
    for (const name of ["Phone-SAST-trust", "CallManager-trust"]) for (const entry of store.entries(name)) if (entry.certificate.serial === certificate.serial) store.remove(name, entry.fileName);
    await refused(new RegExp(`R98 ${SUB2}: its Phone-SAST-trust lacks the CallManager certificate of ${DSUB}`), new RegExp(`R98 ${SUB2}: its CallManager-trust lacks the CallManager certificate of ${DSUB}`));
  });

  it("stays shut while a TVS has not read what was imported (U20)", async () => {
    const { certificate } = bench.lab.node(DPUB).store.identities.get("ITLRecovery")!;
    const node = bench.lab.node(SUB1);
    const entries = ["Phone-SAST-trust", "CallManager-trust"].map((name) => [name, node.store.entries(name).find((entry) => entry.certificate.serial === certificate.serial)!] as const);
    for (const [name, entry] of entries) node.store.remove(name, entry.fileName);
    await node.services.restart(TVS);
    for (const [name] of entries) node.store.trust(name, certificate, OF_OTHER_NODE);
    await refused(new RegExp(`U20 ${SUB1}: its TVS does not know .*ITLRECOVERY_${DPUB}.* \\(signer of the ITL of ${DPUB}, signer of the ITL of ${DSUB}\\)\\. .*restart Cisco Trust Verification Service on a node whose trust stores hold them`));
  });

  it("stays shut where TVS knows the signer for something else than signing (U20)", async () => {
    const { certificate } = bench.lab.node(DPUB).store.identities.get("ITLRecovery")!;
    const node = bench.lab.node(SUB1);
    node.store.remove("Phone-SAST-trust", node.store.entries("Phone-SAST-trust").find((entry) => entry.certificate.serial === certificate.serial)!.fileName);
    await node.services.restart(TVS);
    const message = await refusal();
    assert.match(message, new RegExp(`U20 ${SUB1}: its TVS knows .*ITLRECOVERY.*, and not as one that signs ITL and CTL files`));
  });

  it("stays shut while a TFTP node of the destination serves a file of before (U21)", async () => {
    Object.assign(bench.lab.switches, { itlFollows: "a restart" });
    await bench.lab.node(DSUB).certificates.regenerate("TVS");
    const message = await refusal().finally(() => Object.assign(bench.lab.switches, { itlFollows: "certificates" }));
    assert.match(message, new RegExp(`U21 .*${DPUB}.*: its ITL file lacks the TVS certificate of ${DSUB} as TVS`));
    assert.deepEqual(bench.moves, []);
  });

  it("stays shut where TFTP of the destination does not answer (U21)", async () => {
    bench.lab.faults.add({ fault: "unavailable", node: DSUB, interface: "tftp" });
    await refused(new RegExp(`U21 ${DSUB}: its ITL file could not be read`));
  });

  it("stays shut where the destination does not know a phone (U22), unless that is accepted", async () => {
    bench.lab.cluster("dc2").phones.configured.delete(phoneOf(bench.lab, 3).name);
    await refused(new RegExp(`U22 dc2: it does not know 1 of 12 phones: ${phoneOf(bench.lab, 3).name}`));
    const { findings } = await look({ accept: { U22: "auto-registration" } });
    assert.match(String(findings), /U22 dc2: it does not know 1 of 12 phones.* \(accepted: auto-registration\)/);
  });

  it("stays shut where an address of option 150 is that of a node without TFTP (U26)", async () => {
    bench.lab.node(DSUB).services.set("Cisco Tftp", "stopped");
    await refused(new RegExp(`U26 dc2: ${TFTP[1]} is ${DSUB}, on which Cisco Tftp is not started`));
  });

  it("stays shut while a node does not answer (R103), with everything else that follows from it", async () => {
    bench.lab.faults.add({ fault: "node down", node: SUB1 });
    const message = await refusal();
    assert.match(message, new RegExp(`R103 ${SUB1}: it does not answer`));
    assert.deepEqual(bench.moves, []);
  });

  it("says everything at once", async () => {
    bench.lab.cluster("dc1").parameters.set("Prepare Cluster for Rollback to pre 8.0", "T");
    bench.lab.cluster("dc2").phones.configured.delete(phoneOf(bench.lab, 0).name);
    bench.lab.node(SUB2).services.set(TVS, "stopped");
    await refused(/R60 dc1/, /R61 dc1-sub2/, /R61 dc1-sub2/, /U22 dc2/);
  });

  it("tells of phones that registered before their cluster wrote its ITL, after the source's TVS was made anew", async () => {
    await bench.lab.node(PUB).certificates.regenerate("TVS");
    await bench.lab.node(PUB).services.restart(TVS);
    const { gate, findings } = await look();
    assert.equal(gate, "ready for option 150");
    assert.match(String(findings), /U24 dc1: 12 of 12 phones registered before its ITL file of .* was written, and may hold an older one/);
  });

  it("only tells what would refuse, once every phone is at the destination", async () => {
    await moveByHand();
    bench.lab.node(SUB2).services.set(TVS, "stopped");
    const { gate, atDestination, findings } = await look();
    assert.deepEqual([gate, atDestination], ["ready for option 150", 12]);
    assert.match(String(findings), /R61 dc1-sub2/);
  });

  it("is due, and asks nobody, while the exchange is due", async () => {
    const { gate } = await look({ after: "due" });
    assert.equal(gate, "due");
    assert.deepEqual(bench.lab.history.since(bench.mark), []);
  });

  it("stays shut on the way back where only one direction was exchanged", async () => {
    await moveByHand();
    for (const node of bench.lab.cluster("dc2").nodes) for (const name of ["Phone-SAST-trust", "CallManager-trust"]) for (const entry of node.store.entries(name)) if (entry.description === OF_OTHER_NODE && entry.certificate.commonName.includes("dc1")) node.store.remove(name, entry.fileName);
    const back = { source: bench.move().destination, destination: bench.move().source, tftp: ["10.0.0.11"] };
    assert.match(await refusal(back), /R98 dc2-pub\.example\.com, dc2-sub\.example\.com: its Phone-SAST-trust lacks the CallManager certificate of dc1-pub/);
    await know(bench.lab, "dc2", "dc1");
    await bench.anotherRun();
    assert.equal((await look(back)).gate, "ready for option 150");
  });
});

describe("inputs of a phone migration that are wrong", () => {
  const bench = new MoveBench();
  it("are told all at once, and nobody is asked", async () => {
    const wrong = bench.move({ source: bench.lab && { ...bench.move().source, role: "subscriber" }, destination: { ...bench.move().destination, role: "subscriber" }, phones: ["SEP1", "sep1", "no phone"], tftp: ["dc2-pub.example.com", "10.0.0.1", "10.0.0.2"] });
    const failures = await bench.provider.check("PhoneMigrationPreflight", wrong);
    assert.deepEqual(failures.map((failure) => failure.split(":")[0]), ["source", "destination", "phones[1]", "phones[2]", "tftp", "tftp[0]"]);
    assert.match(failures.join("\n"), /tftp\[0\]: "dc2-pub\.example\.com" is no IPv4 address: option 150 holds addresses, not names/);
    assert.deepEqual(bench.lab.history.since(bench.mark), []);
  });

  it("as two clusters that are one", async () => {
    const { source } = bench.move();
    assert.deepEqual(await bench.provider.check("PhoneMigrationPreflight", bench.move({ destination: source })), ['destination: is the cluster that the phones leave ("dc1")']);
  });
});
