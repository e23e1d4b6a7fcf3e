import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stringify } from "yaml";
import { ESTATE_A1 } from "../../lab";
import { EstateMistakes, type LabFile, labFilePath, parseEstate, readLabFile, refuseSecondLab, removeLabFile, stateFolder, writeLabFile } from "../../lab/file";

const GOOD = `
name: small
clusters:
  - name: hq
    nodes:
      - { fqdn: pub.example.com, product: CUCM, role: publisher }
      - { fqdn: sub.example.com, product: CUCM, role: subscriber }
authorities:
  - name: ca
    fqdn: ca.example.com
    decision: hold
    templates: { WebServer: [serverAuth] }
timing: { latency: 5 }
switches: { keyMismatchStatus: 400 }
faults:
  - { fault: slow answer, node: sub.example.com, times: 1 }
`;

/** The mistakes of the good estate after one change. */
function mistakes(what: string, instead: string): string[] {
  assert.ok(GOOD.includes(what));
  try {
    parseEstate(GOOD.replace(what, instead), "estate.yaml");
  } catch (error) {
    if (error instanceof EstateMistakes) return error.mistakes;
    throw error;
  }
  return [];
}

describe("an estate in YAML", () => {
  test("is read as it is written", () => {
    const estate = parseEstate(GOOD, "estate.yaml");
    assert.equal(estate.name, "small");
    assert.deepEqual(estate.clusters[0]!.nodes[1], { fqdn: "sub.example.com", product: "CUCM", role: "subscriber" });
    assert.equal(estate.authorities![0]!.decision, "hold");
  });

  test("can say everything that the default estate says", () => {
    assert.deepEqual(parseEstate(stringify(ESTATE_A1), "a1.yaml"), ESTATE_A1);
  });

  test("is called like its file when it has no name", () => {
    assert.equal(parseEstate(GOOD.replace("name: small", ""), "/somewhere/Branch.yaml").name, "branch");
  });

  const BROKEN: [about: string, what: string, instead: string, mistake: string | RegExp][] = [
    ["an unknown key", "decision: hold", "decisoin: hold", /^estate\.yaml:11: authorities\[0\]\.decisoin is not known here; known are name, fqdn, /],
    ["an unknown product", "sub.example.com, product: CUCM", "sub.example.com, product: CUC", 'estate.yaml:7: clusters[0].nodes[1].product must be one of CUCM, IM and Presence, Finesse, CUIC, Live Data, IdS, Cloud Connect, VVB, not "CUC"'],
    ["an unknown role", "role: subscriber", "role: secondary", 'estate.yaml:7: clusters[0].nodes[1].role must be one of publisher, subscriber, not "secondary"'],
    ["an unknown decision", "decision: hold", "decision: wait", 'estate.yaml:11: authorities[0].decision must be one of issue, hold, deny, not "wait"'],
    ["a cluster without a publisher", "role: publisher", "role: subscriber", "estate.yaml:6: clusters[0].nodes must hold one CUCM publisher, not 0"],
    ["IM and Presence without a publisher", "sub.example.com, product: CUCM", "sub.example.com, product: IM and Presence", "estate.yaml:6: clusters[0].nodes must hold one IM and Presence publisher, not 0"],
    ["a host name twice", "fqdn: ca.example.com", "fqdn: PUB.example.com", "estate.yaml:10: authorities[0].fqdn PUB.example.com is there twice"],
    ["a name twice", "- name: ca", "- name: hq", "estate.yaml:9: authorities[0].name hq is there twice"],
    ["a host name without a domain", "fqdn: sub.example.com", "fqdn: sub", 'estate.yaml:7: clusters[0].nodes[1].fqdn must be a fully qualified host name, not "sub"'],
    ["a host name that is left out", "fqdn: sub.example.com, ", "", "estate.yaml:7: clusters[0].nodes[1].fqdn is missing"],
    ["an unknown fault", "fault: slow answer", "fault: slow", /^estate\.yaml:16: faults\[0\]\.fault must be one of /],
    ["a rate above everything", "fault: slow answer", "fault: slow answer, rate: 20", /^estate\.yaml:16: faults\[0\]\.rate must be a number above 0 and at most 1, not 20$/],
    ["a rate of what lasts", "fault: slow answer, node: sub.example.com, times: 1", "fault: node down, rate: 0.2", /^estate\.yaml:16: faults\[0\]\.rate has no meaning here: the fault lasts/],
    ["an unknown switch", "keyMismatchStatus: 400", "keyMismatch: 400", /^estate\.yaml:14: switches\.keyMismatch is not known here/],
    ["a time that is none", "latency: 5", "latency: soon", 'estate.yaml:13: timing.latency must be a number, 0 or more, not "soon"'],
  ];
  for (const [about, what, instead, mistake] of BROKEN)
    test(`names ${about}, once`, () => {
      const found = mistakes(what, instead);
      assert.equal(found.length, 1, found.join("\n"));
      if (typeof mistake === "string") assert.equal(found[0], mistake);
      else assert.match(found[0]!, mistake);
    });

  test("names all mistakes at once, in the order of the lines", () => {
    assert.deepEqual(
      mistakes("role: subscriber", "role: x, colour: red").map((mistake) => mistake.split(" ")[0]),
      ["estate.yaml:7:", "estate.yaml:7:"],
    );
  });

  test("names the line of what is no YAML", () => {
    assert.match(mistakes("timing: { latency: 5 }", "timing: { latency: 5")[0]!, /^estate\.yaml:1[345]: /);
  });

  test("is no list", () => {
    assert.throws(() => parseEstate("- a", "estate.yaml"), /estate\.yaml:1: the estate must be a map/);
  });
});

