import type { Call, Command } from "../command";
import { zonedDate } from "../dates";

const APPLICATIONS: Record<string, string[]> = {
  CUCM: ["Cisco Unified CM Administration", "Cisco Unified Reporting", "Cisco Unified Serviceability", "Cisco Unified OS Administration", "Disaster Recovery System"],
  "IM and Presence": ["Cisco Unified CM IM and Presence Administration", "Cisco Unified IM and Presence Reporting", "Cisco Unified IM and Presence Serviceability"],
};

function status({ node }: Call): string[] {
  if (!node.health.sso) return ["SSO Status: SAML SSO Disabled", "Recovery URL Status = enabled"];
  const { imported, exported, tested, test } = node.health.saml;
  return [
    "SSO Status: SAML SSO Enabled",
    `IdP Metadata Imported Date = ${zonedDate(imported)}`,
    `SP Metadata Exported Date = ${zonedDate(exported)}`,
    `SSO Test Result Date = ${zonedDate(tested)}`,
    `SAML SSO Test Status = ${test}`,
    "Recovery URL Status = enabled",
    `Entity ID = http://idp.${node.cluster.domain}/adfs/services/trust`,
  ];
}

/** On this node only: the platform wants it on each. */
async function disable({ node, terminal }: Call): Promise<string[]> {
  if (!node.health.sso) return ["SSO is already disabled"];
  terminal.say("This command disables SSO for the following web applications on this node:");
  for (const application of APPLICATIONS[node.product] ?? []) terminal.say(`  ${application}`);
  if (!/^yes$/i.test(await terminal.ask("Do you want to continue (yes/no) ? "))) return ["Operation cancelled"];
  node.health.sso = false;
  const stays = node.faults.strike("SSO stays in the database", { node: node.fqdn, interface: "platform", action: "disable SSO" });
  node.health.ssoInDatabase = stays ? true : undefined;
  node.record("disable SSO");
  return ["SSO has been disabled on this node"];
}

const ADVICE = ["SAML SSO is enabled in the administration pages only:", "export the SP metadata, import it in the IdP, import the IdP metadata, then run the SSO test."];

export const ssoCommands: Command[] = [
  { name: "utils sso status", run: status },
  { name: "utils sso disable", run: disable },
  { name: "utils sso enable", run: () => ADVICE },
];
