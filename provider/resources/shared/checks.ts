// What several resources check of their inputs. Pure; an unknown value is left to the moment at which it is known.
import { isWindowsProduct, WINDOWS_PRODUCTS } from "../../../domain/hosts";
import { isFqdn } from "../../../domain/names";
import { isPurpose, PRODUCTS, PURPOSES, type Reusable, reuseFailure, ROLES } from "../../../domain/purposes";
import { parseRelease } from "../../../domain/releases";
import { ALL_RULES } from "../../../domain/rules";
import { decideAll, type Rule } from "../../../domain/rules/rule";
import { type MaintenanceWindow, windowFailures } from "../../../domain/windows";
import { parseCertificate } from "../../../domain/x509/certificate";
import type { VosNode } from "../../../sdk/topology";
import type { WindowsHost } from "../../../sdk/windows-host";
import { type Failure, UNKNOWN, type Unknown } from "../../lifecycle";

/** A value that is known; undefined otherwise. */
export function known<T>(value: T | Unknown): T | undefined {
  return value === UNKNOWN ? undefined : value;
}

export function checkNode(node: VosNode | Unknown): Failure[] {
  if (node === UNKNOWN) return [];
  const fail = (reason: string): Failure => ({ property: "node", reason });
  if (!node || typeof node !== "object" || !node.fqdn) return [fail("is no node: take one from a Cluster, such as hq.publisher(\"CUCM\")")];
  const failures: Failure[] = [];
  if (!PRODUCTS.includes(node.product)) failures.push(fail(`product "${String(node.product)}" is unknown (known: ${PRODUCTS.join(", ")})`));
  if (!ROLES.includes(node.role)) failures.push(fail(`role "${String(node.role)}" is unknown (known: ${ROLES.join(", ")})`));
  if (!parseRelease(String(node.release))) failures.push(fail(`release "${String(node.release)}" is no release: write it as on the platform's page, such as "15" or "14SU2"`));
  if (!node.connection) failures.push(fail("has no connection"));
  if (!node.cluster?.name || !Array.isArray(node.cluster.nodes)) failures.push(fail("has no cluster"));
  return failures;
}

/** A Windows host. */
export function checkHost(host: WindowsHost | Unknown, property = "host"): Failure[] {
  if (host === UNKNOWN) return [];
  const fail = (reason: string): Failure => ({ property, reason });
  if (!host || typeof host !== "object" || !host.fqdn) return [fail("is no host: take one from a ContactCenter")];
  const failures: Failure[] = [];
  if (!isFqdn(host.fqdn)) failures.push(fail(`${host.fqdn} is no fully qualified domain name: servers are exchanged by their names (R123)`));
  if (!isWindowsProduct(host.product)) failures.push(fail(`product "${String(host.product)}" is unknown (known: ${WINDOWS_PRODUCTS.join(", ")})`));
  if (!parseRelease(String(host.release))) failures.push(fail(`release "${String(host.release)}" is no release: write it as on the product's page, such as "12.5(1a)" or "12.6(2)"`));
  if (!host.connection) failures.push(fail("has no connection"));
  return failures;
}

/** Where something runs: on a VOS node, or on a Windows host. */
export function checkNodeOrHost(node: VosNode | WindowsHost | Unknown): Failure[] {
  if (node === UNKNOWN || !node || typeof node !== "object" || !isWindowsProduct(node.product)) return checkNode(node as VosNode | Unknown);
  return checkHost(node as WindowsHost, "node");
}

/** One port; nothing is said of one that is not given. */
export function checkPort(property: string, port: number | undefined): Failure[] {
  return port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536) ? [] : [{ property, reason: `${String(port)} is no port` }];
}

export function checkPurpose(purpose: unknown): Failure[] {
  if (purpose === UNKNOWN || isPurpose(purpose)) return [];
  return [{ property: "purpose", reason: `"${String(purpose)}" is no certificate purpose (known: ${PURPOSES.join(", ")})` }];
}

/** Certificate reuse as a program can declare it. */
export function checkReuse(purpose: Reusable["purpose"] | Unknown, reusedFor: Reusable["reusedFor"] | Unknown): Failure[] {
  if (purpose === UNKNOWN || reusedFor === UNKNOWN || !isPurpose(purpose)) return [];
  const reason = reuseFailure({ purpose, reusedFor });
  return reason ? [{ property: "reusedFor", reason }] : [];
}

/** One certificate in PEM; what is wrong with the text, or by these rules. */
export function checkCertificate<F>(property: string, pem: string | Unknown, rules: readonly Rule<F>[], facts: (certificate: ReturnType<typeof parseCertificate>) => F): Failure[] {
  if (pem === UNKNOWN) return [];
  try {
    const { refusals } = decideAll(rules, facts(parseCertificate(pem)));
    return refusals.map(({ text }) => ({ property, reason: text }));
  } catch (error) {
    return [{ property, reason: `is no certificate: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

/** Every entry of a chain must be one certificate; order and completeness are the component's work. */
export function checkChain(chain: readonly string[] | Unknown): Failure[] {
  if (chain === UNKNOWN) return [];
  if (!Array.isArray(chain) || chain.length === 0) return [{ property: "chain", reason: "is empty: declare the authorities, root first (TrustChain reads any file of them)" }];
  return (chain as string[]).flatMap((pem, index) => checkCertificate(`chain[${index}]`, pem, [], (certificate) => certificate));
}

const ACCEPTABLE = ALL_RULES.filter(({ acceptable }) => acceptable).map(({ id }) => id).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

export function checkAccept(accept: Record<string, string> | undefined | Unknown): Failure[] {
  if (accept === UNKNOWN || accept === undefined) return [];
  return Object.entries(accept).flatMap(([id, reason]) => {
    if (!ACCEPTABLE.includes(id)) return [{ property: "accept", reason: `${id} cannot be accepted (can be: ${ACCEPTABLE.join(", ")})` }];
    return reason ? [] : [{ property: "accept", reason: `${id} needs a reason` }];
  });
}

export function checkWindow(window: MaintenanceWindow | undefined | Unknown): Failure[] {
  if (window === UNKNOWN || window === undefined) return [];
  return windowFailures(window).map((reason) => ({ property: "maintenanceWindow", reason }));
}

/** A share of a hundred, below it. */
export function checkPercent(property: string, value: number | undefined | Unknown): Failure[] {
  const percent = known(value);
  return percent === undefined || (typeof percent === "number" && percent >= 0 && percent < 100) ? [] : [{ property, reason: `${String(percent)} is no share: write a number from 0 to below 100` }];
}
