// Every rule that is implemented, by the moment at which it is decided.
import { BULK_PLAN_RULES } from "./bulk";
import { R100, R103, R104, R105, R95, R96, R97, R98 } from "./bulk-live";
import { EXCHANGE_RULES, U9 } from "./exchange";
import { EXCHANGED_RULES } from "./exchanged";
import { KEYSTORE_RULES, R111 } from "./keystores";
import { IDENTITY_RULES, TRUST_RULES } from "./content";
import { R15, R31 } from "./encoding";
import { U8 } from "./connections";
import type { LiveFacts } from "./live";
import { MIGRATION_RULES } from "./migration";
import { R19, R20, R23, R24, R25, R27 } from "./multi-server";
import { R131, R135, R28, R3, R64, R8, U1, U2, U3, U4, U5, U7 } from "./nodes";
import { PHONE_UPDATE_RULES, R65, R66 } from "./phones";
import { R56, R60, R61, R62, R67, U10, U11 } from "./phones-live";
import { REQUEST_RULES } from "./request";
import { R46, R48, R49 } from "./restarts";
import type { Rule } from "./rule";
import { R38, R40 } from "./sso";
import { chainRule, R137, R32, R34, R37, R82 } from "./trust";

/** Before the request is made: nothing has been written yet. */
export const PREPARE_RULES: readonly Rule<LiveFacts>[] = [U1, U3, R27, R131, R37, R135, R28, R38, U7, R20, R23, chainRule(R34), chainRule(R137), R64, U4, U2, R8, R3];

/** Before the certificate is installed, which may be days later. */
export const INSTALL_RULES: readonly Rule<LiveFacts>[] = [U1, U3, R27, R131, R37, R135, R28, R38, U7, R19, R20, R32, chainRule(R34), chainRule(R137), U5, R64, U4, U2];

/** Of what phones trust. */
const PHONE_RULES = [...PHONE_UPDATE_RULES.filter((rule) => rule !== R65 && rule !== R66), R56, R60, R61, R62, U10, U11];

/** Of phones and of the bulk exchange: decided, and not asked by any resource yet. */
const WAITING_RULES = [R65, R67];

/** Of the bulk exchange between clusters. */
const BULK_RULES = [R66, ...BULK_PLAN_RULES, R95, R96, R97, R98, R100, R103, R104, R105];

type Described = Pick<Rule<never>, "id" | "title" | "severity" | "levels" | "source" | "comply" | "acceptable">;

/** For the documentation and its test. A rule with two faces (request and certificate) stands here once. */
export const ALL_RULES: readonly Described[] = [
  ...new Map<string, Described>(
    [...REQUEST_RULES, ...IDENTITY_RULES, ...TRUST_RULES, ...PREPARE_RULES, ...INSTALL_RULES, R24, R25, R46, R48, R49, R15, R31, R82, R40, ...EXCHANGED_RULES, ...EXCHANGE_RULES, R111, ...KEYSTORE_RULES, U8, U9, ...PHONE_RULES, ...BULK_RULES, ...MIGRATION_RULES, ...WAITING_RULES].map((rule) => [rule.id, rule]),
  ).values(),
];
