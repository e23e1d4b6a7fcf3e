// Where the Pulumi CLI comes from. Scripts of two lines stand for other people's installations of pulumi and Go, and a local HTTP server for
// get.pulumi.com, in the layout of Pulumi's installer: a script that fetches releases/sdk/pulumi-v<version>-linux-x64.tar.gz. The real thing is
// what "npm start" and every other test of this repository run on.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { run, type Said } from "../support/engine";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { cleanEnvironment, pathOf, script } from "../support/sandbox";

const VERSION = "3.216.0";
const HOST = "pulumi-language-nodejs";
const DYNAMIC = "pulumi-resource-pulumi-nodejs";
const ENSURE = `require(${JSON.stringify(join(ROOT, "tools", "setup", "pulumi-cli.js"))}).ensurePulumi().then((found) => console.log(JSON.stringify(found)), (error) => { console.log(error.message); process.exitCode = 1; });`;

/** Written from what Pulumi's installer does: its options, its layout, its folders, and that it is not tidy. */
function installer(base: string): string {
  return `#!/bin/sh
set -e
root="$HOME/.pulumi"; edit=yes
while [ $# -gt 0 ]; do case "$1" in
  --version) version=$2; shift 2;;
  --install-root) root=$2; shift 2;;
  --no-edit-path) edit=no; shift;;
  *) shift;;
esac; done
tarball=$(mktemp -t pulumi.tar.gz.XXXXXXXXXX)
curl --fail --silent -L -o "$tarball" "${base}/releases/sdk/pulumi-v$version-linux-x64.tar.gz"
rm -rf "$root/bin"; mkdir -p "$root/bin"
extracted=$(mktemp -d pulumi.XXXXXXXXXX)
tar zxf "$tarball" -C "$extracted"
cp -r "$extracted/pulumi/." "$root/bin/"
mkdir -p "$HOME/.pulumi"
[ $edit = no ] || echo "export PATH" >> "$HOME/.profile"
`;
}

