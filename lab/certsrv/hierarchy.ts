import { cRLSign, type Content, digitalSignature, issue, type KeyAndCertificate, keyCertSign, selfSigned, type Validity } from "../pki/make";
import { type Described, describe } from "../pki/read";
import { publicKeyOf, type KeyPool } from "../keys";

const DAY = 86_400_000;

/** Years that a CA certificate is valid: the root, every one below it. */
const YEARS = { root: 20, below: 10 };

/** One authority of the hierarchy. A renewal keeps subject and key and has a later notBefore. */
interface Level {
  subject: string;
  key: string;
  /** By their `Renewal` number. */
  certificates: Described[];
}

/** What a hierarchy is made of. */
export interface HierarchyPlan {
  /** First word of the common names, e.g. `Example`. */
  organization: string;
  /** DNS name, for the DC fields of the subjects. */
  domain: string;
  /** Which authority of the estate this is, from 1; it tells their names apart. */
  ordinal: number;
  /** Levels below the root, the issuing one counted. */
  intermediates: number;
}

function commonNames({ organization, ordinal, intermediates }: HierarchyPlan): string[] {
  const root = `${organization} Root CA${ordinal > 1 ? ` ${ordinal}` : ""}`;
  const policies = Array.from({ length: Math.max(0, intermediates - 1) }, (_, index) => `${organization} Policy CA ${ordinal}${index > 0 ? `.${index + 1}` : ""}`);
  return [root, ...policies, ...(intermediates > 0 ? [`${organization} Issuing CA ${ordinal}`] : [])];
}

/** In the order in which Windows encodes it: the domain first. */
function subjectOf(commonName: string, domain: string): string {
  const components = domain.split(".").map((label) => `DC=${label}`);
  return [...components.reverse(), `CN=${commonName}`].join(", ");
}

/** A root and the authorities below it; the last one signs end-entity certificates. */
export class Hierarchy {
  private readonly levels: Level[] = [];

  private constructor() {}

  static async make(plan: HierarchyPlan, keys: KeyPool): Promise<Hierarchy> {
    const hierarchy = new Hierarchy();
    for (const [index, commonName] of commonNames(plan).entries()) {
      hierarchy.levels.push({ subject: subjectOf(commonName, plan.domain), key: await keys.next("rsa-2048"), certificates: [] });
      // A CA is older than what it signs; one day between the levels.
      await hierarchy.certify(index, new Date(Date.now() - (30 - index) * DAY));
    }
    return hierarchy;
  }

  /** What it is now; a later renewal is not seen in it. */
  copy(): Hierarchy {
    const copy = new Hierarchy();
    copy.levels.push(...this.levels.map((level) => ({ ...level, certificates: [...level.certificates] })));
    return copy;
  }

  /** Every certificate of the root, PEM, the oldest first. */
  get roots(): string[] {
    return this.levels[0]!.certificates.map(({ pem }) => pem);
  }

  /** Key and newest certificate of the authority that signs end-entity certificates. */
  get issuer(): KeyAndCertificate {
    const { key } = this.levels.at(-1)!;
    return { key, certificate: this.newest(this.levels.length - 1).pem };
  }

  get issuerCertificate(): Described {
    return this.newest(this.levels.length - 1);
  }

  /** How often the issuing authority's certificate was renewed. */
  get renewals(): number {
    return this.levels.at(-1)!.certificates.length - 1;
  }

  /** The issuing authority's certificate with this `Renewal` number; -1 is the newest. */
  issuing(renewal = -1): Described | undefined {
    return this.levels.at(-1)!.certificates.at(renewal);
  }

  /** From the issuing authority up to the root, PEM. */
  chain(renewal = -1): string[] {
    const above = this.levels.slice(0, -1).map((_, index) => this.newest(index).pem);
    return [this.issuing(renewal)!.pem, ...above.reverse()];
  }

  /** A further certificate for the same subject and key. */
  async renew(which: "root" | "issuing"): Promise<Described> {
    const index = which === "root" ? 0 : this.levels.length - 1;
    const previous = this.newest(index).notBefore.getTime();
    return this.certify(index, new Date(Math.max(previous + 1000, Date.now() - 60_000)));
  }

  private newest(index: number): Described {
    return this.levels[index]!.certificates.at(-1)!;
  }

  private async certify(index: number, notBefore: Date): Promise<Described> {
    const { subject, key, certificates } = this.levels[index]!;
    const content: Content = { subject, ca: true, keyUsage: digitalSignature | keyCertSign | cRLSign };
    const validity: Validity = { notBefore, days: 365 * (index === 0 ? YEARS.root : YEARS.below) };
    const above = this.levels[index - 1];
    const spki = publicKeyOf(key).export({ type: "spki", format: "der" });
    const pem = above ? await issue(spki, content, { key: above.key, certificate: this.newest(index - 1).pem }, validity) : await selfSigned(key, content, validity);
    const certificate = describe(pem);
    certificates.push(certificate);
    return certificate;
  }
}
