// The phones of a cluster as a person writes them.

/** Phones that are alike. */
export interface PhonesDescription {
  /** So many, with names of the lab's making, beside those of `names`. */
  count?: number;
  /** `SEP` and twelve capital hexadecimal digits each. */
  names?: string[];
  /** Default `Default`. */
  devicePool?: string;
  /** The cluster whose DHCP server gives them their address and option 150. Default: their own. */
  dhcp?: string;
  /** The subnet of that DHCP server that they are in. Default: its first. */
  subnet?: string;
  /** Names or addresses of TFTP servers that were entered at the phone: option 150 is ignored. */
  alternateTftp?: string[];
  /** So many of them, the first ones, hold an ITL of a cluster that is no more. Default 0. */
  foreignItl?: number;
  /** Other clusters in which these phones are configured too, in the device pool of the same name, or in the first. Default none: another cluster rejects them. */
  alsoIn?: string[];
}

/** One subnet of a DHCP server. */
export interface SubnetDescription {
  /** Default `10.<100 + cluster>.<16 * subnet>.0`, the first of all being `10.100.0.0`. */
  address?: string;
  /** TFTP servers, at most two, by address or name. Default: the first two nodes of the cluster on which Cisco Tftp is activated. */
  option150?: string[];
}

/** The DHCP server from which the phones of a cluster get their TFTP servers. */
export interface DhcpDescription {
  /** `CUCM`: AXL shows it and changes it; `elsewhere`: only a person can. Default `CUCM`. */
  server?: "CUCM" | "elsewhere";
  /** Default: one. */
  subnets?: SubnetDescription[];
}

/** What a cluster says of phones. */
export interface PhoneClusterDescription {
  /** Default none. */
  phones?: PhonesDescription | PhonesDescription[];
  /** Name → FQDNs of CUCM nodes in their order. Default: `Default`, with every node on which Cisco CallManager is activated. */
  callManagerGroups?: Record<string, string[]>;
  /** Device pool → its CallManager group. Default: `Default`, with the first group. */
  devicePools?: Record<string, string>;
  /** Default: one on the publisher, if the cluster has phones. */
  dhcp?: DhcpDescription;
  /** Enterprise parameter Phone Interaction on Certificate Update, from release 14. Default `automatic`. */
  phoneInteraction?: "automatic" | "manual";
}

/** The sets of phones of a cluster. */
export function setsOf({ phones = [] }: PhoneClusterDescription): PhonesDescription[] {
  return Array.isArray(phones) ? phones : [phones];
}

export const DEFAULT = "Default";
