// What is done at first contact, in its order: look, show, have it accepted, log in.
import { sortChain } from "../../domain/x509/chain";
import { nodesOf } from "../../domain/members";
import type { Certificate } from "../../domain/x509/certificate";
import { sentence } from "../../provider/errors";
import type { VosNode } from "../../sdk/topology";
import { Misuse } from "../misuse";
import type { WindowsHost } from "../../sdk/windows-host";
import { type Host, hostOf, logInToCluster, logInToHosts, look, type Shown } from "./contact";
import type { LookedAt } from "./program";
import { complete } from "./credentials";
import type { Draft } from "./draft";
import { ask, type Terminal } from "./terminal";

export interface VisitParts {
  draft: Draft;
  /** Whether what is shown is accepted without a question. */
  trust: boolean;
  terminal: Terminal | undefined;
  say: (line: string) => void;
}

export class Visit {
  constructor(private readonly parts: VisitParts) {}

  /** Looks at everything at once; afterwards every server is pinned, or nothing is. @throws naming every port that does not answer */
  async meet(nodes: readonly VosNode[], authorities: readonly string[], servers: readonly LookedAt[] = []): Promise<void> {
    const { draft, say } = this.parts;
    const hosts: Host[] = [...nodes.map(hostOf), ...authorities.map((connection) => ({ connection, fqdn: draft.serverOf(connection) })), ...servers];
    if (hosts.length === 0) return;
    for (const { connection, fqdn } of hosts) draft.reach(connection, fqdn);
    say(`looking at ${hosts.length === 1 ? "one host" : `${hosts.length} hosts at once`}; nothing is sent to them`);
    const { shown, silent } = await look(draft, hosts);
    shown.filter(({ certificates, hostKey }) => certificates.length > 0 || hostKey).forEach((one) => this.show(one));
    if (silent.length > 0) throw new Error([`not every server answers; no log-in was tried:`, ...silent.map((line) => `  - ${line}`), "Correct the names, say where a host is reached (--reach), or open their ports for this machine (22, 443 and 8443 of a node, 22 of a Windows host and those that are looked at)"].join("\n"));
    const unknown = shown.filter(({ known }) => !known);
    if (unknown.length > 0) await this.accept(unknown.length);
    for (const one of unknown) draft.pin(one.connection, one);
  }

  /** Each authority's log-in once. @returns its chain, root first, by connection */
  async enrol(authorities: readonly string[]): Promise<Map<string, Certificate[]>> {
    const { draft, terminal, say } = this.parts;
    await complete(draft, authorities.map((connection) => ({ connection, kind: "certsrv" }) as const), terminal);
    const runtime = draft.runtime(say);
    try {
      const chains = await Promise.allSettled(authorities.map(async (name) => [name, sortChain(await runtime.authority(name).chain()).authorities] as const));
      this.refuse(chains.flatMap((one) => (one.status === "rejected" ? [runtime.redact(sentence(one.reason))] : [])));
      authorities.forEach((name) => say(`  ${draft.serverOf(name)}: logged in to web enrolment`));
      return new Map(chains.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
    } finally {
      await runtime.close();
    }
  }

  /** Each log-in of the nodes' clusters, each once per account and node. */
  async enter(nodes: readonly VosNode[], hosts: readonly WindowsHost[] = []): Promise<void> {
    const { draft, say, terminal } = this.parts;
    const names = [...new Set(nodes.map(({ connection }) => connection))];
    const ofHosts = [...new Set(hosts.map(({ connection }) => connection))];
    await this.logins(names);
    // A private key is not asked for: it is configured, or there is none.
    await complete(draft, ofHosts.filter((name) => !draft.of(name).windows?.privateKey).map((connection) => ({ connection, kind: "windows" }) as const), terminal);
    say("logging in, once with each account on each node");
    const runtime = draft.runtime(say);
    try {
      const clusters = names.map((name) => logInToCluster(runtime, nodes.filter(({ connection }) => connection === name), say));
      const refused = await Promise.all([...clusters, ...ofHosts.map((name) => logInToHosts(runtime, hosts.filter(({ connection }) => connection === name), say))]);
      this.refuse(refused.flat().map((line) => runtime.redact(line)));
    } finally {
      await runtime.close();
    }
  }

  /** The nodes of a cluster as its publisher lists them. */
  async members(publisher: VosNode): Promise<VosNode[]> {
    const { draft, say } = this.parts;
    await this.logins([publisher.connection]);
    const release = await this.ask(publisher, async (runtime) => (await runtime.vos(publisher).system()).version);
    const found = await this.ask({ ...publisher, release }, (runtime) => runtime.vos({ ...publisher, release }).members());
    const names = nodesOf(found, publisher.fqdn.split(".").slice(1).join("."));
    say(`${publisher.fqdn}: release ${release}, ${names.length} nodes`);
    for (const { fqdn } of names) draft.reach(publisher.connection, fqdn);
    return names.map((name) => ({ ...publisher, ...name, release, cluster: { name: publisher.cluster.name, nodes: names } }));
  }

  private async ask<T>(node: VosNode, work: (runtime: ReturnType<Draft["runtime"]>) => Promise<T>): Promise<T> {
    const runtime = this.parts.draft.runtime(this.parts.say);
    try {
      return await work(runtime);
    } catch (error) {
      throw new Error(refusal([runtime.redact(sentence(error))]));
    } finally {
      await runtime.close();
    }
  }

  private logins(names: readonly string[]): Promise<void> {
    const wanted = names.flatMap((connection) => [{ connection, kind: "osAdministrator" } as const, { connection, kind: "applicationUser" } as const]);
    return complete(this.parts.draft, wanted, this.parts.terminal);
  }

  private show({ fqdn, certificates, hostKey, known }: Shown): void {
    const { say } = this.parts;
    say(`  ${fqdn}${known ? " (accepted already)" : ""}`);
    for (const { subject, issuer, selfSigned, notAfter, fingerprint } of certificates) {
      say(`    TLS  ${subject}, issued by ${selfSigned ? "itself" : issuer}, until ${notAfter.toISOString().slice(0, 10)}`);
      say(`         SHA-256 ${fingerprint}`);
    }
    if (hostKey) say(`    SSH  ${hostKey}`);
  }

  private async accept(count: number): Promise<void> {
    const { trust, terminal } = this.parts;
    if (trust) return;
    const where = "OS Administration > Certificate Management, and ssh-keygen -l on the console";
    if (!terminal) throw new Misuse(`the fingerprints of ${count === 1 ? "one server" : `${count} servers`} are new, and nobody can be asked here: compare them with the servers' own (${where}), then add --trust. No credential was sent`);
    const answer = await ask(terminal, `Compare the fingerprints with the servers' own (${where}). Are these the right servers? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error("the servers were not accepted; no credential was sent");
  }

  private refuse(refused: readonly string[]): void {
    if (refused.length > 0) throw new Error(refusal(refused));
  }
}

function refusal(refused: readonly string[]): string {
  return ["not every log-in is right:", ...refused.map((line) => `  - ${line}`), "Nothing was written. Three wrong log-ins lock an OS account: correct them before you try again"].join("\n");
}
