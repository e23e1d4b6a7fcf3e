// What stands in every state that users have: it can never change.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { lifecycleOf } from "../../provider/registry";
import { Renewal } from "../../sdk";
import { KINDS, shim, typeToken } from "../../sdk/tokens";

const TEXTS: Record<string, string> = {
  Renewal: 'exports.handler = () => require("pulumi-uccerts/provider").handler("Renewal");',
  TrustCertificate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("TrustCertificate");',
  MultiSanCsr: 'exports.handler = () => require("pulumi-uccerts/provider").handler("MultiSanCsr");',
  AdcsCertificate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("AdcsCertificate");',
  IdentityCertificate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("IdentityCertificate");',
  Preflight: 'exports.handler = () => require("pulumi-uccerts/provider").handler("Preflight");',
  ServiceRestart: 'exports.handler = () => require("pulumi-uccerts/provider").handler("ServiceRestart");',
  SsoSuspension: 'exports.handler = () => require("pulumi-uccerts/provider").handler("SsoSuspension");',
  SsoResumption: 'exports.handler = () => require("pulumi-uccerts/provider").handler("SsoResumption");',
  ServedCertificate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("ServedCertificate");',
  KeystoreCertificate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("KeystoreCertificate");',
  KeystoreEntries: 'exports.handler = () => require("pulumi-uccerts/provider").handler("KeystoreEntries");',
  KeystoreEntry: 'exports.handler = () => require("pulumi-uccerts/provider").handler("KeystoreEntry");',
  ServerRestart: 'exports.handler = () => require("pulumi-uccerts/provider").handler("ServerRestart");',
  BulkPreflight: 'exports.handler = () => require("pulumi-uccerts/provider").handler("BulkPreflight");',
  BulkExport: 'exports.handler = () => require("pulumi-uccerts/provider").handler("BulkExport");',
  BulkConsolidation: 'exports.handler = () => require("pulumi-uccerts/provider").handler("BulkConsolidation");',
  BulkImport: 'exports.handler = () => require("pulumi-uccerts/provider").handler("BulkImport");',
  BulkCleanup: 'exports.handler = () => require("pulumi-uccerts/provider").handler("BulkCleanup");',
  CtlFileUpdate: 'exports.handler = () => require("pulumi-uccerts/provider").handler("CtlFileUpdate");',
  PhoneCount: 'exports.handler = () => require("pulumi-uccerts/provider").handler("PhoneCount");',
  PhonesRegistered: 'exports.handler = () => require("pulumi-uccerts/provider").handler("PhonesRegistered");',
  PhoneMigrationPreflight: 'exports.handler = () => require("pulumi-uccerts/provider").handler("PhoneMigrationPreflight");',
  DhcpOption150: 'exports.handler = () => require("pulumi-uccerts/provider").handler("DhcpOption150");',
  PhoneReset: 'exports.handler = () => require("pulumi-uccerts/provider").handler("PhoneReset");',
};

const TYPES: Record<string, string> = {
  Renewal: "pulumi-nodejs:dynamic/uccerts:Renewal",
  TrustCertificate: "pulumi-nodejs:dynamic/uccerts:TrustCertificate",
  MultiSanCsr: "pulumi-nodejs:dynamic/uccerts:MultiSanCsr",
  AdcsCertificate: "pulumi-nodejs:dynamic/uccerts:AdcsCertificate",
  IdentityCertificate: "pulumi-nodejs:dynamic/uccerts:IdentityCertificate",
  Preflight: "pulumi-nodejs:dynamic/uccerts:Preflight",
  ServiceRestart: "pulumi-nodejs:dynamic/uccerts:ServiceRestart",
  SsoSuspension: "pulumi-nodejs:dynamic/uccerts:SsoSuspension",
  SsoResumption: "pulumi-nodejs:dynamic/uccerts:SsoResumption",
  ServedCertificate: "pulumi-nodejs:dynamic/uccerts:ServedCertificate",
  KeystoreCertificate: "pulumi-nodejs:dynamic/uccerts:KeystoreCertificate",
  KeystoreEntries: "pulumi-nodejs:dynamic/uccerts:KeystoreEntries",
  KeystoreEntry: "pulumi-nodejs:dynamic/uccerts:KeystoreEntry",
  ServerRestart: "pulumi-nodejs:dynamic/uccerts:ServerRestart",
  BulkPreflight: "pulumi-nodejs:dynamic/uccerts:BulkPreflight",
  BulkExport: "pulumi-nodejs:dynamic/uccerts:BulkExport",
  BulkConsolidation: "pulumi-nodejs:dynamic/uccerts:BulkConsolidation",
  BulkImport: "pulumi-nodejs:dynamic/uccerts:BulkImport",
  BulkCleanup: "pulumi-nodejs:dynamic/uccerts:BulkCleanup",
  CtlFileUpdate: "pulumi-nodejs:dynamic/uccerts:CtlFileUpdate",
  PhoneCount: "pulumi-nodejs:dynamic/uccerts:PhoneCount",
  PhonesRegistered: "pulumi-nodejs:dynamic/uccerts:PhonesRegistered",
  PhoneMigrationPreflight: "pulumi-nodejs:dynamic/uccerts:PhoneMigrationPreflight",
  DhcpOption150: "pulumi-nodejs:dynamic/uccerts:DhcpOption150",
  PhoneReset: "pulumi-nodejs:dynamic/uccerts:PhoneReset",
};

describe("the text that the state keeps", () => {
  test("is the same as ever, for every kind", () => {
    assert.deepEqual(Object.fromEntries(KINDS.map((kind) => [kind, shim(kind)])), TEXTS);
  });

  test("stands under the same type as ever", () => {
    assert.deepEqual(Object.fromEntries(KINDS.map((kind) => [kind, typeToken(kind)])), TYPES);
  });
});

describe("a kind that this version does not know", () => {
  for (const kind of ["KeystoreTeleport", "toString", ""])
    test(`is refused with what to install: "${kind}"`, () => {
      assert.throws(() => lifecycleOf(kind), { message: `this version of pulumi-uccerts does not know resources of kind "${kind}": install the version that made them, or a later one` });
    });
});

describe("a resource that is declared with an option that cannot work", () => {
  const declare = (options: CustomResourceOptions) => () => new Renewal("yearly", { after: "300d" }, options);

  test("refuses import and says what to do instead", () => {
    assert.throws(declare({ import: "renewal" }), /Renewal "yearly": "import" is not needed and cannot work here\. Remove the option and run "pulumi up": what the platform already has is adopted/);
  });

  test("refuses id, which would only look the resource up", () => {
    assert.throws(declare({ id: "renewal" }), /Renewal "yearly": "id" cannot work here: .*Remove the option/);
  });
});
