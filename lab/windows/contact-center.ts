import type { Lab } from "../lab";
import { Account, inventCredential } from "../vos/accounts";
import { type ContactCenterDescription, DEFAULT_CONTACT_CENTER_RELEASE } from "./description";
import { WindowsHost } from "./host";

/** The Windows hosts of one contact centre: what they share is the account that logs in, and the release. */
export class ContactCenter {
  readonly hosts: WindowsHost[] = [];
  /** A domain account that is an administrator on every host. */
  readonly account: Account;

  constructor(
    readonly lab: Lab,
    readonly description: ContactCenterDescription,
  ) {
    this.account = new Account(inventCredential("svc-uccerts"), lab.history, () => description.name, false);
    for (const host of description.windows) this.hosts.push(new WindowsHost(this, host, this.hosts.length));
  }

  get name(): string {
    return this.description.name;
  }

  get release(): string {
    return this.description.release ?? DEFAULT_CONTACT_CENTER_RELEASE;
  }
}
