// A restart that is proved: the service is up, the node serves what it must, its page answers, and all that ran before runs again.
import type { ServiceReading } from "../../../domain/readings";
import { R50_REPEATS } from "../../../domain/rules/restarts";
import { notInList } from "../../../domain/trust-list/ctl";
import type { ServiceRestartInputs } from "../../../sdk/service-restart";
import type { Context, Host, Node } from "../../context";
import { clusterNodes, servicesOf } from "./reading";
import { IncompleteError, sentence } from "../../errors";
import { pollWithProgress } from "./waiting";
import { type Found, written } from "./writing";

/** The restart of a service of a VOS node. */
export type NodeRestart = ServiceRestartInputs & { node: Node };

/** Whether something runs on a VOS node, and not on a Windows host. */
export function isNode(node: Node | Host): node is Node {
  return "cluster" in node;
}

/** Services whose restart takes the node's web applications away. */
const WEB = ["Cisco Tomcat", "Cisco HAProxy"];

const LOGS = "Look at the logs Cisco Tomcat, Cisco Unified OS Platform API and IPT Platform CertMgr (RTMT, or: file view activelog)";

/** What is not yet as it must be, one sentence each; none when everything is. */
type Missing = string[];

/** Of the services that ran before, those that do not run again; one that was deactivated since is not missed. */
async function down(context: Context, { node }: NodeRestart, name: string, ranBefore: readonly string[]): Promise<Missing> {
  const services = await servicesOf(node, context);
  return ranBefore.flatMap((one) => {
    const seen = services.find((service) => service.name === one);
    if (seen?.state === "Started" || (one !== name && seen?.reason === "Service Not Activated")) return [];
    return [`${one} is ${seen?.state.toUpperCase() ?? "gone"}${one === name ? "" : ", it ran before"}`];
  });
}

/** The product's page and the certificate REST answer. */
async function webMissing(context: Context, { node }: NodeRestart): Promise<Missing> {
  const vos = context.vos(node);
  const status = await vos.pageStatus();
  if (status !== 200 && status !== 302) return [`the product's page answers ${status}`];
  await vos.trustEntries("tomcat-trust");
  return [];
}

type Expected = NonNullable<NodeRestart["expects"]>[number];

/** What port 8443 serves instead of what is expected; what is only stored need not be served. */
async function servedMissing(context: Context, { node }: NodeRestart, { keyType, fingerprint: wanted, status }: Expected): Promise<Look> {
  const served = await context.vos(node).served(keyType);
  if (!served) return { missing: status === "stored" ? [] : [`port 8443 serves no ${keyType} certificate`], fingerprint: "" };
  const { fingerprint, serialNumber, issuer } = served.certificate;
  if (fingerprint === wanted) return { missing: [], fingerprint };
  return { stale: true, missing: [`port 8443 serves serial number ${serialNumber}, issued by ${issuer}, instead of the new certificate`], fingerprint };
}

async function servesExpected(context: Context, inputs: NodeRestart): Promise<boolean> {
  const served = await Promise.all((inputs.expects ?? []).map((expected) => servedMissing(context, inputs, expected)));
  return served.every(({ missing }) => missing.length === 0);
}

interface Look {
  missing: Missing;
  fingerprint: string;
  /** All else is as it must be, and port 8443 serves another certificate than it must. */
  stale?: boolean;
}

/** What the CTL file that Cisco Tftp gives to phones lacks. */
async function ctlMissing(context: Context, { node, expectsInCtl = [] }: NodeRestart): Promise<Missing> {
  if (expectsInCtl.length === 0) return [];
  const served = await context.vos(node).trustFiles.served("CTL");
  if (!served) return ["Cisco Tftp serves no CTL file"];
  return notInList(served.records, expectsInCtl).map((serial) => `the CTL file that Cisco Tftp serves lacks serial number ${serial}`);
}

