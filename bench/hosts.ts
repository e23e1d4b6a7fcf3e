// What the provider process weighs while it exchanges the certificates of a contact centre with 16 Windows hosts.
import { combined, ESTATE_A24, type EstateDescription, startLab } from "../lab";
import { centerOf, exchange, FAST_HOSTS } from "../tests/support/exchange";
import type { TestStack } from "../tests/support/stack";
import { withPeak } from "./process";
import { below, told, type Table } from "./report";
import { good, labStack } from "./stack";

const MEGABYTES = 250;

type Host = NonNullable<EstateDescription["contactCenters"]>[number]["windows"][number];

const named = (product: Host["product"], ...names: string[]): Host[] => names.map((name) => ({ fqdn: `${name}.example.com`, product }));

/** 16 Windows hosts, and publisher and subscriber of five VOS clusters. */
const ESTATE = combined("hosts", ESTATE_A24, {
  name: "windows",
  clusters: [],
  timing: FAST_HOSTS,
  contactCenters: [
    {
      name: "contact-center",
      release: "12.5(1)",
      windows: [
        ...named("Router", "routera", "routerb"),
        ...named("Logger", "loggera", "loggerb"),
        ...named("Peripheral Gateway", "pga", "pgb", "pg2a", "pg2b"),
        ...named("AW", "awa", "awb"),
        ...named("CVP OAMP", "oamp"),
        ...named("CVP Server", "csa", "csb", "csc"),
        ...named("CVP Reporting", "repa", "repb"),
      ],
    },
  ],
});

export async function hosts(): Promise<Table[]> {
  const lab = await startLab(ESTATE);
  let stack: TestStack | undefined;
  try {
    const own = (stack = await labStack(lab, `${centerOf(lab)}\n${exchange()}`));
    const begin = Date.now();
    const { megabytes } = await withPeak(own, () => good(own.up()));
    const seconds = (Date.now() - begin) / 1000;
    const windows = lab.contactCenters.flatMap((one) => one.hosts).length;
    return [{ title: `Memory: the exchange of ${windows} Windows hosts and ${lab.clusters.flatMap(({ nodes }) => nodes).length} VOS nodes`, rows: [told("up, wall time", `${seconds.toFixed(0)} s`), below("provider process, peak of resident memory", MEGABYTES, megabytes)] }];
  } finally {
    stack?.dispose();
    await lab.stop();
  }
}
