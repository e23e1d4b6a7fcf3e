// The estates of the contact centre's scenarios, ready to start. They can be combined: A28 is A21, A24 and A25.
import type { ClusterDescription, EstateDescription } from "../estate";
import type { ContactCenterDescription, WindowsHostDescription, WindowsProduct } from "./description";

const CONTACT_CENTER = "contact-center";

function host(name: string, product: WindowsProduct): WindowsHostDescription {
  return { fqdn: `${name}.example.com`, product };
}

/** Scenario A21 to A23: sides A and B with a Rogger, a peripheral gateway and an AW-HDS-DDS each. `12.5(1)` has the Oracle JRE, `12.5(1a)` OpenJDK, `12.6(2)` a store in the ICM folder. */
export function estateA21(release = "12.5(1)"): EstateDescription {
  const pairs: [string, WindowsProduct][] = [["rogger", "Rogger"], ["pg", "Peripheral Gateway"], ["aw", "AW"]];
  const windows = pairs.flatMap(([name, product]) => ["a", "b"].map((side) => host(`${name}${side}`, product)));
  return { name: "a21", clusters: [], contactCenters: [{ name: CONTACT_CENTER, release, windows }] };
}

export const ESTATE_A21: EstateDescription = estateA21();

function pair(name: string, product: ClusterDescription["nodes"][number]["product"]): ClusterDescription {
  return {
    name,
    release: "12.5(1)",
    nodes: [
      { fqdn: `${name}-pub.example.com`, product, role: "publisher" },
      { fqdn: `${name}-sub.example.com`, product, role: "subscriber" },
    ],
  };
}

/** Scenario A24 without its AWs, which are those of A21: publisher and subscriber of Finesse, CUIC, Live Data, IdS and Cloud Connect. */
export const ESTATE_A24: EstateDescription = {
  name: "a24",
  clusters: [pair("finesse", "Finesse"), pair("cuic", "CUIC"), pair("livedata", "Live Data"), pair("ids", "IdS"), pair("cloudconnect", "Cloud Connect")],
};

/** Scenario A25: the Operations Console, two CVP servers and two Reporting servers. */
export const ESTATE_A25: EstateDescription = {
  name: "a25",
  clusters: [],
  contactCenters: [
    {
      name: CONTACT_CENTER,
      windows: [host("oamp", "CVP OAMP"), host("csa", "CVP Server"), host("csb", "CVP Server"), host("repa", "CVP Reporting"), host("repb", "CVP Reporting")],
    },
  ],
};

/** Hosts of contact centres of one name come together; a release is that of the first. */
function united(contactCenters: readonly ContactCenterDescription[]): ContactCenterDescription[] {
  const byName = new Map<string, ContactCenterDescription>();
  for (const one of contactCenters) {
    const known = byName.get(one.name);
    byName.set(one.name, known ? { ...one, ...known, windows: [...known.windows, ...one.windows] } : one);
  }
  return [...byName.values()];
}

/** One estate of several. */
export function combined(name: string, ...estates: readonly EstateDescription[]): EstateDescription {
  return {
    name,
    clusters: estates.flatMap(({ clusters }) => clusters),
    authorities: estates.flatMap(({ authorities }) => authorities ?? []),
    contactCenters: united(estates.flatMap(({ contactCenters }) => contactCenters ?? [])),
    timing: Object.assign({}, ...estates.map(({ timing }) => timing)) as EstateDescription["timing"],
    switches: Object.assign({}, ...estates.map(({ switches }) => switches)) as EstateDescription["switches"],
    faults: estates.flatMap(({ faults }) => faults ?? []),
  };
}
