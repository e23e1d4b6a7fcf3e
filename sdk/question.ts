import type { Purpose, Reuse } from "../domain/purposes";
import type { Use } from "../domain/restarts";
import type { Distribution, HashAlgorithm, KeyType } from "../domain/rules/request";

export type { Purpose, Reuse } from "../domain/purposes";
export type { Use } from "../domain/restarts";
export type { Distribution, HashAlgorithm, KeyType } from "../domain/rules/request";

/** What is asked of the platform, in the words of the dialog *Generate Certificate Signing Request*. */
export interface QuestionInputs {
  /** Certificate purpose, such as `"tomcat"`. */
  purpose: Purpose;
  /** `"multi-server"`: one certificate for all nodes; `"this-server"`: for this node alone. */
  distribution: Distribution;
  /** Common Name. Default: `<host>-ms.<domain>` for multi-server, the FQDN otherwise (`-EC` in the host part of an EC certificate). */
  commonName?: string;
  /** Parent Domain, which the platform puts among the names. Default: the domain of the node; `""`: none. */
  parentDomain?: string;
  /** Other Domains: further names, beside the nodes' own. No wildcards (R9). */
  otherDomains?: string[];
  /** Default: what the purpose asks for (`tomcat`: RSA, `tomcat-ECDSA`: EC). */
  keyType?: KeyType;
  /** Bits. Default 2048 for RSA, 384 for EC. */
  keyLength?: number;
  /** Default SHA256 for RSA, SHA384 for EC. */
  hashAlgorithm?: HashAlgorithm;
  /** Nodes, by FQDN, that a multi-server CallManager certificate does not name: only where Cisco CallManager is not active (R20). The platform takes such a request from a person alone. Default: none. */
  leaveOut?: string[];
  /**
   * Certificate reuse (from 14 on): `"CallManager"` of a tomcat certificate that is also that of CallManager, `"CallManager-ECDSA"` of a tomcat-ECDSA one. A change of it is then planned as one that phones
   * notice: maintenance window (R63), phones counted and awaited, CTL file in mixed mode, restarts of both. What is said must be what the cluster does (U7). Default: it is not reused.
   */
  reusedFor?: Reuse;
  /** What the certificate serves beside browsers: decides on clientAuth (R13) and on further restarts. */
  uses?: Use[];
}

/** Reasons for rules that are set aside, by rule id: `{ R64: "backups are taken by the hypervisor" }`. Only rules that say so can be accepted (docs/rules.md). */
export type Accept = Record<string, string>;
