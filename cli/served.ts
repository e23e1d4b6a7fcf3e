// Which certificate does every server serve now? By a real handshake with each port.
import { parseArgs } from "node:util";
import { columns } from "../domain/columns";
import type { Certificate } from "../domain/x509/certificate";
import { PlatformError } from "../provider/errors";
import { Runtime } from "../provider/runtime";

const HELP = `Usage: uccerts served --lab <name>

Shows which certificate every server of a running lab serves: nodes on port 8443, Windows hosts on 443 (IIS), 7890 (DFP) and 8111 (WSM).
`;

interface Place {
  connection: string;
  fqdn: string;
  port: number;
}

interface Row extends Place {
  certificate?: Certificate;
  /** Why there is none. */
  trouble?: string;
}

const NODE_PORT = 8443;
/** Of Windows hosts, with what listens there. */
const HOST_PORTS: Readonly<Record<number, string>> = { 443: "IIS", 7890: "DFP", 8111: "WSM" };

function places({ settings }: Runtime): Place[] {
  return settings.names.flatMap((connection) => {
    const { osAdministrator, windows, reach = {} } = settings.connection(connection);
    if (osAdministrator) return Object.keys(reach).map((fqdn) => ({ connection, fqdn, port: NODE_PORT }));
    // It reaches 8443 of VOS nodes too, which their own connections show.
    const hosts = windows ? Object.entries(reach) : [];
    return hosts.flatMap(([fqdn, { ports = {} }]) => Object.keys(HOST_PORTS).map(Number).filter((port) => port in ports).map((port) => ({ connection, fqdn, port })));
  });
}

/** A server that does not answer is a line of the table, too. */
async function look(runtime: Runtime, place: Place): Promise<Row> {
  try {
    return { ...place, certificate: (await runtime.context().served(place, place.port, "RSA"))?.certificate };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { ...place, trouble: error.failed.answer };
  }
}

function issuerName({ issuer }: Certificate): string {
  return /CN=([^,]+)/.exec(issuer)?.[1] ?? issuer;
}

function portText(port: number): string {
  return HOST_PORTS[port] ? `${port} ${HOST_PORTS[port]}` : String(port);
}

function table(rows: readonly Row[]): string {
  const cells = rows.flatMap(({ fqdn, port, certificate, trouble }) => {
    if (!certificate) return [[fqdn, portText(port), `nothing${trouble ? ` (${trouble})` : ""}`, "", "", ""]];
    const { commonName, serialNumber, notAfter, fingerprint, selfSigned } = certificate;
    return [
      [fqdn, portText(port), commonName, selfSigned ? "itself" : issuerName(certificate), serialNumber, notAfter.toISOString().slice(0, 10)],
      ["", `SHA-256 ${fingerprint.replace(/:/g, "").toLowerCase()}`, "", "", "", ""],
    ];
  });
  const head = ["server", "port", "subject", "issuer", "serial", "expiry"];
  // The fingerprint runs over the columns behind it: it does not count for their width.
  const text = columns([head, ...cells.map((row) => (row[0] === "" ? row.map(() => "") : row))]).split("\n");
  return [text[0], ...cells.map((row, index) => (row[0] === "" ? `  ${row[1]}` : text[index + 1]))].join("\n");
}

/** `uccerts served`. @returns the exit code */
export async function servedCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { lab: { type: "string" }, help: { type: "boolean", short: "h" } } });
  if (values.help || !values.lab) {
    (values.help ? process.stdout : process.stderr).write(HELP);
    return values.help ? 0 : 2;
  }
  const { lab } = values;
  const runtime = new Runtime();
  runtime.configure((key) => (key === "uccerts:lab" ? lab : undefined));
  try {
    process.stdout.write(`${table(await Promise.all(places(runtime).map((place) => look(runtime, place))))}\n`);
    return 0;
  } finally {
    await runtime.close();
  }
}
