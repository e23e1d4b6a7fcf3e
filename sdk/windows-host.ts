// A Windows server of a contact centre, as resources take it.

import type { WindowsProduct } from "../domain/hosts";

export type { WindowsProduct } from "../domain/hosts";

/** Never holds a credential. */
export interface WindowsHost {
  fqdn: string;
  /** Address to connect to, where the FQDN does not resolve from here. `reach` of the connection beats it. */
  address?: string;
  product: WindowsProduct;
  /** Release as on the platform's page, such as `"12.5(1)"`, `"12.5(1a)"`, `"12.5(1) ES55"` or `"12.6(2)"`. */
  release: string;
  /** Name of the connection in `uccerts:connections`. */
  connection: string;
  /** Name of the contact centre that it belongs to. */
  contactCenter: string;
}
