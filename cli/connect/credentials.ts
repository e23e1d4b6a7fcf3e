// The log-ins of connections: from the command line, the configuration and the environment; what is missing is asked, or told all at once.
import type { Login } from "../../provider/connections";
import { Misuse } from "../misuse";
import type { Draft } from "./draft";
import type { LoginKind } from "./options";
import { ask, type Terminal } from "./terminal";

/** One log-in of one connection. */
export interface Wanted {
  connection: string;
  kind: LoginKind;
}

const OPTION: Record<LoginKind, string> = { osAdministrator: "os-administrator", applicationUser: "application-user", certsrv: "enroller", windows: "windows-user" };
const WHO: Record<LoginKind, string> = { osAdministrator: "OS administrator", applicationUser: "application user", certsrv: "user of web enrolment", windows: "administrator of the Windows hosts" };

/** Puts every wanted log-in into the draft. Passwords that were typed live in this process only, under the variable that the connection names. */
export async function complete(draft: Draft, wanted: readonly Wanted[], terminal: Terminal | undefined): Promise<void> {
  if (!terminal) refuseMissing(draft, wanted);
  for (const one of wanted) {
    const { username, password } = draft.login(one.connection, one.kind);
    const user = username ?? (await ask(terminal!, `${one.connection}: ${WHO[one.kind]}: `));
    const login: Login = { username: user, password: password! };
    if (isUnset(login.password)) process.env[login.password.env] = await ask(terminal!, `${one.connection}: password of ${user} (for ${login.password.env}, not shown): `, { hidden: true });
    if (user === "" || isUnset(login.password)) throw new Misuse(`${one.connection}: nothing was typed for the ${WHO[one.kind]}`);
    draft.setLogin(one.connection, one.kind, login);
  }
}

function isUnset(password: Login["password"] | undefined): password is { env: string } {
  return typeof password === "object" && !process.env[password.env];
}

function refuseMissing(draft: Draft, wanted: readonly Wanted[]): void {
  const missing = wanted.flatMap(({ connection, kind }) => {
    const { username, password } = draft.login(connection, kind);
    return [
      ...(username === undefined ? [`${connection}: no ${WHO[kind]}: --${OPTION[kind]} ${connection}=<user>`] : []),
      ...(isUnset(password) ? [`${connection}: no password of the ${WHO[kind]}: set the environment variable ${password.env}`] : []),
    ];
  });
  if (missing.length > 0) throw new Misuse(["no log-in was tried, because nobody can be asked here and something is missing:", ...missing.map((line) => `  - ${line}`)].join("\n"));
}
