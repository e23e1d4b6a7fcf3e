import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";

const onOff = (paginates: boolean) => (paginates ? "on" : "off");

function paginate(call: Call): string[] {
  const wanted = first(call);
  if (wanted !== "on" && wanted !== "off") throw new Refusal(`Invalid value ${wanted}`);
  call.terminal.paginates = wanted === "on";
  return [`Automatic pagination is turned ${wanted}`];
}

function showPagination({ terminal }: Call): string[] {
  return [`Automatic Pagination : ${onOff(terminal.paginates).replace("o", "O")}.`];
}

function whole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new Refusal(`Invalid value ${text}: the range is ${least} - ${most}`);
  return value;
}

/** For sessions that begin from now on. */
async function setTimeoutMinutes(call: Call): Promise<string[]> {
  const minutes = whole(first(call), 5, 99_999);
  call.terminal.say(`The CLI session timeout will be set to ${minutes} minutes for new sessions.`);
  if (!/^y$/i.test(await call.terminal.askKey("Continue (y/n)?"))) return ["Operation cancelled"];
  call.settings.sessionTimeoutMinutes = minutes;
  return [`The CLI session timeout is now ${minutes} minutes`];
}

function setLimit(call: Call): string[] {
  const limit = whole(first(call) || "10", 1, 10);
  call.settings.sessionLimit = limit;
  return [`The maximum number of sessions is now ${limit}`];
}

export const sessionCommands: Command[] = [
  { name: "set cli pagination", takes: [1, 1], run: paginate },
  { name: "show cli pagination", run: showPagination },
  { name: "set cli session timeout", takes: [1, 1], run: setTimeoutMinutes },
  { name: "show cli session timeout", run: ({ settings }) => [`The CLI session timeout is ${settings.sessionTimeoutMinutes} minutes`] },
  { name: "set session maxlimit", takes: [0, 1], run: setLimit },
  { name: "show session maxlimit", run: ({ settings }) => [`The maximum number of sessions is ${settings.sessionLimit}`] },
];