describe("the lab file", () => {
  let folder: string;
  const stateBefore = process.env.UCCERTS_STATE;
  before(() => (process.env.UCCERTS_STATE = folder = mkdtempSync(join(tmpdir(), "uccerts-state-"))));
  after(() => {
    if (stateBefore === undefined) delete process.env.UCCERTS_STATE;
    else process.env.UCCERTS_STATE = stateBefore;
    rmSync(folder, { recursive: true });
  });

  const content = (name: string, pid = process.pid): LabFile => ({ pid, name, started: "2026-01-01T00:00:00.000Z", management: { url: "http://127.0.0.1:1", token: "t" }, connections: { hq: { a: 1 } } });

  /** The id of a process that has just ended. */
  const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

  test("is written for its owner only and says everything", () => {
    const path = writeLabFile(content("one"));
    assert.equal(path, join(folder, "lab", "one.yaml"));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readLabFile("one"), content("one"));
  });

  test("of a lab that lives is not overwritten", () => {
    writeLabFile(content("two", process.ppid));
    assert.throws(() => writeLabFile(content("two")), new RegExp(`a lab named "two" runs already, as process ${process.ppid}`));
    assert.throws(() => refuseSecondLab("two"), /runs already/);
    assert.equal(readLabFile("two")!.pid, process.ppid);
  });

  test("of a lab that died is taken over", () => {
    writeLabFile(content("three", deadPid()));
    refuseSecondLab("three");
    writeLabFile(content("three"));
    assert.equal(readLabFile("three")!.pid, process.pid);
  });

  test("is removed by the lab that wrote it, and by no other", () => {
    writeLabFile(content("four"));
    removeLabFile({ name: "four", pid: process.pid + 1 });
    assert.ok(existsSync(labFilePath("four")));
    removeLabFile(content("four"));
    assert.equal(readLabFile("four"), undefined);
    removeLabFile(content("four"));
  });

  test("lies in the state folder that the environment names", () => {
    assert.equal(stateFolder({ UCCERTS_STATE: "/s", XDG_STATE_HOME: "/x" }), "/s");
    assert.equal(stateFolder({ XDG_STATE_HOME: "/x" }), "/x/uccerts");
    assert.match(stateFolder({}), /\.local\/state\/uccerts$/);
  });
});
