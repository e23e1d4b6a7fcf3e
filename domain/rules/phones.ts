// What phones trust, while it changes: the plan of an update. R54, R55, R57–R59, R63, R65, R66. procedures.md 4.6. What nodes and phones say: phones-live.ts.
import { type NodeName, type Purpose, PURPOSE_FACTS } from "../purposes";
import { type Reading, valueOf } from "../readings";
import { isAtLeast } from "../releases";
import { trustListSigner } from "../trust-list/content";
import type { CtlMethod } from "../trust-list/ctl";
import type { MaintenanceWindow } from "../windows";
import { fromFindings, PASS, type Rule, undecided, type Verdict, violatedIf } from "./rule";

/** One step of an update, in the order in which it is done. */
export interface PhoneStep {
  kind: "upload" | "CTL update" | "restart" | "deletion";
  /** Of an upload. */
  purpose?: Purpose;
  /** Of a deletion. */
  store?: string;
  node: NodeName;
}

/** What changes on one cluster in one go. */
export interface PhoneUpdate {
  cluster: string;
  release: string;
  /** With certificate reuse, a tomcat certificate also stands here as CallManager. */
  steps: readonly PhoneStep[];
  mixedMode: Reading<boolean>;
  ctlMethod?: Reading<CtlMethod>;
  maintenanceWindow?: MaintenanceWindow;
  /** How many phones hold an LSC; asked where CAPF changes. */
  phonesWithLsc?: Reading<number>;
  /** Bulk exchanges in which the cluster takes part, and the changed purposes after which each is repeated. */
  exchanges?: readonly { name: string; repeatedAfter: readonly Purpose[] }[];
}

/** Purposes of which one update changes at most one. */
const FAMILIES: Readonly<Partial<Record<Purpose, string>>> = { CallManager: "CallManager", "CallManager-ECDSA": "CallManager", TVS: "TVS", ITLRecovery: "ITLRecovery" };
/** Purposes whose certificates stand in the CTL file. */
export const LISTED: readonly Purpose[] = ["CallManager", "CallManager-ECDSA", "CAPF", "ITLRecovery"];
/** Purposes whose certificates other clusters hold. */
const EXCHANGED: readonly Purpose[] = ["CallManager", "tomcat", "tomcat-ECDSA", "CAPF"];

function changed({ steps }: Pick<PhoneUpdate, "steps">): Purpose[] {
  return [...new Set(steps.flatMap(({ kind, purpose }) => (kind === "upload" && purpose ? [purpose] : [])))];
}

const ctlUpdates = ({ steps }: PhoneUpdate) => steps.filter(({ kind }) => kind === "CTL update");

export const R54: Rule<PhoneUpdate> = {
  id: "R54",
  title: "The signer of ITL files and TVS are not changed in one update",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731 (window warning); 214231",
  comply: "Change one, wait until the phones are registered again, then change the other",
  decide(update) {
    const purposes = changed(update);
    const signer = trustListSigner(update.release);
    return violatedIf(purposes.includes("TVS") && purposes.includes(signer), () => `${signer}, which signs ITL files at ${update.release}, and TVS change in one update: phones could verify neither`, update.cluster);
  },
};

export const R55: Rule<PhoneUpdate> = {
  id: "R55",
  title: "Of CallManager, TVS and ITLRecovery one update changes at most one",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 214231; Cisco security guide 12.5(1)SU3",
  comply: "Change one, wait until the phones are registered again, then change the next",
  decide(update) {
    const families = [...new Set(changed(update).flatMap((purpose) => FAMILIES[purpose] ?? []))];
    return violatedIf(families.length > 1, () => `${families.join(" and ")} change in one update`, update.cluster);
  },
};

export const R57: Rule<PhoneUpdate> = {
  id: "R57",
  title: "In mixed mode the CTL file is updated after the change and before the first restart",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731; 214231",
  comply: "Have utils ctl update CTLFile (CtlFileUpdate) depend on the upload, and the restarts on it",
  decide(update) {
    const last = update.steps.reduce((at, { kind, purpose }, index) => (kind === "upload" && purpose && LISTED.includes(purpose) ? index : at), -1);
    if (last < 0 || valueOf(update.mixedMode) === false) return PASS;
    if ("unread" in update.mixedMode) return undecided(`${update.cluster}: ${update.mixedMode.unread}`);
    const restart = update.steps.findIndex(({ kind }, index) => kind === "restart" && index > last);
    const [before, between] = [update.steps.slice(0, last), update.steps.slice(last + 1, restart < 0 ? undefined : restart)];
    return inTime(update.cluster, before.some(({ kind }) => kind === "restart"), between.some(({ kind }) => kind === "CTL update"));
  },
};

function inTime(cluster: string, early: boolean, updated: boolean): Verdict {
  if (!updated) return fromFindings([{ where: cluster, found: "it is in mixed mode, and no CTL update lies between the upload and the first restart" }]);
  return violatedIf(early, () => "services restart before the last upload, so before the CTL update", cluster);
}

