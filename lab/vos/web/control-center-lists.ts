// The two lists that Control Center gives of what is installed.
import type { Product } from "../../estate";
import type { VosNode } from "../node";
import type { Service } from "../services";
import { answerOf, field, group } from "./control-center-answers";

/** The headings of the Serviceability page; a service that is not here stands under the heading of its kind. */
const GROUPS: Record<string, RegExp> = {
  "CM Services": /^Cisco (CallManager|CTIManager|Tftp)$/,
  "Security Services": /Proxy Function|Trust Verification/,
  "Database and Admin Services": /AXL Web|Bulk Provisioning/,
  "Backup and Restore Services": /DRF/,
  "IM and Presence Services": /Presence|SIP Proxy|XCP|Sync Agent/,
};

const PRODUCTS: Record<Product, { name: string; id: string; shortName: string }> = {
  CUCM: { name: "Cisco Unified Communications Manager", id: "CallManager", shortName: "CCM" },
  "IM and Presence": { name: "Cisco Unified Communications Manager IM and Presence Service", id: "CUP", shortName: "CUP" },
  Finesse: { name: "Cisco Finesse", id: "Finesse", shortName: "Finesse" },
  CUIC: { name: "Cisco Unified Intelligence Center", id: "CUIC", shortName: "CUIC" },
  "Live Data": { name: "Cisco Live Data", id: "LiveData", shortName: "LiveData" },
  IdS: { name: "Cisco Identity Service", id: "IdS", shortName: "IdS" },
  "Cloud Connect": { name: "Cisco Cloud Connect", id: "CloudConnect", shortName: "CloudConnect" },
  VVB: { name: "Cisco Virtualized Voice Browser", id: "VVB", shortName: "VVB" },
};

function heading({ name, kind }: Service): string {
  const found = Object.keys(GROUPS).find((title) => GROUPS[title]!.test(name));
  return found ?? (kind === "feature" ? "Feature Services" : "Platform Services");
}

function specification(service: Service, productId?: string): string {
  const servlet = /Web Service$|Admin$|Serviceability$/.test(service.name);
  return group("item", [
    field("ServiceName", service.name),
    field("ServiceType", servlet ? "Servlet" : "Service"),
    field("Deployable", String(service.kind === "feature")),
    field("GroupName", heading(service)),
    ...(productId ? [field("ProductID", productId)] : []),
    group("DependentServices", []),
  ]);
}

/** Answers soapGetStaticServiceList. */
export function staticServices(node: VosNode): string {
  return answerOf("soapGetStaticServiceList", [group("Services", node.services.list().map((service) => specification(service)))]);
}

/** Answers getProductInformationList: the product and, as `Common`, what every product shares. */
export function productInformation(node: VosNode): string {
  const { release, nodes } = node.cluster;
  const { name, id, shortName } = PRODUCTS[node.product];
  const primary = nodes.find((other) => other.product === node.product && other.publisher) ?? node;
  const product = [["ProductName", name], ["ProductVersion", release], ["ProductDescription", name], ["ProductID", id], ["ShortName", shortName]] as const;
  return answerOf("getProductInformationList", [
    field("ActiveServerVersion", release),
    field("PrimaryNode", primary.fqdn),
    field("SecondaryNode", ""),
    group("Products", [group("item", product.map(([key, value]) => field(key, value)))]),
    group("Services", node.services.list().map((service) => specification(service, service.kind === "feature" ? id : "Common"))),
  ]);
}
