// What a rule is. Each rule is one exported constant, used by `check`, preflight, postflight and the policy pack alike.

/** Where a rule can be decided: V inputs of one resource, S the whole stack, L the live platform before a write, P after it. */
export type Level = "V" | "S" | "L" | "P";
export type Severity = "mandatory" | "advisory";

/** Something that breaks a rule. */
export interface Finding {
  /** The node or name that it is about. */
  where?: string;
  /** What was found, as a sentence without its full stop. */
  found: string;
  /** When this finding weighs other than its rule usually does (R13, R37). */
  severity?: Severity;
}

export type Verdict = { outcome: "pass" } | { outcome: "violated"; findings: readonly Finding[] } | { outcome: "undecided"; reason: string };

/** A rule that decides on facts of type F. */
export interface Rule<F> {
  /** `R19` of procedures.md section 4, or `U1` … for our own. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly levels: readonly Level[];
  /** Document, page or RFC that it comes from. */
  readonly source: string;
  /** What a person does to comply. */
  readonly comply: string;
  /** Whether `accept: { id: reason }` may set it aside. */
  readonly acceptable?: boolean;
  decide(facts: F): Verdict;
}

export const PASS: Verdict = { outcome: "pass" };

/** Violated when there are findings, else pass. */
export function fromFindings(findings: readonly Finding[]): Verdict {
  return findings.length > 0 ? { outcome: "violated", findings } : PASS;
}

/** Violated with one finding when `wrong`, else pass. */
export function violatedIf(wrong: boolean, found: () => string, where?: string): Verdict {
  return wrong ? fromFindings([{ where, found: found() }]) : PASS;
}

export function undecided(reason: string): Verdict {
  return { outcome: "undecided", reason };
}

/** One sentence of a report. */
export interface Line {
  id: string;
  text: string;
}

/** What a set of rules says of the same facts. */
export interface Report {
  /** What refuses. */
  refusals: Line[];
  warnings: Line[];
  /** Set aside by `accept`, with the reason that was given. */
  accepted: Line[];
  undecided: Line[];
  /** Rules that were decided and hold. */
  passed: string[];
}

/** Reasons by rule id. */
export type Acceptances = Readonly<Record<string, string>>;

export function emptyReport(): Report {
  return { refusals: [], warnings: [], accepted: [], undecided: [], passed: [] };
}

/** Decides all rules on the same facts; every failure at once. */
export function decideAll<F>(rules: readonly Rule<F>[], facts: F, accept: Acceptances = {}): Report {
  const report = emptyReport();
  for (const rule of rules) {
    const verdict = rule.decide(facts);
    if (verdict.outcome === "pass") report.passed.push(rule.id);
    else if (verdict.outcome === "undecided") report.undecided.push({ id: rule.id, text: `${rule.id} ${rule.title}: not verified (R136), ${verdict.reason}` });
    else verdict.findings.forEach((finding) => file(report, rule, finding, accept[rule.id]));
  }
  return report;
}

function file(report: Report, rule: Rule<never>, finding: Finding, reason: string | undefined): void {
  const about = `${rule.id} ${finding.where ? `${finding.where}: ` : ""}${finding.found}`;
  if (rule.acceptable && reason) report.accepted.push({ id: rule.id, text: `${about} (accepted: ${reason})` });
  else if ((finding.severity ?? rule.severity) === "advisory") report.warnings.push({ id: rule.id, text: about });
  else report.refusals.push({ id: rule.id, text: `${about}. ${rule.comply}${rule.acceptable ? `, or accept it: accept: { ${rule.id}: "<reason>" }` : ""}` });
}

/** Several reports as one. */
export function unite(reports: readonly Report[]): Report {
  const all = emptyReport();
  for (const report of reports) for (const key of Object.keys(all) as (keyof Report)[]) (all[key] as unknown[]).push(...report[key]);
  return all;
}