/** One look at everything; what cannot be read is missing. */
async function look(context: Context, inputs: NodeRestart, name: string, ranBefore: readonly string[]): Promise<Look> {
  try {
    const services = await down(context, inputs, name, ranBefore);
    const page = WEB.includes(name) ? await webMissing(context, inputs) : [];
    // Once, at last: what a service serves while it comes up says nothing.
    if (services.length + page.length > 0) return { missing: [...page, ...services], fingerprint: "" };
    const lists = await ctlMissing(context, inputs);
    const served = await Promise.all((inputs.expects ?? []).map((expected) => servedMissing(context, inputs, expected)));
    return { missing: [...lists, ...served.flatMap(({ missing }) => missing)], fingerprint: served[0]?.fingerprint ?? "", stale: served.some(({ stale }) => stale) };
  } catch (error) {
    return { missing: [sentence(error)], fingerprint: "" };
  }
}

/** What is known of a service just before it is restarted. */
export interface Before {
  service: ServiceReading | undefined;
  /** Our own time of that reading, milliseconds. */
  at: number;
  /** Port 8443 served an old certificate: another one proves the restart, also of a service that came up just before. */
  stale?: boolean;
}

/** Uptimes are whole seconds, and an answer takes its time: two moments that lie closer are one. */
const SAME_MOMENT_MS = 2_500;

/** When the service came up, on our own clock; undefined when the node does not say. */
function since({ service, at }: Before): number | undefined {
  return service?.upSeconds === undefined ? undefined : at - service.upSeconds * 1000;
}

/** What became of a restart whose answer was lost. What is down then is restarted again. */
async function restarted(context: Context, inputs: NodeRestart, name: string, before: Before): Promise<Found<void>> {
  const service = (await servicesOf(inputs.node, context)).find((one) => one.name === name);
  if (service?.state === "Starting" || service?.state === "Stopping") return "under way";
  if (service?.state !== "Started") return "nothing";
  if (before.stale && (await servesExpected(context, inputs))) return { done: undefined };
  const [up, wasUp] = [since({ service, at: Date.now() }), since(before)];
  // Only Control Center tells the uptime; it comes back with Cisco Tomcat.
  if (up === undefined) return "under way";
  return wasUp === undefined || up - wasUp > SAME_MOMENT_MS ? { done: undefined } : "nothing";
}

async function restartOnce(context: Context, inputs: NodeRestart, name: string, before: Before): Promise<void> {
  const { node } = inputs;
  const what = `${node.fqdn}: restart ${name}`;
  let last = "";
  const watch = (state: string) => {
    if (state !== last) context.say(`${node.fqdn}: ${name} ${state}`);
    last = state;
  };
  context.say(what);
  const writing = { what, send: () => context.vos(node).restartService(name, watch), look: () => restarted(context, inputs, name, before), limit: limitOf(name, context) };
  await written<void>(writing, context);
}

/** Milliseconds until a service must be as it must be. */
function limitOf(name: string, { timing }: Context): number {
  return WEB.includes(name) ? timing.webReady : timing.serviceRestart;
}

/** The platform's own message asks for one repetition when Tomcat did not come up (R50). */
async function repeatWhileDown(context: Context, inputs: NodeRestart, name: string): Promise<void> {
  for (let repeat = 0; repeat < R50_REPEATS; repeat++) {
    const services = await servicesOf(inputs.node, context).catch(() => []);
    const service = services.find((one) => one.name === name);
    if (service?.state !== "Stopped") return;
    context.say(`${inputs.node.fqdn}: ${name} did not come up; once more (R50)`);
    await restartOnce(context, inputs, name, { service, at: Date.now() });
  }
}

