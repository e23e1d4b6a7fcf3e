// SSO: R38 before a tomcat certificate changes, R40 after it. procedures.md 4.4.
import type { Reading, SsoReading } from "../readings";
import type { NodeName } from "../purposes";
import { type LiveFacts, perNode } from "./live";
import { type Finding, fromFindings, PASS, type Rule } from "./rule";

/** Whether SSO is a matter of this certificate: it signs what the node says to the IdP. */
export function concernsSso(purpose: string): boolean {
  return purpose === "tomcat" || purpose === "tomcat-ECDSA";
}

/** On in either place. */
export function isOn(reading: SsoReading | undefined): boolean {
  return reading !== undefined && (reading.cli || reading.database === true);
}

/** The two places in one sentence; `on` where they agree or only one was asked. */
function said({ cli, database }: SsoReading, on: string): string {
  return database !== undefined && cli !== database ? `SSO is ${word(cli)} by the CLI and ${word(database)} in the database` : on;
}

function word(on: boolean): string {
  return on ? "on" : "off";
}

/** Why SSO of a node could not be switched off so that both places say so. */
function notSuspendable(reading: Reading<SsoReading>): string | undefined {
  if ("unread" in reading) return `whether SSO is on could not be read (${reading.unread}), so it cannot be switched off safely`;
  const { cli, database } = reading.value;
  if (database === undefined) return "whether SSO is on could not be read from the database, so it cannot be switched off safely";
  return database && !cli ? `${said(reading.value, "")}, and utils sso disable would not change that: have both agree first (Cisco Unified CM Administration > System > SAML Single Sign-On)` : undefined;
}

export const R38: Rule<LiveFacts> = {
  id: "R38",
  title: "SSO is off while a tomcat certificate is changed",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731",
  comply: 'Switch it off on every node (utils sso disable) and on again afterwards, or declare sso: "suspend"; only a person can switch it on (export SP metadata, import it in the IdP, Run SSO Test)',
  decide({ reading, purpose, sso }) {
    if (!concernsSso(purpose)) return PASS;
    if (sso === "suspend") return fromFindings(reading.nodes.flatMap((node) => found(node.node, notSuspendable(node.sso))));
    return perNode(reading.nodes, (node) => node.sso, (one) => (isOn(one) ? [{ found: said(one, "SSO is on") }] : []));
  },
};

function found({ fqdn }: NodeName, text: string | undefined): Finding[] {
  return text === undefined ? [] : [{ where: fqdn, found: text }];
}

/** SSO after a change, on the nodes on which it was on before. */
export interface ResumptionFacts {
  nodes: readonly { node: NodeName; sso: Reading<SsoReading> }[];
  /** When it was switched off; metadata that was exported before is of the old certificate. */
  suspendedAt: Date;
}

function notOnAgain(reading: Reading<SsoReading>, suspendedAt: Date): Omit<Finding, "where">[] {
  if ("unread" in reading) return [{ found: `whether SSO is on could not be read (${reading.unread})`, severity: "mandatory" }];
  const { cli, database, test, metadataExported } = reading.value;
  if (!cli || database === false) return [{ found: said(reading.value, "SSO is off"), severity: "mandatory" }];
  if (database === undefined) return [{ found: "SSO is on by the CLI, and could not be read from the database", severity: "mandatory" }];
  if (test !== undefined && !/^passed$/i.test(test)) return [{ found: `SSO is on and its test is "${test}"`, severity: "mandatory" }];
  // The CLI prints whole seconds.
  const stale = metadataExported !== undefined && metadataExported.getTime() + 1000 <= suspendedAt.getTime();
  return stale ? [{ found: `the SP metadata was last exported at ${metadataExported.toISOString()}, before the certificate changed: the IdP may still know the old one` }] : [];
}

export const R40: Rule<ResumptionFacts> = {
  id: "R40",
  title: "After a tomcat change SSO is on again on every node, with new SP metadata and a passed test",
  severity: "advisory",
  levels: ["P"],
  source: "Cisco 225746; SAML SSO deployment guide",
  comply: "Export the SP metadata, import it in the IdP, Run SSO Test on each node",
  decide: ({ nodes, suspendedAt }) => fromFindings(nodes.flatMap(({ node, sso }) => notOnAgain(sso, suspendedAt).map((finding) => ({ where: node.fqdn, ...finding })))),
};

/** What a person does to switch SSO on again, in the words of the pages. */
export const SSO_STEPS: readonly string[] = [
  "Cisco Unified CM Administration > System > SAML Single Sign-On, on the publisher: Export All Metadata",
  "import that SP metadata in the IdP, in place of the old",
  "Enable SAML SSO, import the IdP metadata where it asks for it, and Run SSO Test until it says passed",
  "utils sso status on every node: SAML SSO Enabled, SAML SSO Test Status passed",
];
