// The state of a node beside its certificates and services.
import type { ClusterDescription } from "../estate";

/** What a test may turn to see a rule decide. */
export interface Health {
  ntpSynchronised: boolean;
  diskUsedPercent: number;
  /** Names that the node cannot resolve. */
  unresolved: Set<string>;
  upgradeRunning: boolean;
  fips: boolean;
  sso: boolean;
  /** What the database says of SSO where that differs from the node. */
  ssoInDatabase?: boolean;
  saml: Saml;
}

/** What a person did last to enable SSO, and what came of the test. */
export interface Saml {
  exported: Date;
  imported: Date;
  tested: Date;
  test: "passed" | "failed";
}

/** In the made-up past of the estate. */
const ENABLED: Saml = { exported: new Date("2024-03-04T09:00:42Z"), imported: new Date("2024-03-04T09:09:00Z"), tested: new Date("2024-03-04T09:10:39Z"), test: "passed" };

/** Of a node that was set up long ago. */
export function healthOf({ sso = false }: ClusterDescription): Health {
  return { ntpSynchronised: true, diskUsedPercent: 60, unresolved: new Set(), upgradeRunning: false, fips: false, sso, saml: ENABLED };
}