/** What each node of the cluster shows on port 8443 now, one line. */
async function servedEverywhere(context: Context, { node, expects }: NodeRestart): Promise<string[]> {
  if (!expects?.length) return [];
  const [{ keyType, fingerprint }] = expects as [Expected];
  const seen = clusterNodes(node, context).map(async (one) => {
    try {
      const served = await context.vos(one).served(keyType);
      return `${one.fqdn} ${served ? `${served.certificate.fingerprint === fingerprint ? "the new certificate" : "another one"} (serial number ${served.certificate.serialNumber})` : `no ${keyType} certificate`}`;
    } catch (error) {
      return `${one.fqdn} nothing (${sentence(error)})`;
    }
  });
  return [`Port 8443 serves now: ${(await Promise.all(seen)).join("; ")}.`];
}

/** A restart whose outcome is not proved, as the state keeps it. */
export interface Restarting {
  ranBefore: readonly string[];
}

const FRONT = "Cisco HAProxy";

/** Cisco HAProxy stands before Cisco Tomcat and can come up with the certificate that it had: then it alone is restarted. */
async function restartFront(inputs: NodeRestart, { ranBefore }: Restarting, context: Context): Promise<void> {
  if (!ranBefore.includes(FRONT)) return;
  context.say(`${inputs.node.fqdn}: Cisco Tomcat is up, and port 8443 still serves the old certificate; ${FRONT} alone is restarted, once`);
  const service = (await servicesOf(inputs.node, context)).find(({ name }) => name === FRONT);
  await restartOnce(context, inputs, FRONT, { service, at: Date.now(), stale: true });
  await repeatWhileDown(context, inputs, FRONT);
}

/** Looks at everything; where only the front is left behind, it is restarted once, when it was seen so twice. */
function looker(inputs: NodeRestart, name: string, state: Restarting, context: Context): () => Promise<Look> {
  let stale = 0;
  return async () => {
    const seen = await look(context, inputs, name, state.ranBefore);
    stale += seen.stale ? 1 : 0;
    if (!seen.stale || stale !== 2 || name !== "Cisco Tomcat") return seen;
    try {
      await restartFront(inputs, state, context);
    } catch (error) {
      return { missing: [...seen.missing, sentence(error)], fingerprint: "" };
    }
    return seen;
  };
}

/**
 * Waits until everything is as it must be after a restart.
 * @returns the fingerprint that port 8443 serves
 * @throws IncompleteError naming what is missing; nothing after it is restarted
 */
export async function verify(inputs: NodeRestart, name: string, state: Restarting, context: Context): Promise<string> {
  let seen: Look = { missing: [], fingerprint: "" };
  const looking = looker(inputs, name, state, context);
  const good = await pollWithProgress(context, {
    what: () => `${inputs.node.fqdn}: waiting after the restart of ${name}: ${seen.missing.join("; ")}`,
    limit: limitOf(name, context),
    look: async () => ((seen = await looking()).missing.length === 0 ? seen : undefined),
  });
  if (good) {
    context.say(`${inputs.node.fqdn}: ${name} is up${good.fingerprint ? ", the new certificate is served" : ""}`);
    return good.fingerprint;
  }
  throw new IncompleteError(state, [
    `${inputs.node.fqdn}: ${name} was restarted and is not as it must be: ${seen.missing.join("; ")}. Nothing further was restarted.`,
    ...(inputs.notice ? [`Until it is, users of this node miss: ${inputs.notice}.`] : []),
    ...(await servedEverywhere(context, inputs)),
    `${LOGS}. The next "pulumi up" looks again, and restarts it only if it is still needed.`,
  ]);
}

/** Restarts a service and verifies it. */
export async function restartAndVerify(inputs: NodeRestart, name: string, { state, before }: { state: Restarting; before: Before }, context: Context): Promise<string> {
  try {
    await restartOnce(context, inputs, name, before);
    await repeatWhileDown(context, inputs, name);
  } catch (error) {
    throw new IncompleteError(state, [`${sentence(error)}. How far the restart of ${name} came is not known; nothing further was restarted.`, `The next "pulumi up" looks at the service first, and restarts it only if that is still needed.`], error);
  }
  return verify(inputs, name, state, context);
}
