// What a question for a CSR may say: platform-interfaces.md 1.4 and 7.3.
import { isIP } from "node:net";
import type { KeyShape } from "../keys";
import type { Hash } from "../pki/make";
import type { Distribution } from "./certificate-store";
import type { PurposeFacts } from "./purposes";
import { Refusal } from "./refusal";

export interface RequestQuestion {
  purpose: string;
  distribution: Distribution;
  commonName?: string;
  altNames?: string[];
  /** Names of nodes that a person takes out of the auto-populated domains of a multi-server CallManager request. */
  withoutNodes?: string[];
  keyType?: "rsa" | "ec";
  keyLength?: number;
  hash?: Hash;
  /** Whether the subject names the organizational unit. Default true. */
  organizationalUnit?: boolean;
}

export function refuseWildcards(names: string[]): void {
  if (names.some((name) => name.includes("*"))) throw new Refusal("Wildcard certificates are not supported");
}

const HOST_NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;

/** Names beside the node's own; a multi-server request takes no addresses. */
export function refuseNames({ commonName, altNames = [], distribution }: RequestQuestion): void {
  refuseWildcards([commonName ?? "", ...altNames]);
  if (commonName !== undefined && !HOST_NAME.test(commonName)) throw new Refusal(`Invalid value for commonName: ${commonName}`);
  const fits = (name: string) => (isIP(name) ? distribution === "this-server" : HOST_NAME.test(name));
  const unfit = altNames.find((name) => !fits(name));
  if (unfit !== undefined) throw new Refusal(`Invalid value for altNames: ${unfit}`);
}

/** What is asked for, else what goes with the key; never weaker than an EC key. */
export function hashOf(question: RequestQuestion, facts: PurposeFacts): Hash {
  const [type, length] = keyShape(question, facts).split("-");
  const least = type === "ec" ? { 256: 256, 384: 384, 521: 512 }[Number(length)]! : 0;
  const hash = question.hash ?? (`SHA-${type === "ec" ? Math.max(least, 384) : 256}` as Hash);
  if (Number(hash.slice(4)) < least) throw new Refusal(`The hash algorithm ${hash} is weaker than the key`);
  return hash;
}

export function keyShape({ keyType, keyLength }: RequestQuestion, facts: PurposeFacts): KeyShape {
  const [ownType, ownLength] = facts.key.split("-");
  const type = keyType ?? ownType;
  const length = keyLength ?? (type === ownType ? Number(ownLength) : type === "ec" ? 384 : 2048);
  const allowed = type === "rsa" ? [2048, 3072, 4096] : [256, 384, 521];
  if (type !== ownType || !allowed.includes(length)) throw new Refusal(`Invalid key length ${length} for key type ${type}`);
  return `${type}-${length}` as KeyShape;
}
