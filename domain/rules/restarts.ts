// Restarts and transports: R46, R48–R50. procedures.md 4.2, 4.5.
import type { ServiceReading } from "../readings";
import { CLI_ONLY_SERVICES } from "../restarts";
import { PASS, type Rule, undecided, violatedIf } from "./rule";

export type Transport = "Control Center" | "CLI";

export const R46: Rule<{ service: string; transport: Transport }> = {
  id: "R46",
  title: "Cisco Tomcat and its like are restarted by CLI",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco 118731; 215333; Control Center API (non-stop services)",
  comply: "Restart it with utils service restart",
  decide: ({ service, transport }) => violatedIf(transport === "Control Center" && CLI_ONLY_SERVICES.includes(service), () => `Control Center does not restart ${service}`),
};

export const R48: Rule<{ service: ServiceReading | undefined; name: string }> = {
  id: "R48",
  title: "Only a service that is active is restarted",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731; 214231",
  comply: "Nothing: it is skipped and said so",
  decide({ service, name }) {
    if (!service) return violatedIf(true, () => `${name} is not on this node`);
    return violatedIf(service.state === "Stopped", () => `${name} is not running (${service.reason || "stopped"})`);
  },
};

/** Whether a service has come up since a moment, both by the node's clock. */
export const R49: Rule<{ service: ServiceReading; since: Date; nodeNow: Date }> = {
  id: "R49",
  title: "A restart is proved by an uptime later than the change",
  severity: "advisory",
  levels: ["P"],
  source: "procedures.md R49",
  comply: "Look at the service's start time",
  decide({ service, since, nodeNow }) {
    if (service.upSeconds === undefined) return undecided(`the platform does not say how long ${service.name} has been running`);
    const startedAt = new Date(nodeNow.getTime() - service.upSeconds * 1000);
    // Both the uptime and the clock of an answer are whole seconds: what lies within one second is not proved.
    return startedAt.getTime() - since.getTime() > 1000 ? PASS : violatedIf(true, () => `${service.name} has been running since ${startedAt.toISOString()}, before the change`);
  },
};

/** How often a restart of Cisco Tomcat is repeated when it leaves the service down (R50: the platform's own message asks for one repeat). */
export const R50_REPEATS = 1;
