import { parseArgs } from "node:util";
import { columns } from "../domain/columns";
import { connectionsOf } from "../lab/connections";
import { ESTATE_A1, type EstateDescription } from "../lab/estate";
import { EstateMistakes, type LabFile, readEstate, refuseSecondLab, removeLabFile, writeLabFile } from "../lab/file";
import { Lab } from "../lab/lab";
import { type Management, startManagement } from "../lab/management";
import { Misuse } from "./misuse";

const HELP = `Usage: uccerts lab [estate.yaml] [--json]

Starts an emulated estate: real servers on free ports of 127.0.0.1, made-up devices behind them.
Without a file: one CUCM publisher, one subscriber, one IM and Presence node and an AD CS.
It forgets everything when it is stopped (Ctrl-C).

  --json    print one line of JSON when it is ready, instead of the table
  --help    this text
`;

interface Options {
  estate?: string;
  json: boolean;
  help: boolean;
}

function optionsOf(args: string[]): Options {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
    if (positionals.length > 1) throw new Error(`one estate at most, not ${positionals.length}`);
    return { estate: positionals[0], json: values.json ?? false, help: values.help ?? false };
  } catch (error) {
    // Node's own words go on with advice that fits other commands.
    throw new Misuse((error as Error).message.split(". To ")[0]);
  }
}

function estateOf(file: string | undefined): EstateDescription {
  if (file === undefined) return ESTATE_A1;
  try {
    return readEstate(file);
  } catch (error) {
    if (error instanceof EstateMistakes) throw new Misuse(`the estate cannot be started:\n${error.message}`);
    throw new Misuse(`the estate cannot be read: ${(error as Error).message}`);
  }
}

function nodeTable(lab: Lab): string {
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes);
  const port = (number: number) => (number > 0 ? String(number) : "-");
  return columns([
    ["node", "product", "role", "8443", "443", "SSH", "6970", "2445"],
    ...nodes.map(({ fqdn, product, description: { role }, ports }) => [fqdn, product, role, port(ports.https8443), port(ports.https443), port(ports.ssh), port(ports.tftp), port(ports.tvs)]),
  ]);
}

function hostTable(lab: Lab): string[] {
  const hosts = lab.contactCenters.flatMap((contactCenter) => contactCenter.hosts);
  const port = (number: number) => (number > 0 ? String(number) : "-");
  const rows = hosts.map(({ fqdn, product, release, ports }) => [fqdn, product, release, port(ports.https443), port(ports.https7890), port(ports.https8111), port(ports.ssh)]);
  return rows.length > 0 ? ["", columns([["Windows host", "product", "release", "443", "7890", "8111", "SSH"], ...rows])] : [];
}

/** What a person reads when the lab is ready. */
function report(lab: Lab, management: Management, path: string): string {
  const { name } = lab.description;
  const authorities = lab.authorities.map(({ fqdn, url }) => [fqdn, url]);
  const servers = lab.sftpServers.map(({ fqdn, ports }) => [fqdn, String(ports.ssh)]);
  return [
    `Lab "${name}" on 127.0.0.1`,
    "",
    nodeTable(lab),
    ...hostTable(lab),
    ...(authorities.length > 0 ? ["", columns([["authority", "web enrolment"], ...authorities])] : []),
    ...(servers.length > 0 ? ["", columns([["SFTP server", "SSH"], ...servers])] : []),
    "",
    `lab file     ${path} (connections, management token)`,
    `management   ${management.url}`,
    "",
    "In the stack configuration of a program:",
    "",
    `  uccerts:lab: ${name}`,
    "",
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

function readyLine(lab: Lab, management: Management, path: string): string {
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes.map(({ fqdn, ports }) => ({ fqdn, ports })));
  const hosts = lab.contactCenters.flatMap((contactCenter) => contactCenter.hosts.map(({ fqdn, ports }) => ({ fqdn, ports })));
  const authorities = lab.authorities.map(({ name, fqdn, url }) => ({ name, fqdn, url }));
  const sftpServers = lab.sftpServers.map(({ name, fqdn, ports }) => ({ name, fqdn, ports }));
  return `${JSON.stringify({ name: lab.description.name, pid: process.pid, file: path, management: management.url, nodes, hosts, authorities, sftpServers })}\n`;
}

/** A promise for the wish to stop; it is there from the beginning so that a stop during the start is not lost. */
function stopSignal(): { wanted: Promise<void>; forget(): void } {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let stop = () => {};
  const wanted = new Promise<void>((resolve) => (stop = resolve));
  for (const signal of signals) process.on(signal, stop);
  return { wanted, forget: () => signals.forEach((signal) => process.off(signal, stop)) };
}

async function serve(lab: Lab, json: boolean, wanted: Promise<void>): Promise<void> {
  const { name } = lab.description;
  await lab.start();
  const management = await startManagement(lab);
  const { url, token } = management;
  const content: LabFile = { pid: process.pid, name, started: new Date().toISOString(), management: { url, token }, connections: connectionsOf(lab) };
  try {
    const path = writeLabFile(content);
    process.stdout.write(json ? readyLine(lab, management, path) : report(lab, management, path));
    await wanted;
  } finally {
    removeLabFile(content);
    await management.stop();
  }
}

/** `uccerts lab`: runs until it is stopped; the exit code. */
export async function labCommand(args: string[]): Promise<number> {
  const signal = stopSignal();
  try {
    const options = optionsOf(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const estate = estateOf(options.estate);
    refuseSecondLab(estate.name);
    const lab = new Lab(estate);
    try {
      await serve(lab, options.json, signal.wanted);
    } finally {
      await lab.stop();
    }
    return 0;
  } catch (error) {
    process.stderr.write(`uccerts lab: ${(error as Error).message}\n`);
    return error instanceof Misuse ? 2 : 1;
  } finally {
    signal.forget();
  }
}
