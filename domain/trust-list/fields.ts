// Tag, length, value: how the fields of an ITL or CTL file are cut from its bytes.

/** One field that is no container. */
export interface Field {
  readonly tag: number;
  readonly value: Buffer;
  /** Where the field begins in the file, its tag included. */
  readonly at: number;
}

/** A part of a file in which fields follow each other. */
export interface Part {
  /** Where it is, for an error: `the header`, `record 3`. */
  readonly where: string;
  readonly from: number;
  readonly to: number;
  /** Tags whose value is fields again. */
  readonly containers?: ReadonlySet<number>;
  /** Tag of a lone byte without length. */
  readonly padding?: number;
}

/**
 * The fields of a part, those of containers in their place.
 * @throws when a field ends outside its part.
 */
export function fieldsOf(bytes: Buffer, part: Part): Field[] {
  const fields: Field[] = [];
  let at = part.from;
  while (at < part.to) {
    const tag = bytes[at]!;
    if (tag === part.padding) {
      at += 1;
      continue;
    }
    const begin = at + 3;
    const end = begin <= part.to ? begin + bytes.readUInt16BE(at + 1) : Infinity;
    if (end > part.to) throw new Error(`${part.where} ends at byte ${part.to}, inside its field ${tag}, which begins at byte ${at}`);
    if (part.containers?.has(tag)) fields.push(...fieldsOf(bytes, { ...part, where: `field ${tag} of ${part.where}`, from: begin, to: end }));
    else fields.push({ tag, value: bytes.subarray(begin, end), at });
    at = end;
  }
  return fields;
}

/** Takes fields by their tags; what nobody took is kept as unknown. */
export class Fields {
  private readonly taken = new Set<number>();

  constructor(
    private readonly where: string,
    private readonly fields: readonly Field[],
  ) {}

  /** The field of a tag; undefined where there is none. @throws when it is there twice, or has another length than `length`. */
  find(tag: number, length?: number): Field | undefined {
    this.taken.add(tag);
    const [field, second] = this.fields.filter((one) => one.tag === tag);
    if (second) throw new Error(`${this.where} has field ${tag} twice`);
    if (field && length !== undefined && field.value.length !== length) throw new Error(`field ${tag} of ${this.where} has ${field.value.length} bytes instead of ${length}`);
    return field;
  }

  /** @throws when it is missing. */
  need(tag: number, what: string, length?: number): Field {
    const field = this.find(tag, length);
    if (!field) throw new Error(`${this.where} has no ${what} (field ${tag})`);
    return field;
  }

  /** A text that ends with NUL; empty where there is none. */
  text(tag: number): string {
    const value = this.find(tag)?.value ?? Buffer.of(0);
    if (value.at(-1) !== 0) throw new Error(`field ${tag} of ${this.where} is a text without its end`);
    return value.subarray(0, -1).toString("utf8");
  }

  /** What nobody asked for. */
  rest(): Field[] {
    return this.fields.filter(({ tag }) => !this.taken.has(tag));
  }
}
