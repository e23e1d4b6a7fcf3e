// sc.exe: the Service Control Manager on the command line.
import type { WindowsHost } from "../host";
import type { WindowsService } from "../services";
import { type Command, sayLine } from "../shell/shell";
import { programWords } from "../shell/words";

const STATES: Record<WindowsService["state"], string> = { STOPPED: "1  STOPPED ", START_PENDING: "2  START_PENDING ", STOP_PENDING: "3  STOP_PENDING ", RUNNING: "4  RUNNING " };
const STARTS: Record<WindowsService["start"], string> = { auto: "2   AUTO_START", demand: "3   DEMAND_START", disabled: "4   DISABLED" };

function controls(state: WindowsService["state"]): string[] {
  if (state === "STOPPED") return [];
  return [`                                (${state === "RUNNING" ? "STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN" : "NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN"})`];
}

function statusLines({ words }: WindowsHost, service: WindowsService, { displayed, extended }: { displayed: boolean; extended: boolean }): string[] {
  const { services } = words;
  const [type, state, exit, serviceExit, checkpoint, hint] = services.status;
  const pending = service.state.endsWith("PENDING");
  return [
    "",
    `${services.name}: ${service.name}${displayed ? "" : " "}`,
    ...(displayed ? [`${services.displayName}: ${service.displayName}`] : []),
    `        ${type}: 10  WIN32_OWN_PROCESS  `,
    `        ${state}: ${STATES[service.state]}`,
    ...controls(service.state),
    `        ${exit}: ${service.exitCode}  (0x${service.exitCode.toString(16)})`,
    `        ${serviceExit}: 0  (0x0)`,
    `        ${checkpoint}: 0x0`,
    `        ${hint}: 0x${pending ? "7d0" : "0"}`,
    ...(extended ? [`        PID                : ${service.pid}`, "        FLAGS              : "] : []),
  ];
}

function configurationLines({ words }: WindowsHost, service: WindowsService): string[] {
  const { services } = words;
  const values = ["10  WIN32_OWN_PROCESS ", STARTS[service.start], "1   NORMAL", `C:\\Windows\\system32\\${service.name}.exe`, "", "0", service.displayName, "", "LocalSystem"];
  const lines = services.configuration.map((label, index) => `        ${label}: ${values[index]!}`);
  return [`[SC] QueryServiceConfig ${services.success}`, "", `${services.name}: ${service.name}`, ...lines];
}

const failure = ({ words }: WindowsHost, call: string, code: number) => [`[SC] ${call} ${words.services.failed(code)}`, "", words.services.errors[code]!, ""];

interface Reply {
  code: number;
  lines: string[];
}

function missing(host: WindowsHost, call: string): Reply {
  return { code: 1060, lines: failure(host, call, 1060) };
}

/** `state=` and `type=` narrow; a name asks for one. */
function query(host: WindowsHost, words: string[], extended: boolean): Reply {
  const [name] = words.filter((word, index) => !word.endsWith("=") && !/^(state|type|bufsize|ri|group)=/i.test(word) && !words[index - 1]?.endsWith("="));
  if (name === undefined) {
    const joined = words.join(" ").toLowerCase();
    const wanted = /state=\s*(all|inactive)/.exec(joined)?.[1];
    const list = host.services.list().filter(({ state }) => wanted === "all" || (state === "STOPPED") === (wanted === "inactive"));
    return { code: 0, lines: list.flatMap((service) => statusLines(host, service, { displayed: true, extended })) };
  }
  const service = host.services.get(name);
  return service ? { code: 0, lines: statusLines(host, service, { displayed: false, extended }) } : missing(host, "EnumQueryServicesStatus:OpenService");
}

function order(host: WindowsHost, verb: "start" | "stop", name: string): Reply {
  if (!host.services.get(name)) return missing(host, verb === "start" ? "StartService: OpenService" : "OpenService");
  if (!host.elevated) return { code: 5, lines: failure(host, verb === "start" ? "StartService: OpenService" : "OpenService", 5) };
  const code = verb === "start" ? host.services.orderStart(name) : host.services.orderStop(name);
  if (code !== 0) return { code, lines: failure(host, verb === "start" ? "StartService" : "ControlService", code) };
  return { code: 0, lines: statusLines(host, host.services.get(name)!, { displayed: false, extended: verb === "start" }) };
}

function configuration(host: WindowsHost, name: string): Reply {
  const service = host.services.get(name);
  return service ? { code: 0, lines: configurationLines(host, service) } : missing(host, "OpenService");
}

function byKey(host: WindowsHost, displayName: string): Reply {
  const service = host.services.list().find((one) => one.displayName.toLowerCase() === displayName.toLowerCase());
  const { success } = host.words.services;
  return service ? { code: 0, lines: [`[SC] GetServiceKeyName ${success}`, `Name = ${service.name}`] } : { code: 1060, lines: failure(host, "GetServiceKeyName", 1060) };
}

function reply(host: WindowsHost, [verb = "", ...rest]: string[]): Reply {
  const [name = ""] = rest;
  switch (verb.toLowerCase()) {
    case "query":
      return query(host, rest, false);
    case "queryex":
      return query(host, rest, true);
    case "qc":
      return configuration(host, name);
    case "start":
    case "stop":
      return order(host, verb.toLowerCase() as "start" | "stop", name);
    case "getkeyname":
      return byKey(host, name);
    default:
      return { code: 1, lines: [`"sc ${verb}" is not emulated by this lab`] };
  }
}

export const sc: Command = ({ host }, text, { output }) => {
  const { code, lines } = reply(host, programWords(text));
  for (const line of lines) sayLine(output, line);
  return code;
};