export const R58: Rule<PhoneUpdate> = {
  id: "R58",
  title: "The CTL file is updated only in mixed mode, and not for TVS",
  severity: "advisory",
  levels: ["S"],
  source: "Cisco security guide 12.5(1)SU3 (TVS is not in the CTL) and 12.5(1)SU5",
  comply: "Leave the CTL update out",
  decide(update) {
    if (ctlUpdates(update).length === 0) return PASS;
    if (valueOf(update.mixedMode) === false) return fromFindings([{ where: update.cluster, found: "it is not in mixed mode and has no CTL file to update" }]);
    const purposes = changed(update);
    return violatedIf(purposes.length > 0 && !purposes.some((one) => LISTED.includes(one)), () => `${purposes.join(" and ")} is not in the CTL file`, update.cluster);
  },
};

export const R59: Rule<PhoneUpdate> = {
  id: "R59",
  title: "The CTL file is updated on the publisher, and not by tokens",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 214231; security guide 12.5(1)SU5",
  comply: "Update it on the publisher (utils ctl update CTLFile); from tokens a person moves to a tokenless CTL file first (Cisco 118893)",
  decide(update) {
    const { cluster, release, ctlMethod } = update;
    const elsewhere = ctlUpdates(update).filter(({ node }) => node.product !== "CUCM" || node.role !== "publisher").map(({ node }) => ({ where: node.fqdn, found: "the CTL file would be updated here, and this is not the cluster's CUCM publisher" }));
    const needed = ctlUpdates(update).length > 0;
    if (needed && ctlMethod && "unread" in ctlMethod && elsewhere.length === 0) return undecided(`${cluster}: ${ctlMethod.unread}`);
    const gone = isAtLeast(release, "14SU3") ? "tokens no longer exist from 14SU3 on" : "only a person with the tokens can update it (CTL client)";
    const token = needed && ctlMethod && valueOf(ctlMethod) === "eToken" ? [{ where: cluster, found: `its CTL file is signed by an eToken: ${gone}` }] : [];
    return fromFindings([...elsewhere, ...token]);
  },
};

export const R63: Rule<PhoneUpdate> = {
  id: "R63",
  title: "What resets phones lies in a maintenance window",
  severity: "mandatory",
  levels: ["V", "S"],
  source: "Cisco 118731",
  comply: "Declare the maintenanceWindow of the cluster",
  acceptable: true,
  decide(update) {
    const purposes = changed(update).filter((one) => PURPOSE_FACTS[one].touchesPhones);
    return violatedIf(purposes.length > 0 && !update.maintenanceWindow, () => `a change of ${purposes.join(" and ")} resets phones, and no maintenance window is declared`, update.cluster);
  },
};

export const R65: Rule<PhoneUpdate> = {
  id: "R65",
  title: "The old CAPF certificate stays in CAPF-trust until the LSCs are renewed",
  severity: "mandatory",
  levels: ["S"],
  source: "Cisco community, renewal of several certificates; Cisco 225746",
  comply: "Renew the LSCs, give RADIUS servers and ASA the new CAPF certificate, then delete the old one",
  decide({ steps, cluster, phonesWithLsc }) {
    const capf = changed({ steps }).includes("CAPF");
    if (!capf || !steps.some(({ kind, store }) => kind === "deletion" && store === "CAPF-trust")) return PASS;
    if (!phonesWithLsc || "unread" in phonesWithLsc) return undecided(`${cluster}: ${phonesWithLsc?.unread ?? "how many phones hold an LSC was not asked"}`);
    const { value } = phonesWithLsc;
    return violatedIf(value > 0, () => `${value} phones hold an LSC of the certificate that would be deleted from CAPF-trust`, cluster);
  },
};

export const R66: Rule<PhoneUpdate> = {
  id: "R66",
  title: "A bulk exchange is repeated after a certificate that it carries has changed",
  severity: "mandatory",
  levels: ["S"],
  source: "Cisco security guide 12.5(1)SU3; Cisco EMCC guide",
  comply: "Have the exchange depend on the certificate",
  decide(update) {
    const purposes = changed(update).filter((one) => EXCHANGED.includes(one));
    return fromFindings((update.exchanges ?? []).flatMap(({ name, repeatedAfter }) => purposes.filter((one) => !repeatedAfter.includes(one)).map((one) => ({ where: update.cluster, found: `its ${one} certificate changes, and the exchange ${name} is not repeated` }))));
  },
};

export const PHONE_UPDATE_RULES: readonly Rule<PhoneUpdate>[] = [R54, R55, R57, R58, R59, R63, R65, R66];

/** What a program alone tells of an update: the live cluster tells the rest. */
export const PHONE_PROGRAM_RULES: readonly Rule<PhoneUpdate>[] = [R54, R55, R59, R63];
