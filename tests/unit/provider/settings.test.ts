import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readSettings, type Settings, stateFolder } from "../../../provider/settings";

const SECRET = "tiger-in-the-tank";
const HQ = { osAdministrator: { username: "osadmin", password: SECRET }, tls: { fingerprints: ["AB".repeat(32)] } };

let folder: string;

before(() => void (folder = mkdtempSync(join(tmpdir(), "uccerts-settings-"))));
after(() => rmSync(folder, { recursive: true }));

interface Given {
  connections?: unknown;
  timing?: unknown;
  lab?: string;
  /** Text of the file that UCCERTS_CONNECTIONS names. */
  file?: string;
  env?: Record<string, string>;
}

function settings({ connections, timing, lab, file, env }: Given): Settings {
  const path = join(folder, "connections.yaml");
  if (file !== undefined) writeFileSync(path, file);
  const texts: Record<string, string | undefined> = { "uccerts:connections": text(connections), "uccerts:timing": text(timing), "uccerts:lab": lab };
  return readSettings((key) => texts[key], { UCCERTS_STATE: folder, ...(file === undefined ? {} : { UCCERTS_CONNECTIONS: path }), ...env });
}

function text(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}

/** The message of the error that these settings give. */
function refusal(given: Given): string {
  try {
    settings(given);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("the settings were accepted");
}

function writeLab(name: string, content: string): void {
  mkdirSync(join(folder, "lab"), { recursive: true });
  writeFileSync(join(folder, "lab", `${name}.yaml`), content);
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("where connections come from", () => {
  test("the stack configuration gives a connection by its name", () => {
    assert.deepEqual(settings({ connections: { hq: HQ } }).connection("hq"), HQ);
  });

  test("without any configuration there is no connection, and timing has its defaults", () => {
    const none = settings({});
    assert.deepEqual(none.names, []);
    assert.equal(none.timing.request, 60_000);
  });

  test("a file in YAML adds connections", () => {
    const found = settings({ connections: { hq: HQ }, file: "branch:\n  osAdministrator: { username: admin, password: { env: BRANCH } }\n" });
    assert.deepEqual(found.names, ["hq", "branch"]);
    assert.equal(found.connection("branch").osAdministrator?.username, "admin");
  });

  test("a file may hold them as its member connections, as the file of a lab does", () => {
    assert.deepEqual(settings({ file: JSON.stringify({ connections: { hq: HQ } }) }).connection("hq"), HQ);
  });

  test("the file wins over the configuration, member by member of a connection", () => {
    const merged = settings({ connections: { hq: HQ }, file: "hq: { osAdministrator: { username: other, password: { env: OTHER } } }" }).connection("hq");
    assert.equal(merged.osAdministrator?.username, "other");
    assert.deepEqual(merged.tls, HQ.tls);
  });

  test("a lab that runs on this machine gives its connections, and the file still wins over them", () => {
    writeLab("a1", JSON.stringify({ pid: process.pid, connections: { hq: HQ, ca: { reach: {} } } }));
    const found = settings({ lab: "a1", connections: { hq: { osAdministrator: { username: "configured", password: "x" } } }, file: "ca: { reach: { ca.example.com: { address: 127.0.0.1 } } }" });
    assert.equal(found.connection("hq").osAdministrator?.username, "osadmin");
    assert.deepEqual(found.connection("ca").reach, { "ca.example.com": { address: "127.0.0.1" } });
  });

  test("locks and the like are kept in UCCERTS_STATE, else in the XDG folder, else in the home folder", () => {
    assert.equal(stateFolder({ UCCERTS_STATE: "/a", XDG_STATE_HOME: "/b" }), "/a");
    assert.equal(stateFolder({ XDG_STATE_HOME: "/b" }), join("/b", "uccerts"));
    assert.match(stateFolder({}), /\.local.state.uccerts$/);
  });
});

describe("a lab that is not there", () => {
  test("no file of that name says how to start it", () => {
    assert.match(refusal({ lab: "none" }), /The lab "none" is not running \(.*none\.yaml does not exist\): start it with "npx uccerts lab"/);
  });

  test("the file of a lab that died says which process is gone", () => {
    const pid = deadPid();
    writeLab("dead", JSON.stringify({ pid, connections: { hq: HQ } }));
    assert.match(refusal({ lab: "dead" }), new RegExp(`The lab "dead" is not running any more \\(its process ${pid} is gone\\)`));
  });

  test("a file that names no process is no lab", () => {
    for (const pid of [undefined, 0, -1, 1.5, "1"]) {
      writeLab("odd", JSON.stringify({ pid, connections: { hq: HQ } }));
      assert.match(refusal({ lab: "odd" }), /the file of the lab "odd" .* names no process/);
    }
  });
});

describe("secrets", () => {
  test("a secret that stands in place is itself, one by { env } is read when it is used", () => {
    const env = { HQ_OS_PASSWORD: SECRET };
    const found = settings({ connections: { hq: HQ }, env });
    assert.equal(found.reveal("in place"), "in place");
    env.HQ_OS_PASSWORD = "rotated";
    const later = readSettings(() => undefined, env);
    assert.equal(later.reveal({ env: "HQ_OS_PASSWORD" }), "rotated");
  });

  test("a variable that is not set, or empty, is named", () => {
    for (const env of [{}, { HQ: "" }]) assert.throws(() => readSettings(() => undefined, env).reveal({ env: "HQ" }), /environment variable HQ, which a connection names, is not set/);
  });

  test("those that stand in the settings are known from the beginning, those of the environment once they are used", () => {
    const nodes = { "pub.example.com": { applicationUser: { username: "app", password: "node secret" } } };
    const certsrv = { host: "ca", username: "enroll", password: "ca secret" };
    const found = settings({ connections: { hq: { ...HQ, nodes, certsrv } }, env: { LATE: "late secret" } });
    assert.deepEqual([...found.secrets].sort(), ["ca secret", "node secret", SECRET]);
    found.reveal({ env: "LATE" });
    assert.ok(found.secrets.has("late secret"));
  });
});

describe("a connection that is missing", () => {
  test("prints the commands that set it for a cluster, and what there is", () => {
    const found = settings({ connections: { hq: HQ } });
    assert.throws(() => found.connection("branch-2"), (error: Error) => {
      assert.match(error.message, /There is no connection "branch-2" \(there is: hq\)/);
      assert.match(error.message, /pulumi config set --path 'uccerts:connections\.branch-2\.osAdministrator\.password\.env' BRANCH_2_OS_PASSWORD/);
      assert.match(error.message, /pulumi config set --path 'uccerts:connections\.branch-2\.applicationUser\.password\.env' BRANCH_2_APP_PASSWORD/);
      return true;
    });
  });

  test("prints those for an authority where one is wanted", () => {
    assert.throws(() => settings({}).connection("ca", "authority"), /'uccerts:connections\.ca\.certsrv\.host' <server>\n.*certsrv\.username.*\n.*'uccerts:connections\.ca\.certsrv\.password\.env' CA_PASSWORD/);
  });

  test("a name that Pulumi's paths cannot hold bare stands in brackets", () => {
    assert.throws(() => settings({}).connection("hq.example"), /'uccerts:connections\["hq\.example"\]\.osAdministrator\.username'/);
  });

  test("a name that every object has is no connection", () => {
    for (const name of ["constructor", "toString", "__proto__"]) assert.throws(() => settings({ connections: { hq: HQ } }).connection(name), /There is no connection/);
  });
});

describe("settings that are not right", () => {
  test("every wrong shape is told at once, with where it was written", () => {
    const message = refusal({ connections: { hq: { osAdmin: {}, tls: { fingerprints: "AB" } } }, file: "branch: { osAdministrator: { username: 1 } }" });
    assert.match(message, /^The connections are not right:\n/);
    assert.match(message, /in uccerts:connections of the stack configuration: hq\.osAdmin is unknown/);
    assert.match(message, /hq\.tls\.fingerprints is a text: a list is expected/);
    assert.match(message, /in the file named by UCCERTS_CONNECTIONS \(.*\): branch\.osAdministrator\.password is missing/);
    assert.match(message, /branch\.osAdministrator\.username is a number: write it in quotes/);
  });

  test("connections that are no group are told in one sentence", () => {
    assert.match(refusal({ connections: [] }), /connections are a list: connections by name are expected/);
    assert.match(refusal({ file: "only a text" }), /connections are a text/);
    assert.match(refusal({ connections: { hq: "text" } }), /hq is a text: settings are expected/);
  });

  test("configuration that was set without --path says so", () => {
    assert.match(refusal({ connections: SECRET }), /uccerts:connections is no structured value: set it with "pulumi config set --path uccerts:connections\.<name> <value>"/);
    assert.match(refusal({ timing: "5s" }), /uccerts:timing is no structured value/);
    assert.match(refusal({ timing: [] }), /uccerts:timing is no group of durations/);
  });

  test("a file that cannot be read is named with the reason", () => {
    assert.match(refusal({ env: { UCCERTS_CONNECTIONS: join(folder, "absent.yaml") } }), /absent\.yaml\) cannot be read: ENOENT/);
  });

  test("a file that is no YAML names the line", () => {
    assert.match(refusal({ file: "hq:\n  osAdministrator: {\n    password: x\n" }), /is no YAML: line \d+ is not right/);
  });

  test("no message ever holds a password", () => {
    const wrong: Given[] = [
      { connections: SECRET },
      { connections: { hq: SECRET } },
      { connections: { hq: { osAdministrator: SECRET } } },
      { connections: { hq: { osAdministrator: { username: "a", password: [SECRET] } } } },
      { connections: { hq: { osAdministrator: { username: "a", password: { secret: SECRET } } } } },
      { connections: { hq: { ...HQ, unknown: SECRET } } },
      { file: SECRET },
      { file: `hq:\n  osAdministrator:\n    username: a\n   password: ${SECRET}\n` },
      { file: `hq: { osAdministrator: { username: a, password: *${SECRET} } }` },
      { file: `hq: { osAdministrator: { username: a, password: &${SECRET} } }` },
      { file: `hq: { osAdministrator: { username: a, password: "${SECRET} } }` },
    ];
    for (const given of wrong) assert.ok(!refusal(given).includes(SECRET), JSON.stringify(given));
  });
});
