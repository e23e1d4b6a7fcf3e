// In what releases differ: platform-interfaces.md 1.1, 3.2, 3.5, 4.1 (the lab's own reading of a release, deliberately not the provider's).

interface Numbers {
  major: number;
  minor: number;
  serviceUpdate: number;
}

/** `12.5.1.17900-64` is 12.5(1)SU7: the fourth number is 10000 and 1000 for each service update; what is no such text is the newest. */
function numbersOf(release: string): Numbers {
  const [, major, minor, fourth] = /^(\d+)\.(\d+)\.\d+\.(\d+)/.exec(release) ?? [];
  if (major === undefined) return { major: Infinity, minor: 0, serviceUpdate: 0 };
  return { major: Number(major), minor: Number(minor), serviceUpdate: Math.max(Math.floor(Number(fourth) / 1000) - 10, 0) };
}

function reaches(release: string, ...wanted: [major: number, minor: number, serviceUpdate: number]): boolean {
  const { major, minor, serviceUpdate } = numbersOf(release);
  const own = [major, minor, serviceUpdate];
  const at = own.findIndex((number, index) => number !== wanted[index]);
  return at < 0 || own[at]! > wanted[at]!;
}

const MARKETING = /^(\d+)(?:\.(\d+))?(?:\((\d+)\))?(?: ?SU(\d+))?$/i;

/** As `show version active` prints what an estate says: `12.5(1)SU7` is `12.5.1.17900-1`; anything else is printed as it is. */
export function printed(release: string): string {
  const [, major, minor = "0", maintenance = "1", serviceUpdate] = MARKETING.exec(release) ?? [];
  if (major === undefined) return release;
  return `${major}.${minor}.${maintenance}.${serviceUpdate ? 10_900 + 1_000 * Number(serviceUpdate) : 10_000}-1`;
}

/** Whether a text is a release, in either spelling. */
export function isRelease(text: unknown): boolean {
  return typeof text === "string" && (MARKETING.test(text) || /^\d+\.\d+\.\d+\.\d+-\d+$/.test(text));
}

/** What a release has. */
export interface ReleaseFacts {
  /** Certificate Management REST. */
  certificateRest: boolean;
  /** Cisco UDS, AXL and SSOSP Tomcat beside Cisco Tomcat. */
  tomcatContainers: boolean;
  /** Cisco HAProxy before all web traffic; without it Cisco Tomcat itself holds the ports. */
  haProxy: boolean;
  /** Certificates with an elliptic-curve key: of no purpose, of CallManager alone, of every purpose that can have one. */
  ecdsa: "none" | "CallManager" | "all";
  /** CAPF has a certificate on the publisher only. */
  capfOnPublisherOnly: boolean;
  /** ITLRecovery has a certificate on the publisher only; before, every node made its own. */
  itlRecoveryOnPublisherOnly: boolean;
  /** A bulk export knows ITLRecovery. */
  itlRecoveryInBulk: boolean;
  /** The command line installs a certificate that answers a multi-server request. */
  multiServerByCli: boolean;
  /** The purpose whose key signs ITL and CTL files. */
  trustListSigner: "CallManager" | "ITLRecovery";
  /** `set csr gen` asks whether the request names the organizational unit. */
  asksForUnit: boolean;
}

/** What a release has, by the text that `show version active` prints. */
export function releaseFacts(release: string): ReleaseFacts {
  const from14 = reaches(release, 14, 0, 0);
  return {
    certificateRest: from14,
    tomcatContainers: from14,
    haProxy: reaches(release, 12, 5, 3),
    ecdsa: reaches(release, 11, 5, 0) ? "all" : reaches(release, 11, 0, 0) ? "CallManager" : "none",
    capfOnPublisherOnly: from14,
    itlRecoveryOnPublisherOnly: reaches(release, 12, 5, 0),
    itlRecoveryInBulk: reaches(release, 12, 0, 0),
    multiServerByCli: !reaches(release, 14, 0, 2),
    trustListSigner: reaches(release, 12, 0, 0) ? "ITLRecovery" : "CallManager",
    asksForUnit: from14,
  };
}
