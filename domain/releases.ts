/** A platform release, as far as a text says it. */
export interface Release {
  major: number;
  minor: number;
  /** The number in brackets, e.g. 1 of `12.5(1)SU3`; undefined when the text has none, which means 1. */
  maintenance?: number;
  /** Service update, e.g. 3 of `14SU3`; undefined when the text does not say (a version such as `15.0.1.11900-40` does not). */
  serviceUpdate?: number;
}

const MARKETING = /^(\d+)(?:\.(\d+))?(?:\((\d+)\w?\))?(?:\s*SU\s*(\d+)\w?)?(?:\s*ES\s*\d+)?$/i;
const BUILD = /^(\d+)\.(\d+)\.(\d+)\.\d+-\d+$/;

/** Reads `15`, `14SU2`, `12.5(1)SU3` or `15.0.1.11900-40`; undefined when it is none of these. */
export function parseRelease(text: string): Release | undefined {
  const match = MARKETING.exec(text.trim()) ?? BUILD.exec(text.trim());
  if (!match) return undefined;
  const [, major, minor, maintenance, serviceUpdate] = match;
  const number = (part: string | undefined) => (part === undefined ? undefined : Number(part));
  return { major: Number(major), minor: Number(minor ?? 0), maintenance: number(maintenance), serviceUpdate: number(serviceUpdate) };
}

/**
 * Whether `release` is `wanted` or later. `14SU3` is `14.0(1)SU3`; a service update that a text does not say counts as zero.
 * @throws when a text is no release.
 */
export function isAtLeast(release: string, wanted: string): boolean {
  const [left, right] = [order(release), order(wanted)];
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return left[index]! > right[index]!;
  return true;
}

/** Whether nodes of this release have the certificate REST; below, certificates go by CLI (developer.cisco.com, Certificate Management API). */
export function hasCertificateRest(release: string): boolean {
  return isAtLeast(release, "14");
}

/** Whether two texts can mean the same release: parts that one of them does not say are not compared. */
export function couldBe(release: string, other: string): boolean {
  const [left, right] = [parseRelease(release), parseRelease(other)];
  if (!left || !right) return false;
  const agrees = (a: number | undefined, b: number | undefined) => a === undefined || b === undefined || a === b;
  return left.major === right.major && left.minor === right.minor && agrees(left.maintenance, right.maintenance) && agrees(left.serviceUpdate, right.serviceUpdate);
}

function order(text: string): number[] {
  const release = parseRelease(text);
  if (!release) throw new Error(`"${text}" is no release: write it as on the platform's page, such as "15", "14SU2" or "12.5(1)SU3"`);
  return [release.major, release.minor, release.maintenance ?? 1, release.serviceUpdate ?? 0];
}
