// The trust store of a host: what is in the file now, and what each service read when it was started.
import { createHash } from "node:crypto";
import { refill } from "../collections";
import type { WindowsHost } from "./host";
import { readJavaStore } from "./java-store";
import { ALIASES, type IdentityName } from "./layout";

export class TrustStores {
  /** By service; undefined: as the installation left it. */
  private readonly loaded = new Map<string, Buffer | undefined>();
  private readonly contents = new Map<string, Buffer>();
  /** The store as the installation made it, once the drive is there. */
  pristine?: Buffer;

  constructor(private readonly host: WindowsHost) {}

  /** The store that a service read at its last start. @throws for a service that reads none */
  async of(name: string): Promise<Buffer> {
    const service = this.host.services.get(name);
    if (!service?.trusts) throw new Error(`${this.host.fqdn} has no service ${name} that reads a trust store`);
    await this.host.ready();
    return this.loaded.get(service.name) ?? this.pristine!;
  }

  /** A service is started. */
  load(service: string, installed: boolean): void {
    this.loaded.set(service, installed ? this.current() : undefined);
  }

  /** Whether the private key of a CVP service is in the store: an import under its alias destroys it. */
  holdsKey(identity: IdentityName): boolean {
    try {
      return readJavaStore(this.current(), this.host.storePassword).some(({ alias, kind }) => alias === ALIASES[identity] && kind === "privateKey");
    } catch {
      return false;
    }
  }

  /** One and the same buffer for the same content, so that many snapshots are small. */
  shared(content: Buffer): Buffer {
    const digest = createHash("sha256").update(content).digest("base64");
    const known = this.contents.get(digest) ?? content;
    this.contents.set(digest, known);
    return known;
  }

  get state(): ReadonlyMap<string, Buffer | undefined> {
    return new Map(this.loaded);
  }

  restore(state: ReadonlyMap<string, Buffer | undefined>): void {
    refill(this.loaded, state);
  }

  private current(): Buffer {
    const { drive, layout } = this.host;
    const own = drive.unguarded();
    return own.isFile(layout.store.path) ? this.shared(own.read(layout.store.path)) : Buffer.alloc(0);
  }
}
