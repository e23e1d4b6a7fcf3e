// What the CallManager nodes of a cluster remember of devices: what RIS tells.

export type RegistrationStatus = "Registered" | "UnRegistered" | "Rejected";

/** What one node remembers of one device. */
export interface Remembered {
  readonly status: RegistrationStatus;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type RegistrationsState = readonly (readonly [device: string, rows: readonly (readonly [node: string, row: Remembered])[]])[];

/** RIS tells whole seconds: what is older must be so there too. */
const SECOND = 1000;

export class Registrations {
  private devices = new Map<string, Map<string, Remembered>>();

  /** A node has something new to say; what others say is older. */
  note(device: string, node: string, status: RegistrationStatus, at = Date.now()): void {
    const rows = this.devices.get(device) ?? new Map<string, Remembered>();
    for (const [other, row] of rows) if (other !== node) rows.set(other, { ...row, at: Math.min(row.at, at - SECOND) });
    rows.set(node, { status, at });
    this.devices.set(device, rows);
  }

  /** Node → what it remembers of that device. */
  of(device: string): ReadonlyMap<string, Remembered> {
    return this.devices.get(device) ?? new Map<string, Remembered>();
  }

  get names(): string[] {
    return [...this.devices.keys()];
  }

  get state(): RegistrationsState {
    return [...this.devices].map(([device, rows]) => [device, [...rows]] as const);
  }

  restore(state: RegistrationsState): void {
    this.devices = new Map(state.map(([device, rows]) => [device, new Map(rows)]));
  }
}
