// Which certificate does every node serve now? By a real handshake with each.
import { parseArgs } from "node:util";
import { columns } from "../domain/columns";
import type { Certificate } from "../domain/x509/certificate";
import { Runtime } from "../provider/runtime";

const HELP = `Usage: uccerts served --lab <name>

Shows which certificate every node of a running lab serves on port 8443.
`;

interface Row {
  fqdn: string;
  certificate: Certificate | undefined;
}

async function look(runtime: Runtime): Promise<Row[]> {
  const { settings } = runtime;
  const hosts = settings.names.flatMap((connection) => {
    const { osAdministrator, reach = {} } = settings.connection(connection);
    return osAdministrator ? Object.keys(reach).map((fqdn) => ({ connection, fqdn })) : [];
  });
  return Promise.all(
    hosts.map(async ({ connection, fqdn }) => {
      const node = { fqdn, connection, product: "CUCM", role: "subscriber", release: "15", cluster: { name: connection, nodes: [] } } as const;
      const served = await runtime.vos({ ...node, cluster: { ...node.cluster, nodes: [] } }).served("RSA");
      return { fqdn, certificate: served?.certificate };
    }),
  );
}

function issuerName({ issuer }: Certificate): string {
  return /CN=([^,]+)/.exec(issuer)?.[1] ?? issuer;
}

function table(rows: readonly Row[]): string {
  const cells = rows.flatMap(({ fqdn, certificate }) => {
    if (!certificate) return [[fqdn, "nothing", "", "", ""]];
    const { commonName, serialNumber, notAfter, fingerprint, selfSigned } = certificate;
    return [
      [fqdn, commonName, selfSigned ? "itself" : issuerName(certificate), serialNumber, notAfter.toISOString().slice(0, 10)],
      ["", `SHA-256 ${fingerprint.replace(/:/g, "").toLowerCase()}`, "", "", ""],
    ];
  });
  const head = ["node", "subject", "issuer", "serial", "expiry"];
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
    process.stdout.write(`${table(await look(runtime))}\n`);
    return 0;
  } finally {
    await runtime.close();
  }
}
