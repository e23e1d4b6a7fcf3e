import type { PhoneMove } from "./phone-migration-preflight";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** The TFTP servers that DHCP gives to a subnet. */
export interface SubnetTftp {
  subnet: string;
  /** Empty: none. */
  primary: string;
  secondary: string;
}

/** Option 150 of the phones' subnets: where they ask for their files. */
export interface DhcpOption150Inputs extends PhoneMove {
  /** Addresses of the destination's TFTP servers as phones reach them, first and second. */
  tftp: string[];
  /** CUCM publisher whose cluster serves DHCP to the phones. Absent: DHCP is elsewhere, and a person sets the option and says so in `confirmed`. */
  node?: VosNode;
  /** Subnets, such as `10.1.0.0`. Default: every subnet of that DHCP server. Only with `node`. */
  subnets?: string[];
  /** Where DHCP is elsewhere: who says that option 150 is set, such as a ticket. Empty: not yet, and the run ends there with what to set. */
  confirmed?: string;
  /** `changeId`s or states of what it is for: while one is `due`, so is this. */
  triggers: string[];
  /** When it may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

export interface DhcpOption150Outputs {
  /** What the subnets had before this resource changed them. */
  before: SubnetTftp[];
  /** What they have now; empty where DHCP is elsewhere. */
  now: SubnetTftp[];
  /** Another value whenever it has changed; `due` while it waits. */
  changeId: string;
  /** ISO 8601, UTC; empty when it never had to. */
  changedAt: string;
  /** `done`, `due`, or `pending` until a person confirms. */
  status: string;
  /** Why it is due or was not needed. */
  remark: string;
}

const seeds: Seeds<DhcpOption150Outputs> = { before: undefined, now: undefined, changeId: undefined, changedAt: undefined, status: undefined, remark: undefined };

export interface DhcpOption150 extends Offers<DhcpOption150Inputs, DhcpOption150Outputs> {}

/**
 * Points DHCP option 150 of the phones' subnets to the TFTP servers of the destination: by AXL where CUCM serves DHCP, else by a person, who confirms it in the program. Not before the gate of
 * PhoneMigrationPreflight is open (R102): that is decided again here. Removing it forgets, and says what the subnets had before; the way back is a migration in the other direction.
 */
export class DhcpOption150 extends Resource<DhcpOption150Inputs, DhcpOption150Outputs> {
  constructor(name: string, args: Args<DhcpOption150Inputs>, options?: ResourceOptions) {
    super("DhcpOption150", name, args, seeds, options);
  }
}
