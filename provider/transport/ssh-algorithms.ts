// SSH algorithms beyond the usual ones: named by an error when a node needs one, and allowed by its connection.
import type { Algorithms, AlgorithmList } from "ssh2";

export const ALGORITHM_KINDS = ["kex", "serverHostKey", "cipher", "hmac"] as const;
export type AlgorithmKind = (typeof ALGORITHM_KINDS)[number];
/** What is allowed beyond what is usual, by kind. */
export type AllowedAlgorithms = Partial<Record<AlgorithmKind, readonly string[]>>;

/** What ssh2 can do and does not offer by itself, in the order in which it is least weak. */
const OLD: Record<AlgorithmKind, readonly string[]> = {
  kex: ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  serverHostKey: ["ssh-dss"],
  cipher: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"],
  hmac: ["hmac-md5", "hmac-sha1-96", "hmac-md5-96"],
};

const WORDS: Record<AlgorithmKind, string> = { kex: "key exchange", serverHostKey: "host key", cipher: "cipher", hmac: "message authentication" };

/** Behind the usual ones, so that a node which can do better does. */
export function algorithmsOf(allowed: AllowedAlgorithms = {}): Algorithms {
  const behind = ALGORITHM_KINDS.flatMap((kind) => (allowed[kind]?.length ? [[kind, { append: allowed[kind] } as unknown as AlgorithmList<never>] as const] : []));
  return Object.fromEntries(behind);
}

/** Listens to what a node offers while algorithms are agreed on. */
export class Offers {
  private readonly offered = new Map<AlgorithmKind, readonly string[]>();

  /** One line of ssh2's protocol log: `Handshake: (remote) KEX method: a,b`. */
  readonly listen = (line: string): void => {
    const [, what = "", list] = /^Handshake: \(remote\) (KEX method|Host key format|C->S cipher|C->S MAC): (.*)$/.exec(line) ?? [];
    const kind = kindOf(what);
    if (kind && list !== undefined) this.offered.set(kind, list.split(",").filter((name) => !/^(kex-strict|ext-info)-/.test(name)));
  };

  /** What is missing by the words of the error, as an answer and a remedy; undefined when it speaks of something else. */
  missing(message: string, connection: string, allowed: AllowedAlgorithms = {}): { answer: string; remedy?: string } | undefined {
    const [, unsupported] = /^Unsupported algorithm: (.+)$/.exec(message) ?? [];
    if (unsupported) return { answer: `the connection allows the SSH algorithm "${unsupported}", which cannot be spoken from here`, remedy: `Correct uccerts:connections.${connection}.ssh.algorithms` };
    const kind = kindOf(/no matching (.+)$/.exec(message)?.[1] ?? "");
    if (!kind) return undefined;
    const offered = this.offered.get(kind) ?? [];
    const possible = OLD[kind].find((one) => offered.includes(one));
    const answer = `it speaks no ${WORDS[kind]} algorithm that is accepted here, only ${offered.join(", ")}`;
    if (!possible) return { answer, remedy: "None of these can be spoken from here: the node has to be upgraded" };
    const index = allowed[kind]?.length ?? 0;
    return { answer, remedy: `These are weak. For an old node allow one: pulumi config set --path 'uccerts:connections.${connection}.ssh.algorithms.${kind}[${index}]' ${possible}` };
  }
}

function kindOf(words: string): AlgorithmKind | undefined {
  if (/^KEX|^key exchange/i.test(words)) return "kex";
  if (/^host key/i.test(words)) return "serverHostKey";
  if (/cipher$/.test(words)) return "cipher";
  return /MAC$/.test(words) ? "hmac" : undefined;
}
