// Only on request: 20 entries of one store by Ansible's java_cert, and by our KeystoreEntries; twice each.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, startLab } from "../lab";
import { readJavaStore } from "../lab/windows/java-store";
import { DECADE, ownSigned } from "../tests/support/certificates";
import { entriesOf, only, short } from "../tests/support/exchange";
import type { TestStack } from "../tests/support/stack";
import { AW, ESTATE, hostOf, storeOf } from "../tests/support/windows-hosts";
import { type Ansible, installAnsible } from "./ansible-venv";
import { told, type Table } from "./report";
import { covered } from "./spans";
import { good, labStack } from "./stack";
import { storeWork } from "./store-work";

const ENTRIES = 20;
const AIM = 20;

/** Alias → PEM. */
type Entries = Record<string, string>;

/** Seconds of the run that changes the store, and of the one after it. */
interface Pair {
  apply: number;
  again: number;
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const begin = performance.now();
  const result = await work();
  return { seconds: (performance.now() - begin) / 1000, result };
}

async function newEntries(): Promise<Entries> {
  const names = Array.from({ length: ENTRIES }, (_, index) => `server-${index + 1}.example.net`);
  return Object.fromEntries(await Promise.all(names.map(async (fqdn) => [fqdn, (await ownSigned({ subject: `CN=${fqdn}`, names: [fqdn], validity: DECADE })).pem] as const)));
}

/** JSON is YAML. */
function playbookOf(folder: string, entries: Entries, store: object): string {
  mkdirSync(join(folder, "certificates"));
  const items = Object.entries(entries).map(([alias, pem]) => {
    const path = join(folder, "certificates", `${alias}.pem`);
    writeFileSync(path, pem);
    return { alias, path };
  });
  const task = { name: "entries", "community.general.java_cert": { cert_path: "{{ item.path }}", cert_alias: "{{ item.alias }}", state: "present", ...store }, loop: items, loop_control: { label: "{{ item.alias }}" } };
  return JSON.stringify([{ hosts: "localhost", connection: "local", gather_facts: false, tasks: [task] }]);
}

/** @throws unless the first run changes the store and the second one does not, and all entries are there afterwards */
async function theirs(lab: Lab, folder: string, installed: Ansible, entries: Entries): Promise<Pair> {
  const { jdk, storePassword, layout } = lab.host(AW);
  const [store, playbook] = [join(folder, "cacerts"), join(folder, "playbook.yml")];
  writeFileSync(store, storeOf(lab, AW));
  writeFileSync(playbook, playbookOf(folder, entries, { keystore_path: store, keystore_pass: storePassword, keystore_type: layout.store.type, executable: jdk.keytool }));
  const apply = await timed(() => installed.play(playbook));
  const again = await timed(() => installed.play(playbook));
  const aliases = readJavaStore(readFileSync(store), storePassword).map(({ alias }) => alias);
  const as = (changed: number, said: string) => new RegExp(`^localhost\\s.*changed=${changed}\\s.*failed=0`, "m").test(said);
  if (!as(1, apply.result) || !as(0, again.result) || !Object.keys(entries).every((alias) => aliases.includes(alias))) throw new Error(`bench ansible: it did not do what was expected:\n${apply.result}\n${again.result}`);
  return { apply: apply.seconds, again: again.seconds };
}

async function ours(lab: Lab, stack: TestStack, entries: Entries): Promise<Pair & { work: number }> {
  const mark = lab.history.mark();
  const apply = await timed(() => good(stack.up()));
  const work = covered(storeWork(lab.history.since(mark))) / 1000;
  const again = await timed(() => good(stack.up()));
  const held = entriesOf(lab, short(AW));
  if (!Object.keys(entries).every((alias) => held.has(alias))) throw new Error("bench ansible: our run has not put all entries into the store");
  return { apply: apply.seconds, again: again.seconds, work };
}

function tableOf({ version }: Ansible, them: Pair, us: Pair & { work: number }): Table {
  const times = (one: number, other: number) => `${(one / other).toFixed(1)} (${one.toFixed(1)} s, ${other.toFixed(1)} s); aim: ${AIM}`;
  return {
    title: `${ENTRIES} entries of one store: java_cert of Ansible, and KeystoreEntries`,
    rows: [
      told("Ansible", version),
      told("apply: its time by that of pulumi up", times(them.apply, us.apply)),
      told("no change: its time by that of pulumi up", times(them.again, us.again)),
      told("apply: its time by that of our work on the store, without Pulumi's own", `${(them.apply / us.work).toFixed(0)} (${us.work.toFixed(1)} s)`),
    ],
  };
}

export async function ansible(): Promise<Table[]> {
  const folder = mkdtempSync(join(tmpdir(), "uccerts-ansible-"));
  let lab: Lab | undefined, stack: TestStack | undefined;
  try {
    const installed = await installAnsible(folder);
    const entries = await newEntries();
    const own = (lab = await startLab(only(ESTATE, short(AW))));
    await own.host(AW).ready();
    const them = await theirs(own, folder, installed, entries);
    const declared = JSON.stringify({ host: hostOf(own, AW), store: "truststore", entries });
    const started = (stack = await labStack(own, `new uccerts.KeystoreEntries("store", ${declared});`));
    return [tableOf(installed, them, await ours(own, started, entries))];
  } finally {
    stack?.dispose();
    await lab?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
