// SSO: R38. procedures.md 4.4.
import { type LiveFacts, perNode } from "./live";
import { PASS, type Rule } from "./rule";

export const R38: Rule<LiveFacts> = {
  id: "R38",
  title: "SSO is off while a tomcat certificate is changed",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731",
  comply: "Switch it off on every node (utils sso disable) and on again afterwards; only a person can switch it on (export SP metadata, import it in the IdP, Run SSO Test)",
  decide({ reading, purpose }) {
    if (!purpose.startsWith("tomcat")) return PASS;
    return perNode(reading.nodes, (node) => node.sso, ({ cli, database }) => {
      if (!cli && !database) return [];
      return [{ found: database !== undefined && cli !== database ? `SSO is ${cli ? "on" : "off"} by the CLI and ${database ? "on" : "off"} in the database` : "SSO is on" }];
    });
  },
};
