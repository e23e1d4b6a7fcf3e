import { Refusal } from "../../refusal";
import type { Service, ServiceState } from "../../services";
import type { Call, Command } from "../command";

const CAUTION = " Don't press Ctrl-c while the service is getting RESTARTED.If Service has not Restarted Properly, execute the same Command Again";
const RUNNING = "Service Manager is running";
const MOST_WORDS = 12;

function line({ name, state, reason }: Service): string {
  return `${name}[${state}]${reason ? `  ${reason}` : ""}`;
}

/** Those that are not activated come last. */
function list({ node }: Call): string[] {
  const all = node.services.list();
  const ordered = [...all.filter(({ activated }) => activated), ...all.filter(({ activated }) => !activated)];
  return ["Requesting service status, please wait...", RUNNING, "Getting list of all services", ">> Return code = 0", ...ordered.map(line), `Primary Node =${node.publisher}`];
}

function named({ node, words }: Call): Service {
  const service = node.services.get(words.join(" "));
  if (!service) throw new Refusal("No such service");
  return service;
}

/** As the platform does, which looks again and again: every state is seen more than once. */
function watcher({ terminal }: Call, { name }: Service): (state: ServiceState) => void {
  return (state) => [1, 2].forEach(() => terminal.say(`${name}[${state}]  `));
}

/** A command on a service that must be activated. `work` says what it does; then the state is printed if it is not the one to expect. */
function control(expected: ServiceState, work: (call: Call, service: Service) => Promise<void>, caution?: string) {
  return async (call: Call): Promise<string[]> => {
    const service = named(call);
    if (caution) call.terminal.say(caution);
    call.terminal.say(RUNNING);
    if (!service.activated) throw new Refusal(line(service));
    if (service.state === expected && !caution) return [line(service)];
    await work(call, service);
    call.lost.throwIfAborted();
    return expected === "STARTED" && service.state === "STARTED" ? [] : [line(service)];
  };
}

const start = control("STARTED", (call, service) => call.node.services.start(service.name, watcher(call, service)));

const stop = control("STOPPED", (call, service) => call.node.services.stop(service.name, watcher(call, service)));

const restart = control(
  "STARTED",
  (call, service) => {
    const { services, switches } = call.node;
    return services.restart(service.name, watcher(call, service), switches.restartSurvivesLostSession ? undefined : call.lost);
  },
  CAUTION,
);

/** Only feature services are activated and deactivated. */
function feature(call: Call): Service {
  const service = named(call);
  if (service.kind !== "feature") throw new Refusal("Operation not supported");
  return service;
}

async function activate(call: Call): Promise<string[]> {
  feature(call).activated = true;
  return start(call);
}

async function deactivate(call: Call): Promise<string[]> {
  const service = feature(call);
  call.terminal.say(RUNNING);
  if (service.state === "STARTED") await call.node.services.stop(service.name, watcher(call, service));
  call.node.services.set(service.name, "not activated");
  return [line(service)];
}

const VERBS = { start, stop, restart, activate, deactivate };

export const serviceCommands: Command[] = [
  { name: "utils service list", run: list },
  { name: "utils service list page", run: list },
  ...Object.entries(VERBS).map(([verb, run]): Command => ({ name: `utils service ${verb}`, takes: [1, MOST_WORDS], notDuringUpgrade: true, run })),
];
