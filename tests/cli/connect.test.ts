// `uccerts connect` with a publisher: no program, no Pulumi.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, beforeEach, describe, it } from "node:test";
import { parse } from "yaml";
import { estateOf } from "../../cli/connect/program";
import { ask } from "../../cli/connect/terminal";
import { connectionsOf, type Lab, startLab } from "../../lab";
import type { Connection } from "../../provider/connections";
import { IMP, PUB, SUB } from "../support/a1";
import { loginOptions, passwordVariables, reachOptions } from "../support/first-contact";

const PROGRAM = join(__dirname, "..", "..", "cli", "index.js");

interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

function connect(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, "connect", ...args], { env: { ...process.env, UCCERTS_CONNECTIONS: "", ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (code) => resolve({ code, output, errors }));
  });
}

describe("uccerts connect with a publisher", () => {
  let lab: Lab, mark: number, base: string[], env: Record<string, string>;
  before(async () => {
    lab = await startLab();
    base = [PUB, "--connection", "hq", ...reachOptions(lab), ...loginOptions(lab)];
    env = passwordVariables(lab);
  });
  beforeEach(() => (mark = lab.history.mark()));
  after(() => lab.stop());

  /** `node: outcome` of every log-in that failed. */
  const failed = () => lab.history.since(mark).filter(({ action }) => action === "log-in failed").map(({ node, outcome }) => `${node}: ${outcome}`);
  const asked = () => lab.history.since(mark).filter(({ interface: at }) => at === "axl" || at === "rest");

  it("finds the other nodes and prints connections that a provider can use", async () => {
    const { code, output, errors } = await connect([...base, "--authority", "ca=ca.example.com", "--trust"], env);
    assert.equal(code, 0, errors);
    const { hq, ca } = (parse(output) as { config: { "uccerts:connections": Record<string, Connection> } }).config["uccerts:connections"];
    const real = connectionsOf(lab) as unknown as Record<string, Connection>;
    assert.deepEqual(hq!.reach, real.hq!.reach);
    assert.deepEqual(hq!.ssh!.hostKeys!.length, 3);
    assert.deepEqual(new Set(hq!.tls!.fingerprints), new Set(real.hq!.tls!.fingerprints));
    assert.equal(hq!.tls!.ca!.length, 1, "the root of the authority");
    assert.deepEqual(ca!.certsrv, { host: "ca.example.com", username: "enroll", domain: "EXAMPLE", password: { env: "CA_PASSWORD" } });
    for (const fqdn of [PUB, SUB, IMP]) assert.match(errors, new RegExp(`${fqdn}: the OS administrator is logged in`));
    assert.match(errors, /new Cluster\("hq", \{ release: "15", nodes: \[/);
    assert.deepEqual(failed(), []);
    assert.ok(asked().length > 0);
  });

  it("sends no credential while nobody has accepted the fingerprints", async () => {
    const { code, output, errors } = await connect(base, env);
    assert.equal(code, 2);
    assert.equal(output, "");
    assert.match(errors, /the fingerprints of one server are new, and nobody can be asked here[\s\S]*add --trust\. No credential was sent/);
    assert.deepEqual(asked(), []);
  });

  it("says every log-in that is missing at once", async () => {
    const { code, errors } = await connect([PUB, "--connection", "hq", ...reachOptions(lab), "--trust"]);
    assert.equal(code, 2);
    for (const line of ["hq: no OS administrator: --os-administrator hq=<user>", "set the environment variable HQ_OS_PASSWORD", "hq: no application user: --application-user hq=<user>", "set the environment variable HQ_APP_PASSWORD"]) assert.ok(errors.includes(line), errors);
    assert.deepEqual(asked(), []);
  });

  it("stops after one refused log-in of the OS administrator, on one node", async () => {
    const { code, output, errors } = await connect([...base, "--trust"], { ...env, HQ_OS_PASSWORD: "mistyped-password" });
    assert.equal(code, 1);
    assert.equal(output, "");
    assert.match(errors, /the log-in of administrator was refused/);
    assert.deepEqual(failed(), [`${PUB}: refused`]);
    assert.ok(!errors.includes("mistyped-password"));
  });

  it("stops after one refused log-in of the application user", async () => {
    const { code, errors } = await connect([...base, "--trust"], { ...env, HQ_APP_PASSWORD: "mistyped-password" });
    assert.equal(code, 1);
    assert.match(errors, /the log-in of the application user was refused/);
    assert.deepEqual(failed(), ["hq: refused"]);
  });

  it("names every node that does not answer", async () => {
    const away = [SUB, IMP].flatMap((fqdn) => ["--reach", `${fqdn}=127.0.0.1,22:1,443:1,8443:1`]);
    const { code, errors } = await connect([...base, ...away, "--trust"], env);
    assert.equal(code, 1);
    for (const fqdn of [SUB, IMP]) {
      assert.match(errors, new RegExp(`  - ${fqdn}: look at the SSH host key: no SSH connection to 127.0.0.1:1 \\(ECONNREFUSED\\)`));
      assert.match(errors, new RegExp(`  - ${fqdn}: look at the certificate on port 1: ECONNREFUSED`));
    }
  });

  it("takes no password as an argument, and does not repeat one", async () => {
    const { code, errors } = await connect([...base, "--os-password-env", "Pa55word!secret"], env);
    assert.equal(code, 2);
    assert.match(errors, /--os-password-env takes the name of an environment variable/);
    assert.ok(!errors.includes("Pa55word"));
  });

  const MISTAKES: [string, string[], RegExp][] = [
    ["an option that does not exist", ["--password", "x"], /Unknown option '--password'/],
    ["two publishers", [PUB, SUB], /one publisher at most, not 2/],
    ["a publisher by its short name", ["cs-ccm-pub", "--trust"], /"cs-ccm-pub" is no fully qualified domain name/],
    ["an authority without its connection", [PUB, "--authority", "ca.example.com"], /write <connection>=<server>/],
    ["a way that is none", [PUB, "--reach", "somewhere"], /write <host>=<address>/],
    ["a file that is none", [PUB, "--ca", "nowhere.pem"], /--ca nowhere\.pem: ENOENT/],
  ];
  for (const [what, args, sentence] of MISTAKES)
    it(`refuses ${what}`, async () => {
      const { code, errors } = await connect(args);
      assert.equal(code, 2);
      assert.match(errors, sentence);
    });
});

describe("a question on the terminal", () => {
  /** What was shown while `text` was typed. */
  async function typed(text: string, hidden: boolean): Promise<[answer: string, shown: string]> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = "";
    output.on("data", (chunk: Buffer) => (shown += chunk.toString()));
    const answer = ask({ input, output }, "password: ", { hidden });
    input.write(text);
    input.end();
    return [await answer, shown];
  }

  it("shows nothing of a password that is typed", async () => {
    const [answer, shown] = await typed("s3cret pass\r", true);
    assert.equal(answer, "s3cret pass");
    assert.equal(shown, "password: \n");
  });

  it("takes the end of the input for no answer", async () => {
    assert.deepEqual((await typed("", true))[0], "");
  });

  it("takes a line", async () => {
    assert.equal((await typed("y\n", false))[0], "y");
  });
});

describe("the estate of a preview", () => {
  const node = { fqdn: PUB, product: "CUCM", role: "publisher", release: "15", connection: "hq", cluster: { name: "hq", nodes: [{ fqdn: PUB, product: "CUCM", role: "publisher" }, { fqdn: SUB, product: "CUCM", role: "subscriber", address: "10.0.0.2" }] } };

  it("has every node of every cluster, also those that no resource names", () => {
    const { nodes, authorities } = estateOf({ steps: [{ newState: { inputs: { node } } }, { newState: { inputs: { authority: "ca", template: "T" } } }, {}] });
    assert.deepEqual(nodes.map(({ fqdn, connection, address }) => [fqdn, connection, address]), [[PUB, "hq", undefined], [SUB, "hq", "10.0.0.2"]]);
    assert.deepEqual(authorities, ["ca"]);
  });

  it("does not mind a refusal when the nodes are known", () => {
    assert.equal(estateOf({ steps: [{ newState: { inputs: { node } } }], diagnostics: [{ severity: "error", message: "R1 …" }] }).nodes.length, 2);
  });

  it("tells what the program fails with", () => {
    assert.throws(() => estateOf({ diagnostics: [{ severity: "error", message: "error: boom\n" }] }), /the preview failed: boom$/);
  });

  it("tells which cluster the program looks up", () => {
    const message = `error: getClusterNodes("hq"): There is no connection "hq". Set it, for a cluster:\n…`;
    assert.throws(() => estateOf({ diagnostics: [{ severity: "error", message }] }), /the program looks at "hq" while it runs.*uccerts connect <publisher> --connection hq --yes/);
  });

  it("is refused when it is empty", () => {
    assert.throws(() => estateOf({}), /the program declares no node/);
  });
});