describe("the Pulumi CLI", { timeout: 60_000 }, () => {
  let folder: Folder;
  let env: NodeJS.ProcessEnv;
  let server: Server;
  let answers: Record<string, { status?: number; body: string | Buffer }>;
  let asked: string[];
  const at = (...parts: string[]) => join(folder.path, ...parts);

  beforeEach(async () => {
    folder = makeFolder();
    for (const name of ["home", "work", "tmp"]) mkdirSync(at(name));
    [answers, asked] = [{}, []];
    server = createServer((request, response) => {
      asked.push(request.url!);
      const { status = 200, body } = answers[request.url!] ?? { status: 404, body: "not found" };
      response.writeHead(status).end(body);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const path = pathOf(at("programs"), ["node", "sh", "curl", "tar", "gzip", "mktemp", "rm", "mkdir", "cp", "echo", "cat", "chmod"]);
    env = cleanEnvironment({ PATH: path, HOME: at("home"), TMPDIR: at("tmp"), UCCERTS_CACHE: at("cache"), UCCERTS_PULUMI_INSTALLER: "off" });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    folder.remove();
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ensure = (): Promise<Said> => run(process.execPath, ["-e", ENSURE], { cwd: at("work"), env });
  const built = () => at("cache", "pulumi", `v${VERSION}`, "bin");
  const found = (where: string, version: string) => JSON.stringify({ folder: where, version });

  /** An installation on PATH; `host`: with its Node host beside it. */
  function installed(version: string, host = true): string {
    const where = at(`pulumi-${version}`);
    script(join(where, "pulumi"), `echo v${version}`);
    if (host) script(join(where, HOST), "exit 0");
    env.PATH = `${where}:${env.PATH}`;
    return where;
  }

  /** A Go that writes down what it is asked and makes programs that answer like the real ones. */
  function go(version: string, ...instead: string[]): void {
    const build = [`echo "$PWD $*" >> "${at("go-calls")}"`, 'while [ "$1" != -o ]; do shift; done', 'printf "#!/bin/sh\\necho v' + VERSION + '\\n" > "$2"', 'chmod +x "$2"'];
    script(at("go", "go"), `[ "$1" = version ] && { echo "go version go${version} linux/amd64"; exit 0; }`, ...(instead.length > 0 ? instead : build));
    env.PATH = `${at("go")}:${env.PATH}`;
  }

  /** What get.pulumi.com would serve. */
  async function offer(version = VERSION): Promise<void> {
    for (const name of ["pulumi", HOST, DYNAMIC]) script(at("release", "pulumi", name), `echo v${version}`);
    const tarball = at("release.tar.gz");
    await run("tar", ["czf", tarball, "-C", at("release"), "pulumi"], { cwd: folder.path });
    answers["/"] = { body: installer(url()) };
    answers[`/releases/sdk/pulumi-v${VERSION}-linux-x64.tar.gz`] = { body: readFileSync(tarball) };
    env.UCCERTS_PULUMI_INSTALLER = url();
  }

  /** Nothing was written but this into the cache. */
  function assertTidy(cached = [`v${VERSION}`]): void {
    assert.deepEqual([readdirSync(at("home")), readdirSync(at("work")), readdirSync(at("tmp"))], [[], [], []]);
    assert.deepEqual(readdirSync(at("cache", "pulumi")), cached);
  }

  describe("on PATH", () => {
    for (const version of [VERSION, "3.270.0", "4.0.0-alpha.1+1234"])
      test(`is used as it is in version ${version}`, async () => {
        const where = installed(version);
        assert.deepEqual(await ensure(), { code: 0, text: `${found(where, version)}\n` });
        assert.equal(existsSync(at("cache")), false);
      });

    test("is used with a Node host that is elsewhere on PATH", async () => {
      const where = installed("3.220.0", false);
      script(at("programs", HOST), "exit 0");
      assert.deepEqual(await ensure(), { code: 0, text: `${found(where, "3.220.0")}\n` });
    });

    const UNFIT: [why: string, prepare: () => string, said: (where: string) => string][] = [
      ["is too old", () => installed("3.215.9"), (where) => `${where}/pulumi is 3.215.9, older than ${VERSION}; not used`],
      ["has no Node host", () => installed("3.220.0", false), (where) => `${where}/pulumi has no ${HOST} beside it; not used`],
      ["does not work", () => (script(join(installed("3.220.0"), "pulumi"), "exit 1"), at("pulumi-3.220.0")), (where) => `${where}/pulumi does not answer to "pulumi version"; not used`],
    ];
    for (const [why, prepare, said] of UNFIT)
      test(`is told and left alone when it ${why}; another one is built`, async () => {
        go("1.25.11");
        const where = prepare();
        const { code, text } = await ensure();
        assert.equal(code, 0, text);
        assert.ok(text.startsWith(`setup: ${said(where)}\n`), text);
        assert.ok(text.endsWith(`${found(built(), VERSION)}\n`), text);
      });

    test("is not taken for one when it cannot be run", async () => {
      go("1.25.11");
      chmodSync(join(installed("3.220.0"), "pulumi"), 0o644);
      assert.doesNotMatch((await ensure()).text, /not used/);
    });
  });

  describe("from Pulumi's installer", () => {
    test("is put into our cache, says how long it takes, and touches nothing else", async () => {
      await offer();
      const first = await ensure();
      assert.equal(first.text, `setup: installing Pulumi ${VERSION} with ${url()} (usually below a minute)\nsetup: Pulumi ${VERSION} installed by Pulumi's installer into ${at("cache", "pulumi", `v${VERSION}`)}\n${found(built(), VERSION)}\n`);
      assert.deepEqual(readdirSync(built()).sort(), ["pulumi", HOST, DYNAMIC]);
      assert.deepEqual(readdirSync(at("cache", "pulumi", `v${VERSION}`)), ["bin"]);
      assertTidy();
    });

    test("is there the next time without asking anybody", async () => {
      await offer();
      await ensure();
      asked = [];
      assert.deepEqual(await ensure(), { code: 0, text: `${found(built(), VERSION)}\n` });
      assert.deepEqual(asked, []);
    });

    const USELESS: [why: string, prepare: () => void, said: RegExp][] = [
      ["cannot be reached", () => (server.close(), undefined), /cannot be reached: ECONNREFUSED/],
      ["is not there", () => (answers["/"] = { status: 404, body: "" }), /answered 404/],
      ["is a log-in page of the network", () => (answers["/"] = { body: "<html>" }), /did not answer with a script/],
      ["has no such release", () => delete answers[`/releases/sdk/pulumi-v${VERSION}-linux-x64.tar.gz`], /installing Pulumi failed after \d+ s: sh ended with 22/],
      ["is switched off", () => (env.UCCERTS_PULUMI_INSTALLER = "off"), /switched off by UCCERTS_PULUMI_INSTALLER/],
    ];
    for (const [why, prepare, said] of USELESS)
      test(`is built instead when the installer ${why}`, async () => {
        await offer();
        go("1.25.11");
        prepare();
        const { code, text } = await ensure();
        assert.equal(code, 0, text);
        const reason = /^setup: Pulumi's installer was not usable here \((.*)\)$/m.exec(text)?.[1] ?? text;
        assert.match(reason, said);
        assert.ok(text.endsWith(`setup: Pulumi ${VERSION} built into ${at("cache", "pulumi", `v${VERSION}`)}\n${found(built(), VERSION)}\n`), text);
        assertTidy();
      });

    test("is built instead when the installer brings an old one", async () => {
      await offer("3.100.0");
      go("1.25.11");
      assert.match((await ensure()).text, /installer was not usable here \(what it made does not answer as Pulumi 3\.216\.0 or later with its Node host\)/);
    });
  });

  describe("from its Go modules", () => {
    test("is built with its Node host from what is pinned, and says how long each takes", async () => {
      go("1.25.11");
      const { text } = await ensure();
      assert.match(text, /^setup: building the Pulumi engine from its Go module \(usually 2 to 4 minutes, once\)\nsetup: building the Pulumi host from its Go module \(usually 20 to 60 s, once\)\n/m);
      const calls = readFileSync(at("go-calls"), "utf8").trim().split("\n");
      const names = calls.map((call) => /tools\/pulumi\/(\w+) build -mod=readonly .*\/([\w-]+) \S+\/([\w-]+)$/.exec(call)?.slice(1));
      assert.deepEqual(names, [["engine", "pulumi", "pulumi"], ["host", HOST, HOST]]);
      assert.ok(statSync(join(built(), DYNAMIC)).mode & 0o100);
      assertTidy();
    });

    const HELP = "Install Go 1.25.11 or later (https://go.dev/dl), or the Pulumi CLI itself (https://www.pulumi.com/docs/install), and run this again.";
    const last = ({ text }: Said) => text.trimEnd().split("\n").slice(1).join("\n");

    test("is not built without Go, which is said with what to install", async () => {
      const said = await ensure();
      assert.deepEqual([said.code, last(said)], [1, `The Pulumi CLI is missing, its installer cannot be reached, and there is no Go to build it with. ${HELP}`]);
    });

    test("is not built by a Go that is too old to fetch a newer one", async () => {
      go("1.19.8");
      const said = await ensure();
      assert.deepEqual([said.code, last(said)], [1, `The Pulumi CLI has to be built and this Go is too old (go version go1.19.8 linux/amd64). ${HELP}`]);
    });

    test("is not built by a Go that may not fetch a newer one", async () => {
      go("1.22.1", 'echo "go: go.mod requires go >= 1.25.11 (running go 1.22.1; GOTOOLCHAIN=local)" >&2', "exit 1");
      const { code, text } = await ensure();
      assert.equal(code, 1);
      assert.match(text, /This Go is too old and may not fetch a newer one by itself\. Install Go 1\.25\.11 or later/);
    });

    test("is not built without a network, which is said", async () => {
      go("1.25.11", 'echo "go: github.com/pulumi/pulumi/pkg/v3@v3.216.0: dial tcp: lookup proxy.example: no such host" >&2', "exit 1");
      const { code, text } = await ensure();
      assert.equal(code, 1);
      assert.match(text, /The Go modules cannot be fetched: no network to the Go module proxy \(go env GOPROXY\)/);
      assertTidy([]);
    });
  });

  describe("after a set-up that was cut off", () => {
    test("is made anew where half of it lies, with a lock that nobody holds", async () => {
      go("1.25.11");
      const cache = at("cache", "pulumi");
      for (const half of [`v${VERSION}.tmp`, `v${VERSION}`]) script(join(cache, half, "bin", "pulumi"), "exit 1");
      writeFileSync(join(cache, `v${VERSION}.lock`), "99999999");
      const { code, text } = await ensure();
      assert.equal(code, 0, text);
      assertTidy();
    });

    test("is made once when two need it at the same time", async () => {
      go("1.25.11");
      const [first, second] = await Promise.all([ensure(), ensure()]);
      assert.deepEqual([first.code, second.code], [0, 0]);
      assert.equal(readFileSync(at("go-calls"), "utf8").trim().split("\n").length, 2);
      assertTidy();
    });
  });
});
