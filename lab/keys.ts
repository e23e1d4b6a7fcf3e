import { generateKeyPair, type KeyObject, createPrivateKey, createPublicKey } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { refill } from "./collections";

const generate = promisify(generateKeyPair);

/** `rsa-2048`, `ec-384`, … */
export type KeyShape = `rsa-${number}` | `ec-${256 | 384 | 521}`;

const CURVES: Record<string, string> = { "ec-256": "P-256", "ec-384": "P-384", "ec-521": "P-521" };

function cacheFolder(): string {
  const cache = process.env.UCCERTS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "uccerts");
  return join(cache, "lab-keys");
}

async function makeKey(shape: KeyShape): Promise<string> {
  const [kind, size] = shape.split("-");
  const pair = kind === "rsa" ? await generate("rsa", { modulusLength: Number(size) }) : await generate("ec", { namedCurve: CURVES[shape]! });
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * Throw-away keys, made on first use and kept in our cache, because making RSA keys is what would take a lab's start.
 * `next` never gives a key twice in one pool, so a certificate signing request always has a key pair of its own.
 */
export class KeyPool {
  private readonly given = new Map<KeyShape, number>();

  /** The next key of this shape, as PKCS#8 PEM. */
  next(shape: KeyShape): Promise<string> {
    const index = this.given.get(shape) ?? 0;
    this.given.set(shape, index + 1);
    return fetchKey(`${shape}-${index}`, shape);
  }

  /** How many keys of each shape were given. */
  get state(): ReadonlyMap<KeyShape, number> {
    return new Map(this.given);
  }

  restore(state: ReadonlyMap<KeyShape, number>): void {
    refill(this.given, state);
  }

  /** One and the same key at every call, for certificates whose key no test looks at. */
  shared(shape: KeyShape): Promise<string> {
    return fetchKey(`${shape}-shared`, shape);
  }
}

const making = new Map<string, Promise<string>>();

async function fetchKey(name: string, shape: KeyShape): Promise<string> {
  const file = join(cacheFolder(), `${name}.pem`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  const made = making.get(file) ?? makeKey(shape);
  making.set(file, made);
  const key = await made;
  making.delete(file);
  if (existsSync(file)) return readFileSync(file, "utf8");
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.${process.pid}`, key, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return key;
}

/** The public half of a private key in PEM. */
export function publicKeyOf(privateKeyPem: string): KeyObject {
  return createPublicKey(createPrivateKey(privateKeyPem));
}
