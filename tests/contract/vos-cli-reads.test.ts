// Certificates of a node below release 14 are read by CLI: the same contract, calm and with faults.
import { startNodes } from "../lab/support/estates";
import { type Reading, readingSuite } from "./reading-suite";

const RELEASE = "12.5(1)SU7";

const READINGS: readonly Reading[] = [
  { what: "an installed certificate", read: (vos) => vos.identity("tomcat"), at: "cli", asked: "show cert own tomcat", action: "read the tomcat certificate", attempts: 6 },
  { what: "every certificate", read: (vos) => vos.snapshot(), at: "cli", asked: "show cert list own", action: "read certificates", attempts: 6 },
  { what: "a trust store", read: (vos) => vos.trustEntries("tomcat-trust"), at: "cli", asked: "show cert list trust", action: "read tomcat-trust", attempts: 6 },
  { what: "a pending request", read: (vos) => vos.pendingRequest("tomcat"), at: "cli", asked: "show csr own tomcat", action: "read the pending tomcat request", attempts: 6 },
];

readingSuite("a reading by CLI", READINGS, () => startNodes({}, { release: RELEASE }), RELEASE);
