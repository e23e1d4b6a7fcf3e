import { fromFindings, type Rule } from "./rule";

/** `uccerts:connections` of the stack configuration, as far as a rule looks at it. */
export interface ConnectionsFacts {
  connections: unknown;
}

function isInsecure(connection: unknown): boolean {
  const { insecure } = ((connection as { tls?: unknown } | null)?.tls ?? {}) as { insecure?: unknown };
  // As a policy may see it: a value that was set on the command line could be a text.
  return insecure === true || insecure === "true";
}

/** The setting may stand in the stack configuration only, so that a policy pack can see it and refuse. */
export const U8: Rule<ConnectionsFacts> = {
  id: "U8",
  title: "TLS is verified",
  severity: "advisory",
  levels: ["S"],
  source: "pulumi-uccerts, docs/connections.md",
  comply: "Remove tls.insecure, and pin the server's fingerprint: uccerts connect",
  decide: ({ connections }) =>
    fromFindings(
      Object.entries((connections ?? {}) as Record<string, unknown>)
        .filter(([, connection]) => isInsecure(connection))
        .map(([name]) => ({ where: name, found: `the connection "${name}" does not verify TLS (tls.insecure): whoever answers gets its passwords` })),
    ),
};
