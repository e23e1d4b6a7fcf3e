import { type Certificate, isIssuedBy, label } from "./certificate";

/** A chain of authorities, root first. */
export interface Chain {
  /** Root, then each intermediate from the top. */
  authorities: Certificate[];
  /** Anything in the source that is no authority of the chain, for instance the server certificate. */
  others: Certificate[];
}

/**
 * Sorts certificates into one chain of authorities, root first (R31). Order and extra leaf certificates do not matter.
 * @throws when the root or an intermediate is missing, or when there is more than one chain.
 */
export function sortChain(certificates: readonly Certificate[]): Chain {
  const authorities = certificates.filter((certificate) => certificate.isAuthority);
  const others = certificates.filter((certificate) => !certificate.isAuthority);
  if (authorities.length === 0) throw new Error("the chain holds no certificate authority, only end-entity certificates");
  const roots = authorities.filter((certificate) => certificate.selfSigned);
  if (roots.length === 0) throw new Error(`the chain lacks its root: nothing here issued ${label(topmost(authorities))}, whose issuer is ${topmost(authorities).issuer}`);
  if (roots.length > 1) throw new Error(`the chain holds ${roots.length} roots (${roots.map(label).join(", ")}): declare one chain at a time`);
  const sorted = follow(roots[0]!, authorities);
  const left = authorities.filter((certificate) => !sorted.includes(certificate));
  const orphan = left.length > 0 ? topmost(left) : others.find((one) => !one.selfSigned && !sorted.some((authority) => isIssuedBy(one, authority)));
  if (orphan) throw new Error(`the chain lacks an intermediate: nothing here issued ${label(orphan)}, whose issuer is ${orphan.issuer}`);
  const fork = sorted.find((one, index) => index > 0 && !isIssuedBy(one, sorted[index - 1]!));
  if (fork) throw new Error(`the chain has more than one branch: ${label(fork)} does not follow ${label(sorted[sorted.indexOf(fork) - 1]!)}; declare one chain at a time`);
  return { authorities: sorted, others };
}

/** A certificate of the set that none of the others issued. */
function topmost(certificates: readonly Certificate[]): Certificate {
  return certificates.find((one) => !certificates.some((other) => other !== one && isIssuedBy(one, other))) ?? certificates[0]!;
}

function follow(root: Certificate, certificates: readonly Certificate[]): Certificate[] {
  const sorted = [root];
  for (let index = 0; index < sorted.length; index++)
    for (const certificate of certificates) if (!sorted.includes(certificate) && isIssuedBy(certificate, sorted[index]!)) sorted.push(certificate);
  return sorted;
}

/** Every one of `authorities` that a certificate leads to. */
export function issuersOf(certificate: Certificate, authorities: readonly Certificate[]): Certificate[] {
  const found: Certificate[] = [];
  for (let one: Certificate | undefined = certificate, index = 0; one; one = found[index++])
    if (!one.selfSigned) for (const issuer of authorities) if (!found.includes(issuer) && isIssuedBy(one, issuer)) found.push(issuer);
  return found;
}

/** The path from a certificate to a self-signed one through `authorities`; undefined when there is none. */
export function pathTo(certificate: Certificate, authorities: readonly Certificate[]): Certificate[] | undefined {
  if (certificate.selfSigned) return [certificate];
  for (const issuer of authorities.filter((one) => isIssuedBy(certificate, one))) {
    const rest = pathTo(issuer, authorities.filter((one) => one !== issuer));
    if (rest) return [certificate, ...rest];
  }
  return undefined;
}
