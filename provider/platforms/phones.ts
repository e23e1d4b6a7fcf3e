// The contract of what a CUCM publisher knows of phones, and does with them: AXL and RIS (platform-interfaces.md 4.2; certsrv-keystores-ris.md 3).

/** A phone as it is configured. */
export interface ConfiguredPhone {
  /** `SEP001122334455`. */
  name: string;
  devicePool: string;
}

/** A CallManager group: the nodes with which its phones register, and whose TVS they ask, in their order. */
export interface PhoneGroup {
  name: string;
  /** As the cluster lists its nodes: a name or an address. */
  members: readonly string[];
  /** The device pools that use it. */
  devicePools: readonly string[];
}

export type RegistrationStatus = "Registered" | "UnRegistered" | "Rejected" | "PartiallyRegistered" | "Unknown";

/** What is known of a phone's registration: of several nodes the newest word. */
export interface Registration {
  name: string;
  status: RegistrationStatus;
  /** The CallManager node that says so, as it names itself. */
  node: string;
  /** Since when. */
  at: Date;
}

/** A subnet of the DHCP server of CUCM. */
export interface DhcpSubnet {
  /** AXL's uuid. */
  id: string;
  subnetIpAddress: string;
  /** The node on which the server runs. */
  server: string;
  /** Option 150, first and second; absent where not set. */
  primaryTftp?: string;
  secondaryTftp?: string;
}

export interface PhonePlatform {
  /** Every phone of the cluster, by AXL, a thousand an answer. */
  configured(): Promise<ConfiguredPhone[]>;
  groups(): Promise<PhoneGroup[]>;
  /** By RIS, at most a thousand names a request and fewer than fifteen requests a minute: further ones wait for their turn. A phone that RIS does not know is absent. */
  registrations(names: readonly string[]): Promise<Registration[]>;
  /** Resets one phone (AXL doDeviceReset); the write throttle of AXL is waited for. Nothing tells that it was done but the phone. */
  reset(name: string): Promise<void>;
  dhcpSubnets(): Promise<DhcpSubnet[]>;
  /** Sets option 150 of a subnet; `undefined` empties the second. */
  setOption150(subnet: Pick<DhcpSubnet, "id">, primary: string, secondary: string | undefined): Promise<void>;
}
