import { createHmac, timingSafeEqual } from "node:crypto";
import md4 from "js-md4";
import type { Authenticate } from "./messages";

/** LM and NTLMv1 answers are this long. */
const OLD_RESPONSE_BYTES = 24;

const PROOF_BYTES = 16;

/** What a domain controller keeps of a password. */
export function ntHash(password: string): Buffer {
  return Buffer.from(md4.arrayBuffer(Buffer.from(password, "utf16le")));
}

function hmac(key: Buffer, ...data: Buffer[]): Buffer {
  return createHmac("md5", key).update(Buffer.concat(data)).digest();
}

/** Whether the answer proves that the client knows the password, by NTLMv2 only ([MS-NLMP] 3.3.2); else why it does not. */
export function verifyNtlmV2(answer: Authenticate, challenge: Buffer, password: string): "accepted" | "NTLMv1 or LM" | "wrong password" {
  const { ntResponse, username, domain } = answer;
  if (ntResponse.length <= OLD_RESPONSE_BYTES) return "NTLMv1 or LM";
  const [proof, blob] = [ntResponse.subarray(0, PROOF_BYTES), ntResponse.subarray(PROOF_BYTES)];
  const key = hmac(ntHash(password), Buffer.from(username.toUpperCase() + domain, "utf16le"));
  return timingSafeEqual(proof, hmac(key, challenge, blob)) ? "accepted" : "wrong password";
}
