// Two clusters and an SFTP server, for tests of Bulk Certificate Management, and the few commands that an exchange takes.
import { createSecureContext } from "node:tls";
import { Client, type ConnectConfig } from "ssh2";
import { connectionsOf, type EstateDescription, type Lab, type SftpConnection, startLab } from "../../../lab";
import { certificatesOf } from "../../../lab/pki/pkcs12";
import { describe, type Described } from "../../../lab/pki/read";
import { PASSPHRASE, PROMPTS } from "../../../lab/vos/bulk/words";
import type { SftpServer } from "../../../lab/sftp/server";
import type { VosNode } from "../../../lab/vos/node";
import { CliClient } from "./cli-client";
import { Sftp } from "./windows-client";

export const OLD_PUB = "CUCM1151PUB.example.com";
export const OLD_SUB = "CUCM1151SUB.example.com";
export const NEW_PUB = "cs-ccm-pub.example.com";
export const NEW_SUB = "cs-ccm-sub.example.com";
export const NEW_IMP = "cs-imp.example.com";
export const SERVER = "sftp.example.com";
export const DIRECTORY = "/exchange";

/** What lies in the directory when both clusters have exported. */
export const EXPORTED = [
  "CUCM1151PUB_capf.pkcs12", "CUCM1151PUB_tftp.pkcs12", "CUCM1151PUB_tomcat.pkcs12",
  "CUCM1151SUB_capf.pkcs12", "CUCM1151SUB_tftp.pkcs12", "CUCM1151SUB_tomcat.pkcs12",
  "cs-ccm-pub_ITLRecovery.pkcs12", "cs-ccm-pub_capf.pkcs12", "cs-ccm-pub_tftp.pkcs12", "cs-ccm-pub_tomcat.pkcs12",
  "cs-ccm-sub_tftp.pkcs12", "cs-ccm-sub_tomcat.pkcs12",
];

export const SFTP_SERVERS: EstateDescription["sftpServers"] = [{ name: "bulk", fqdn: SERVER, users: ["bulk", "other"], directories: [DIRECTORY] }];

/** A cluster of 11.5 and one of 15, with an IM and Presence node that takes no part. */
export function startClusters({ timing, ...more }: Partial<EstateDescription> = {}, old: Partial<EstateDescription["clusters"][number]> = {}): Promise<Lab> {
  return startLab({
    name: "bulk",
    clusters: [
      { name: "old", release: "11.5(1)", nodes: [{ fqdn: OLD_PUB, product: "CUCM", role: "publisher" }, { fqdn: OLD_SUB, product: "CUCM", role: "subscriber" }], ...old },
      { name: "new", nodes: [{ fqdn: NEW_PUB, product: "CUCM", role: "publisher" }, { fqdn: NEW_SUB, product: "CUCM", role: "subscriber" }, { fqdn: NEW_IMP, product: "IM and Presence", role: "publisher" }] },
    ],
    sftpServers: SFTP_SERVERS,
    timing: { replication: 1, cliStart: 0, ...timing },
    ...more,
  });
}

/** What is typed at the prompts of `set cert bulk sftp`. */
export type SftpAnswers = Partial<Record<keyof typeof PROMPTS, string>>;

export function answersFor(lab: Lab, answers: SftpAnswers = {}): Record<keyof typeof PROMPTS, string> {
  const { sftp } = connectionsOf(lab).bulk as SftpConnection;
  return { address: sftp.host, port: "", username: sftp.username, password: sftp.password, directory: sftp.directory, ...answers };
}

/** Types `set cert bulk sftp` and its answers; gives what is printed at the end. */
export async function configure(lab: Lab, node: VosNode, answers: SftpAnswers = {}): Promise<string> {
  const cli = await CliClient.open(node);
  try {
    cli.send("set cert bulk sftp\n");
    const given = answersFor(lab, answers);
    for (const [field, prompt] of Object.entries(PROMPTS)) {
      await cli.see(prompt);
      cli.send(`${given[field as keyof typeof PROMPTS]}\n`);
      await cli.see("\r\n");
    }
    return await cli.answer();
  } finally {
    cli.close();
  }
}

/** `set cert bulk …`, in a session of its own. */
export function bulk(lab: Lab, fqdn: string, command: string): Promise<string> {
  return CliClient.once(lab.node(fqdn), `set cert bulk ${command}`);
}

/** Both publishers know the directory, and have exported. */
export async function exportBoth(lab: Lab, unit = "all", tell: (fqdn: string) => unknown = (fqdn) => configure(lab, lab.node(fqdn))): Promise<void> {
  for (const fqdn of [OLD_PUB, NEW_PUB]) {
    await tell(fqdn);
    await bulk(lab, fqdn, `export ${unit}`);
  }
}

/** The whole exchange, replicated. `tell` lets a publisher know the directory. */
export async function exchange(lab: Lab, unit = "all", tell?: (fqdn: string) => unknown): Promise<void> {
  await exportBoth(lab, unit, tell);
  await bulk(lab, OLD_PUB, `consolidate ${unit}`);
  for (const fqdn of [NEW_PUB, OLD_PUB]) await bulk(lab, fqdn, `import ${unit}`);
  for (const cluster of lab.clusters) await cluster.settled();
}

/** What lies in the directory, without a client. */
export function lying(lab: Lab): string[] {
  return lab.sftpServer("bulk").userNamed().files.list(DIRECTORY);
}

export function fileOf(lab: Lab, name: string): Buffer {
  return lab.sftpServer("bulk").userNamed().files.read(`${DIRECTORY}/${name}`);
}

/** The certificates in a file of the directory. */
export function certificatesIn(lab: Lab, name: string): Described[] {
  return certificatesOf(fileOf(lab, name)).map((der) => describe(`-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----`));
}

/** The certificate that OpenSSL finds in a PKCS#12 file beside the private key that belongs to it, as DER. @throws when it cannot open it */
export function openedByOpenSsl(pfx: Buffer): Buffer {
  const opened = createSecureContext({ pfx, passphrase: PASSPHRASE }).context as { getCertificate(): Buffer };
  return opened.getCertificate();
}

/** What a node holds as its own for a purpose. */
export function own(lab: Lab, fqdn: string, purpose: string): Described {
  return lab.node(fqdn).store.identities.get(purpose)!.certificate;
}

export function holds(lab: Lab, fqdn: string, store: string, { parsed }: Described): boolean {
  return lab.node(fqdn).store.entries(store).some(({ certificate }) => certificate.parsed.fingerprint256 === parsed.fingerprint256);
}

/** One log-in at the SFTP server, as its first user. */
export function sftpLogIn(server: SftpServer, how: Partial<ConnectConfig> = {}): Promise<{ client: Client; sftp: Sftp }> {
  return sftpAt({ port: server.ports.ssh, ...server.userNamed().account.credential, ...how });
}

/** One log-in at any SFTP server of this machine. */
export async function sftpAt(how: ConnectConfig): Promise<{ client: Client; sftp: Sftp }> {
  const client = new Client();
  const ready = new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    client.on("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
  client.connect({ host: "127.0.0.1", ...how });
  client.setNoDelay(true);
  await ready;
  return { client, sftp: await new Promise<Sftp>((resolve, reject) => client.sftp((error, raw) => (error ? reject(error) : resolve(new Sftp(raw))))) };
}
