// The question that a certificate signing request asks: R4, R5, R7, R9, R18, R22, U6. procedures.md 4.1, 4.2.
import { type NodeName, PURPOSE_FACTS, type Purpose, requestingNode } from "../purposes";
import { fromFindings, PASS, type Rule, violatedIf } from "./rule";

export const DISTRIBUTIONS = ["multi-server", "this-server"] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];
export const KEY_TYPES = ["RSA", "EC"] as const;
export type KeyType = (typeof KEY_TYPES)[number];
export const HASH_ALGORITHMS = ["SHA256", "SHA384", "SHA512"] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** What is declared of a request. */
export interface RequestFacts {
  purpose: Purpose;
  distribution: Distribution;
  keyType: KeyType;
  /** Bits. */
  keyLength: number;
  hashAlgorithm: HashAlgorithm;
  /** The common name and every name that is declared beside the nodes' own. */
  names: readonly string[];
  node: NodeName;
  nodes: readonly NodeName[];
  release: string;
}

const RSA_LENGTHS = [2048, 3072, 4096];
/** The weakest hash that is not below the key's strength. */
const EC_HASHES: Record<number, readonly HashAlgorithm[]> = { 256: ["SHA256", "SHA384", "SHA512"], 384: ["SHA384", "SHA512"], 521: ["SHA512"] };

export const R4Q: Rule<RequestFacts> = {
  id: "R4",
  title: "An RSA key has at least 2048 bits",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco 118731; 214231",
  comply: "Write keyLength 2048, 3072 or 4096",
  decide: ({ keyType, keyLength }) => violatedIf(keyType === "RSA" && keyLength < 2048, () => `keyLength ${keyLength} is too short`),
};

export const R5Q: Rule<RequestFacts> = {
  id: "R5",
  title: "The key length is one that the platform makes",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guide 12.5(1)SU3, Certificates",
  comply: "Write keyLength 2048, 3072 or 4096 for RSA, 256, 384 or 521 for EC",
  decide({ keyType, keyLength }) {
    const known = keyType === "RSA" ? RSA_LENGTHS.includes(keyLength) || keyLength < 2048 : keyLength in EC_HASHES;
    return violatedIf(!known, () => `keyLength ${keyLength} is none that the platform makes for ${keyType}`);
  },
};

export const R7Q: Rule<RequestFacts> = {
  id: "R7",
  title: "The hash is not weaker than the key",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guide 12.5(1)SU3 (EC 384 needs SHA384 or SHA512)",
  comply: "Write hashAlgorithm SHA384 for an EC key of 384 bits, SHA512 for 521",
  decide({ keyType, keyLength, hashAlgorithm }) {
    const strong = keyType === "RSA" || (EC_HASHES[keyLength] ?? [hashAlgorithm]).includes(hashAlgorithm);
    return violatedIf(!strong, () => `hashAlgorithm ${hashAlgorithm} is weaker than an EC key of ${keyLength} bits`);
  },
};

export const R9Q: Rule<RequestFacts> = {
  id: "R9",
  title: "No wildcard name",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco security guide 12.5(1)SU3: wildcard certificates are not supported",
  comply: "Name each host",
  decide: ({ names }) => fromFindings(names.filter((name) => name.includes("*")).map((name) => ({ where: name, found: "wildcard names are not supported by these platforms" }))),
};

export const R18: Rule<RequestFacts> = {
  id: "R18",
  title: "Multi-server only where the platform can",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco 118731; security guide 12.5(1)SU3; Unity Connection guide",
  comply: 'Write distribution "this-server" and declare one certificate per node',
  decide({ purpose, distribution, node }) {
    const able = PURPOSE_FACTS[purpose].multiServer.includes(node.product);
    return violatedIf(distribution === "multi-server" && !able, () => `${purpose} on ${node.product} cannot have a multi-server certificate`);
  },
};

export const R22: Rule<RequestFacts> = {
  id: "R22",
  title: "A multi-server request is made on the publisher",
  severity: "mandatory",
  levels: ["V", "S"],
  source: "Cisco 118731; 215333",
  comply: "Declare the request on the publisher",
  decide({ purpose, distribution, node, nodes }) {
    const right = requestingNode(purpose, nodes);
    if (distribution !== "multi-server" || !right) return PASS;
    return violatedIf(right.fqdn !== node.fqdn, () => `${purpose} multi-server requests are made on ${right.fqdn}, not on a ${node.role} (${node.product})`, node.fqdn);
  },
};

export const U6: Rule<RequestFacts> = {
  id: "U6",
  title: "The key type is the purpose's",
  severity: "mandatory",
  levels: ["V"],
  source: "platform-interfaces.md 3.2: EC keys have purposes of their own, such as tomcat-ECDSA",
  comply: "Leave keyType out, or declare the -ECDSA purpose",
  decide: ({ purpose, keyType }) => violatedIf(PURPOSE_FACTS[purpose].keyType !== keyType, () => `${purpose} has ${PURPOSE_FACTS[purpose].keyType} keys, not ${keyType}`),
};

/** Decided at preview on every declared request. */
export const REQUEST_RULES: readonly Rule<RequestFacts>[] = [R4Q, R5Q, R7Q, R9Q, R18, R22, U6];
