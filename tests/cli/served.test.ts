import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { writeLabFile } from "../../lab/file";
import { after, before, describe, test } from "../support/hosts-test";

const PROGRAM = join(__dirname, "..", "..", "cli", "index.js");
const [FINESSE, AW, CSA, PG] = ["finesse", "aw", "csa", "pg"].map((name) => `${name}.example.com`) as [string, string, string, string];

describe("uccerts served", { timeout: 120_000 }, () => {
  let lab: Lab, folder: string, lines: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "uccerts-served-"));
    process.env.UCCERTS_STATE = folder;
    lab = await startLab({
      name: "center",
      clusters: [{ name: "finesse", nodes: [{ fqdn: FINESSE, product: "Finesse", role: "publisher" }] }],
      contactCenters: [{ name: "cc", windows: [{ fqdn: AW, product: "AW" }, { fqdn: CSA, product: "CVP Server" }, { fqdn: PG, product: "Peripheral Gateway", services: { DiagFwSvc: "stopped" } }] }],
    });
    writeLabFile({ pid: process.pid, name: "center", started: new Date().toISOString(), management: { url: "http://127.0.0.1:0", token: "" }, connections: connectionsOf(lab) });
    lines = (await served("--lab", "center")).split("\n");
  });
  after(async () => {
    await lab?.stop();
    rmSync(folder, { recursive: true });
  });

  const served = (...args: string[]) =>
    new Promise<string>((resolve, reject) => execFile(process.execPath, [PROGRAM, "served", ...args], { env: { ...process.env, UCCERTS_STATE: folder } }, (error, output, errors) => (error ? reject(new Error(errors)) : resolve(output))));
  /** What is said of a port: its line, and the fingerprint below it. */
  const said = (fqdn: string, port: string) => {
    const at = lines.findIndex((line) => line.startsWith(fqdn) && new RegExp(` ${port}(  |$)`).test(line));
    return [lines[at], /^ {2}SHA-256 ([0-9a-f]{64})$/.exec(lines[at + 1] ?? "")?.[1]] as const;
  };
  const plain = (fingerprint: string) => fingerprint.replace(/:/g, "").toLowerCase();

  test("shows IIS and Diagnostic Framework Portico of a CCE host", () => {
    for (const [port, identity] of [["443 IIS", "IIS"], ["7890 DFP", "DFP"]] as const) {
      const [line, fingerprint] = said(AW, port);
      assert.match(line!, / aw\.example\.com +itself +[0-9A-F]+ +\d{4}-\d\d-\d\d$/);
      assert.equal(fingerprint, plain(lab.host(AW).identities.get(identity)!.certificate.parsed.fingerprint256));
    }
  });

  test("shows WSM of a CVP host", () => {
    assert.equal(said(CSA, "8111 WSM")[1], plain(lab.host(CSA).identities.get("WSM")!.certificate.parsed.fingerprint256));
  });

  test("shows each node once, on 8443", () => {
    assert.equal(said(FINESSE, "8443")[1], plain(lab.node(FINESSE).served[0]!.certificate.parsed.fingerprint256));
    assert.equal(lines.filter((line) => line.startsWith(FINESSE)).length, 1);
  });

  test("says of a port that does not answer that it serves nothing, and why", () => {
    assert.match(said(PG, "7890 DFP")[0]!, /^pg\.example\.com +7890 DFP +nothing \(\w+\)$/);
    assert.match(said(PG, "443 IIS")[0]!, /itself/);
  });
});
