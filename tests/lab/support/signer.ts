import { dataEncipherment, digitalSignature, EKU, issue, keyCertSign, keyEncipherment, type KeyAndCertificate, selfSigned, type Validity } from "../../../lab/pki/make";
import { describeRequest } from "../../../lab/pki/read";
import { KeyPool } from "../../../lab/keys";

/** A certificate authority that is nothing but a key. */
export async function makeRoot(commonName = "Test Root CA", validity: Validity = { days: 365 }): Promise<KeyAndCertificate> {
  const key = await new KeyPool().shared("rsa-2048");
  return { key, certificate: await selfSigned(key, { subject: `CN=${commonName}`, keyUsage: keyCertSign, ca: true }, validity) };
}

/** Signs a request as it was asked. */
export async function sign(root: KeyAndCertificate, csr: string): Promise<string> {
  const { publicKey, subject, names } = await describeRequest(csr);
  const content = { subject, names, keyUsage: digitalSignature | keyEncipherment | dataEncipherment, extendedKeyUsage: [EKU.serverAuth, EKU.clientAuth] };
  return issue(publicKey, content, root, { days: 90 });
}
