// Builds the Pulumi engine and its Node host from the Go modules pinned in tools/pulumi.
"use strict";
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const { root } = require("./folders");
const { run, say } = require("./run");

/** From 1.21 on Go fetches the newer toolchain that a module asks for by itself. */
const OLDEST_GO = [1, 21];
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

const PROGRAMS = [
  { name: "engine", program: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", usually: "2 to 4 minutes" },
  { name: "host", program: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs", usually: "20 to 60 s", version: "3.66.0" },
];

const HELP = `Install Go 1.25.11 or later (https://go.dev/dl), or the Pulumi CLI itself (https://www.pulumi.com/docs/install), and run this again.`;

function requireGo() {
  let text;
  try {
    text = execFileSync("go", ["version"], { stdio: ["ignore", "pipe", "ignore"] }).toString();
  } catch {
    throw new Error(`The Pulumi CLI is missing, its installer cannot be reached, and there is no Go to build it with. ${HELP}`);
  }
  const [major, minor] = /go(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [0, 0];
  if (major < OLDEST_GO[0] || (major === OLDEST_GO[0] && minor < OLDEST_GO[1]))
    throw new Error(`The Pulumi CLI has to be built and this Go is too old (${text.trim()}). ${HELP}`);
}

function explain(error) {
  if (/requires go >= |GOTOOLCHAIN=local|toolchain not available/.test(error.message)) return new Error(`This Go is too old and may not fetch a newer one by itself. ${HELP}\n${error.message}`);
  if (/dial tcp|no such host|connection refused|i\/o timeout|proxyconnect/.test(error.message))
    return new Error(`The Go modules cannot be fetched: no network to the Go module proxy (go env GOPROXY). ${error.message}`);
  return error;
}

/** Builds both programs into `bin`. Safe to interrupt: Go's own caches keep what is done. */
async function build(version, bin) {
  requireGo();
  for (const { name, program, usually, version: own } of PROGRAMS) {
    say(`building the Pulumi ${name} from its Go module (usually ${usually}, once)`);
    const flags = `-s -w -X ${VERSION_VARIABLE}=v${own ?? version}`;
    const args = ["build", "-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", flags, "-o", path.join(bin, path.basename(program)), program];
    await run(`building the Pulumi ${name}`, "go", args, { cwd: path.join(root, "tools", "pulumi", name), env: { ...process.env, CGO_ENABLED: "0" } }).catch((error) => {
      throw explain(error);
    });
  }
}

module.exports = { build };
