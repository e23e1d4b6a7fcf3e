// `uccerts connect`: from nothing to connections that work.
import { readFileSync } from "node:fs";
import { readCertificates } from "../domain/x509/bundle";
import type { Certificate } from "../domain/x509/certificate";
import type { VosNode } from "../sdk/topology";
import { block, changes, variablesOf } from "./connect/block";
import { Draft } from "./connect/draft";
import { HELP, type Options, optionsOf } from "./connect/options";
import { estateOf } from "./connect/program";
import { Pulumi } from "./connect/pulumi";
import { terminal } from "./connect/terminal";
import { Visit } from "./connect/visit";
import { Misuse } from "./misuse";

/** Progress and questions go to standard error: standard output holds the block alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function authoritiesIn(files: readonly string[]): Certificate[] {
  return files.flatMap((file) => {
    try {
      return readCertificates(readFileSync(file, "utf8"));
    } catch (error) {
      throw new Misuse(`--ca ${file}: ${(error as Error).message}`);
    }
  });
}

function trustAlso(draft: Draft, connection: string, roots: readonly Certificate[], why: string): void {
  for (const { subject, fingerprint } of roots) say(`${connection}: servers may be issued by ${subject} (${why})\n         SHA-256 ${fingerprint}`);
  draft.trustAuthorities(connection, roots);
}

/** The program's nodes: what it looks up while it runs must be connected before. */
async function fromProgram(visit: Visit, draft: Draft, pulumi: Pulumi, given: readonly string[]): Promise<string[]> {
  await visit.meet([], given);
  await visit.enrol(given);
  say("asking the program for its nodes (pulumi preview)");
  const { nodes, servers, authorities, roots } = estateOf(await pulumi.preview(draft.connections));
  const others = authorities.filter((name) => !given.includes(name));
  await visit.meet(nodes, others, servers);
  for (const [connection, certificates] of roots) trustAlso(draft, connection, certificates, "the program puts it into a trust store");
  await visit.enrol(others);
  await visit.enter(nodes, servers.flatMap(({ windows }) => windows ?? []));
  return [...new Set([...nodes, ...servers].map(({ connection }) => connection))];
}

/** The publisher's nodes, and the authorities that were named. */
async function fromPublisher(visit: Visit, draft: Draft, { publisher: fqdn = "", connection = fqdn.split(".")[0]! }: Options, given: readonly string[]): Promise<string[]> {
  if (!/^[\w-]+(\.[\w-]+)+$/.test(fqdn)) throw new Misuse(`"${fqdn}" is no fully qualified domain name: the nodes are named by it in a program`);
  const publisher: VosNode = { fqdn, connection, product: "CUCM", role: "publisher", release: "15", cluster: { name: connection, nodes: [] } };
  await visit.meet([publisher], given);
  const nodes = await visit.members(publisher);
  await visit.meet(nodes.filter((node) => node.fqdn !== fqdn), []);
  for (const chain of (await visit.enrol(given)).values()) trustAlso(draft, connection, chain.filter(({ selfSigned }) => selfSigned), "it is the root of the authority");
  await visit.enter(nodes);
  say(["", "The cluster in a program:", "", ...clusterText(connection, nodes), ""].join("\n"));
  return [connection];
}

function clusterText(name: string, nodes: readonly VosNode[]): string[] {
  const [, release = ""] = /^(\d+(?:\.[1-9]\d*)?)/.exec(nodes[0]?.release ?? "") ?? [];
  const rows = nodes.map(({ fqdn, product, role }) => `    { fqdn: "${fqdn}", product: "${product}", role: "${role}" },`);
  return [`  new Cluster("${name}", { release: "${release}", nodes: [`, ...rows, "  ] })"];
}

async function connect(options: Options): Promise<void> {
  const pulumi = new Pulumi(options.stack);
  const configuration = options.publisher === undefined || options.yes ? await pulumi.configuration() : {};
  const draft = new Draft(configuration, options);
  const [file, set] = [process.env.UCCERTS_CONNECTIONS, new Set(Object.keys(process.env))];
  // It is in the draft now, and would win over what is found.
  process.env.UCCERTS_CONNECTIONS = "";
  const visit = new Visit({ draft, trust: options.trust, terminal: terminal(), say });
  const given = Object.keys(options.authorities);
  const further = authoritiesIn(options.caFiles);
  const connections = options.publisher === undefined ? await fromProgram(visit, draft, pulumi, given) : await fromPublisher(visit, draft, options, given);
  for (const name of connections) trustAlso(draft, name, further, "--ca");

  process.stdout.write(block(draft.made));
  if (options.yes) {
    await pulumi.set(changes(draft.made, JSON.parse(configuration["uccerts:connections"] ?? "{}")));
    say(`Written into the configuration of ${options.stack ? `the stack ${options.stack}` : "the selected stack"}.`);
    if (file) say(`The file named by UCCERTS_CONNECTIONS (${file}) is read after it and wins, member by member.`);
  }
  const unset = variablesOf(draft.made).filter((name) => !set.has(name));
  if (unset.length > 0) say(`Set before a run: ${unset.join(", ")}.`);
}

/** `uccerts connect`. @returns the exit code */
export async function connectCommand(args: string[]): Promise<number> {
  try {
    const options = optionsOf(args);
    if (options.help) process.stdout.write(HELP);
    else await connect(options);
    return 0;
  } catch (error) {
    process.stderr.write(`uccerts connect: ${(error as Error).message}\n`);
    return error instanceof Misuse ? 2 : 1;
  }
}
