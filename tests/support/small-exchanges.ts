// A21 and A25 on estates as small as they can be, and how they are when the exchange is done.
import { type Attempt, ESTATE_A21, ESTATE_A25, type EstateDescription, startLab } from "../../lab";
import { attempts, centerOf, domain, exchange, only } from "./exchange";

export interface SmallExchange {
  name: string;
  estate: EstateDescription;
  /** Own entries of each host's store after it. */
  entries: Readonly<Record<string, string[]>>;
  trusted: readonly Attempt[];
  /** What restarts, each once: `stop Tomcat9 of awa`. */
  restarts: readonly string[];
}

const pairOf = (name: string) => [`${domain(name)}_dfp`, `${domain(name)}_iis`];

export const SMALL_A21: SmallExchange = {
  name: "A21 with one AW and one Rogger",
  estate: only(ESTATE_A21, "awa", "roggera"),
  entries: { awa: [...pairOf("awa"), ...pairOf("roggera")], roggera: ["awa.example.com_iis"] },
  trusted: [...attempts(["awa"], ["awa", "roggera"], [443, 7890]), ...attempts(["roggera"], ["awa"], [443])],
  restarts: ["awa", "roggera"].flatMap((name) => [`start Tomcat9 of ${name}`, `stop Tomcat9 of ${name}`]),
};

export const SMALL_A25: SmallExchange = {
  name: "A25 with OAMP and one CVP server",
  estate: only(ESTATE_A25, "oamp", "csa"),
  entries: { oamp: ["csa.example.com_wsm"], csa: ["oamp.example.com_wsm"] },
  trusted: [...attempts(["oamp"], ["csa"], [8111], "OPSConsoleServer"), ...attempts(["csa"], ["oamp"], [8111])],
  restarts: ["restart server of csa", "restart server of oamp"],
};

/** A program that exchanges the certificates of an estate. */
export async function programFor(estate: EstateDescription): Promise<string> {
  const described = await startLab(estate);
  try {
    return `${centerOf(described)}\n${exchange()}`;
  } finally {
    await described.stop();
  }
}
