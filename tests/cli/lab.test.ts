import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { NO_JDK } from "../support/jdks";

const PROGRAM = join(__dirname, "..", "..", "cli", "index.js");
const TIMEOUT = { timeout: 60_000 };

interface Ready {
  name: string;
  pid: number;
  file: string;
  management: string;
  nodes: { fqdn: string; ports: { https8443: number } }[];
  authorities: { fqdn: string; url: string }[];
}

/** What a program has said when it has ended. */
interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

let folder: string;
const children = new Set<ChildProcess>();

function start(...args: string[]): ChildProcess {
  return startIn({}, ...args);
}

function startIn(env: NodeJS.ProcessEnv, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, UCCERTS_STATE: folder, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [output, errors] = ["", ""];
  child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors };
}

/** Waits until the output holds `mark`; fails when the program ends before. */
function output(child: ChildProcess, mark: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(mark)) resolve(text);
    });
    child.once("exit", (code) => reject(new Error(`it ended with ${code} and said: ${text}`)));
  });
}

before(() => (folder = mkdtempSync(join(tmpdir(), "uccerts-cli-"))));
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

describe("uccerts lab", () => {
  test("says where everything stands, serves it, and cleans up after SIGINT", TIMEOUT, async () => {
    const child = start("lab", "--json");
    const ready = JSON.parse(await output(child, "\n")) as Ready;
    assert.deepEqual([ready.name, ready.pid, ready.file], ["a1", child.pid, join(folder, "lab", "a1.yaml")]);
    assert.deepEqual(ready.nodes.map(({ fqdn }) => fqdn), ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "cs-imp.example.com"]);
    const file = parse(readFileSync(ready.file, "utf8")) as { management: { url: string; token: string }; connections: Record<string, object> };
    assert.deepEqual(Object.keys(file.connections), ["hq", "ca"]);
    const answer = await fetch(`${file.management.url}/nodes`, { headers: { authorization: `Bearer ${file.management.token}` } });
    assert.equal(answer.status, 200);
    await answer.text();
    const end = ended(child);
    child.kill("SIGINT");
    assert.equal((await end).code, 0);
    assert.equal(existsSync(ready.file), false);
  });

  test("prints a table and the line for the stack configuration, and stops by SIGTERM", { ...TIMEOUT, skip: NO_JDK }, async () => {
    const estate = join(folder, "branch.yaml");
    writeFileSync(estate, "clusters:\n  - name: hq\n    nodes: [{ fqdn: pub.example.com, product: CUCM, role: publisher }]\nauthorities: [{ name: ca, fqdn: ca.example.com }]\ncontactCenters: [{ name: cc, windows: [{ fqdn: oamp.example.com, product: CVP OAMP, release: 12.6(2) }] }]\n");
    const child = start("lab", estate);
    const text = await output(child, "Ctrl-C");
    assert.match(text, /^pub\.example\.com +CUCM +publisher +\d+ +\d+ /m);
    assert.match(text, /^oamp\.example\.com +CVP OAMP +12\.6\(2\) +- +- +\d+ +\d+ *$/m);
    assert.match(text, /^ca\.example\.com +https:\/\/127\.0\.0\.1:\d+\/certsrv\/$/m);
    assert.match(text, /^ {2}uccerts:lab: branch$/m);
    const end = ended(child);
    child.kill("SIGTERM");
    assert.equal((await end).code, 0);
  });

  test("does not start a second lab of the same name", TIMEOUT, async () => {
    const first = start("lab", "--json");
    await output(first, "\n");
    const second = await ended(start("lab"));
    assert.deepEqual([second.code, second.output], [1, ""]);
    assert.match(second.errors, new RegExp(`a lab named "a1" runs already, as process ${first.pid}`));
    const end = ended(first);
    first.kill("SIGINT");
    assert.equal((await end).code, 0);
  });

  test("takes over the file of a lab that was killed", TIMEOUT, async () => {
    const killed = start("lab", "--json");
    const { file } = JSON.parse(await output(killed, "\n")) as Ready;
    const gone = ended(killed);
    killed.kill("SIGKILL");
    await gone;
    assert.ok(existsSync(file));
    const child = start("lab", "--json");
    assert.equal((JSON.parse(await output(child, "\n")) as Ready).pid, child.pid);
    const end = ended(child);
    child.kill("SIGINT");
    assert.equal((await end).code, 0);
  });

  test("names every mistake of an estate and does not start", TIMEOUT, async () => {
    const estate = join(folder, "broken.yaml");
    writeFileSync(estate, "clusters:\n  - name: hq\n    nodes: [{ fqdn: pub, product: CUCM, role: publisher }]\n    colour: red\n");
    const { code, errors } = await ended(start("lab", estate));
    assert.equal(code, 2);
    assert.match(errors, /broken\.yaml:3: clusters\[0\]\.nodes\[0\]\.fqdn must be/);
    assert.match(errors, /broken\.yaml:4: clusters\[0\]\.colour is not known here/);
    assert.equal(existsSync(join(folder, "lab", "broken.yaml")), false);
  });

  test("with Windows hosts says in one sentence that they need a JDK, where the machine has none", TIMEOUT, async () => {
    const estate = join(folder, "hosts.yaml");
    writeFileSync(estate, "clusters: []\ncontactCenters: [{ name: cc, windows: [{ fqdn: aw.example.com, product: AW }] }]\n");
    const { code, output: text, errors } = await ended(startIn({ UCCERTS_JDKS: "" }, "lab", estate));
    assert.deepEqual([code, text], [1, ""]);
    assert.equal(errors, "uccerts lab: the lab's Windows hosts run a real keytool, and this machine has none: install a JDK (17 or later), or set JAVA_HOME\n");
  });

  test("names a file that is not there", TIMEOUT, async () => {
    const { code, errors } = await ended(start("lab", join(folder, "nothing.yaml")));
    assert.equal(code, 2);
    assert.match(errors, /the estate cannot be read: ENOENT/);
  });
});

describe("uccerts", () => {
  test("lists its commands", TIMEOUT, async () => {
    const { code, output: text } = await ended(start("--help"));
    assert.equal(code, 0);
    assert.match(text, /lab \[estate\.yaml\]/);
  });

  for (const [about, args] of [["command", ["nonsense"]], ["command of an object's own", ["toString"]], ["option", ["lab", "--nonsense"]]] as const)
    test(`answers an unknown ${about} with one line and 2`, TIMEOUT, async () => {
      const { code, errors, output: text } = await ended(start(...args));
      assert.deepEqual([code, text, errors.trim().split("\n").length], [2, "", 1]);
    });
});
