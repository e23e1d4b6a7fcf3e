// The contact centre of scenarios A21, A24, A25 and A27 as a program, and what a preview of it says.
import type { TestStack } from "./stack";

/** Call servers restart inside a maintenance window alone (U9). */
export const ALWAYS_OPEN = `maintenanceWindow: { from: "00:00", to: "00:00", timeZone: "UTC" }`;

/** JavaScript that declares the contact centre `center`; `more` joins its arguments. */
export function contactCenter(more = ALWAYS_OPEN): string {
  const pair = (name: string, product: string, connection = "center") =>
    `new uccerts.Cluster("${name}", { release: "12.6(2)", connection: "${connection}", nodes: [{ fqdn: "${name}-a.example.com", product: "${product}", role: "publisher" }, { fqdn: "${name}-b.example.com", product: "${product}", role: "subscriber" }] })`;
  const hosts = [["aw-a", "AW", "A"], ["aw-b", "AW", "B"], ["rogger-a", "Rogger", "A"], ["rogger-b", "Rogger", "B"], ["pg-a", "Peripheral Gateway", "A"], ["pg-b", "Peripheral Gateway", "B"], ["oamp", "CVP OAMP", "A"], ["csa", "CVP Server", "A"], ["csb", "CVP Server", "B"], ["repa", "CVP Reporting", "A"], ["repb", "CVP Reporting", "B"]];
  return `
    const vvb = new uccerts.Cluster("vvb1", { release: "12.6(2)", nodes: [{ fqdn: "vvb1.example.com", product: "VVB", role: "publisher" }] });
    const center = new uccerts.ContactCenter("center", {
      release: "12.5(1)",
      hosts: ${JSON.stringify(hosts.map(([name, product, side]) => ({ fqdn: `${name}.example.com`, product, side })))},
      clusters: [${[pair("finesse", "Finesse"), pair("cuic", "CUIC"), pair("livedata", "Live Data"), pair("ids", "IdS"), pair("cloudconnect", "Cloud Connect")].join(", ")}, vvb],
      ${more}
    });`;
}

/** A resource that a preview would make. */
export interface Planned {
  name: string;
  kind: string;
  inputs: Record<string, unknown>;
  /** Names of what it waits for. */
  dependencies: string[];
}

interface PreviewStep {
  op: string;
  urn: string;
  newState?: { type: string; inputs?: Record<string, unknown>; dependencies?: string[] };
}

const nameOf = (urn: string) => urn.split("::").at(-1)!;

/** What a preview would make, and all that it says. */
export async function planned(stack: TestStack): Promise<{ resources: Planned[]; said: string; code: number | null }> {
  const { code, output } = await stack.preview("--json");
  const { steps = [], diagnostics = [] } = JSON.parse(output.slice(output.indexOf("{\n"), output.lastIndexOf("\n}") + 2)) as { steps?: PreviewStep[]; diagnostics?: { message: string }[] };
  const resources = steps.flatMap(({ op, urn, newState }) =>
    op === "create" && newState?.type.includes("uccerts:") ? [{ name: nameOf(urn), kind: newState.type.split(":").at(-1)!, inputs: newState.inputs ?? {}, dependencies: (newState.dependencies ?? []).map(nameOf) }] : [],
  );
  return { resources, said: diagnostics.map(({ message }) => message).join(""), code };
}
