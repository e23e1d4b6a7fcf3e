import { createHash, createPrivateKey } from "node:crypto";
import { utils } from "ssh2";
import type { KeyPool } from "../keys";

/** The host keys of one node and what a client pins. */
export interface HostKeys {
  /** Private keys in the PEM forms that ssh2 reads, the preferred one first. */
  pems: string[];
  /** `SHA256:…` of each, without padding, as OpenSSH prints it. */
  fingerprints: string[];
}

function fingerprint(pem: string): string {
  const key = utils.parseKey(pem);
  if (key instanceof Error) throw key;
  const digest = createHash("sha256").update(key.getPublicSSH()).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}

/** An ECDSA and an RSA key of the node's own. */
export async function hostKeys(keys: KeyPool): Promise<HostKeys> {
  const [ec, rsa] = await Promise.all([keys.next("ec-256"), keys.next("rsa-2048")]);
  const pems = [
    createPrivateKey(ec).export({ type: "sec1", format: "pem" }).toString(),
    createPrivateKey(rsa).export({ type: "pkcs1", format: "pem" }).toString(),
  ];
  return { pems, fingerprints: pems.map(fingerprint) };
}
