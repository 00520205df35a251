import { InputError } from '../errors.ts';

/** Arrow's type numbers (Schema.fbs), as a person calls them. */
const TYPE_NAMES = [
  'unknown',
  'null',
  'int',
  'float',
  'binary',
  'utf8',
  'bool',
  'decimal',
  'date',
  'time',
  'timestamp',
  'interval',
  'list',
  'struct',
  'union',
  'fixed_size_binary',
  'fixed_size_list',
  'map',
  'duration',
  'large_binary',
  'large_utf8',
  'large_list',
  'run_end_encoded',
  'binary_view',
  'utf8_view',
  'list_view',
  'large_list_view',
];
const TEXTS = new Set(['utf8', 'large_utf8', 'utf8_view']);
const READABLE = new Set([
  ...TEXTS,
  ...['null', 'int', 'float', 'bool', 'list', 'large_list', 'fixed_size_list'],
]);
const MAGIC = 'ARROW1';
const CODECS = ['LZ4', 'ZSTD'];

/** The name of an Arrow type number, e.g. `utf8`. A dictionary is -1 in flechette. */
export function typeName(typeId: number): string {
  return typeId === -1 ? 'dictionary' : (TYPE_NAMES[typeId] ?? `type ${typeId}`);
}

/**
 * Checks the structure of Arrow IPC bytes, file or stream format, before flechette reads them: every
 * length, count and offset of the metadata (Schema.fbs, Message.fbs, File.fbs) lies within the bytes.
 * flechette trusts them, so that a damaged count would make it allocate or loop without an end.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are not Arrow, cut off, damaged, compressed, or have columns of a
 *   type that is not read here
 */
export function checkArrow(bytes: Uint8Array, where: string): void {
  const refuse = refusal(bytes);
  if (refuse) throw new InputError(`${where} ${refuse}`);
  try {
    new Structure(bytes, where).check();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${where} is not Arrow data, or it is damaged (${reason}); copy or write it again`,
      { cause: error },
    );
  }
}

/** Why these bytes cannot be Arrow data, judged by their first and last bytes. */
function refusal(bytes: Uint8Array): string | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length === 0) return 'is empty (expected an Arrow file); copy or write it again';
  if (text(0, 4) === 'PAR1') {
    return 'is a Parquet file (expected Arrow); rewrite it with pyarrow.feather.write_feather(table, "items.arrow", compression="uncompressed")';
  }
  if (text(0, 4) === 'FEA1') {
    return 'is in the old Feather version 1 (expected Arrow, which is Feather version 2); rewrite it with a newer pyarrow';
  }
  if (
    text(0, 6) === MAGIC &&
    (bytes.length < 22 || text(bytes.length - 6, bytes.length) !== MAGIC)
  ) {
    return `is cut off: it starts as an Arrow file but does not end as one; copy or write it again`;
  }
  return undefined;
}

/** The offset of a field's value in its flatbuffer table, or 0 where the field is left out. */
type Table = (slot: number) => number;

interface BatchMessage {
  /** Arrow's number of its metadata version, less one. */
  version: number;
  bodyLength: number;
  isDictionary: boolean;
}

/** Walks the flatbuffers of an Arrow file. Reads beyond the bytes throw (DataView does it). */
class Structure {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  /** Entries that may still be visited: metadata that shares its parts cannot multiply the work. */
  #budget: number;
  #fields = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
    this.#budget = bytes.length;
  }

  check(): void {
    const bytes = this.#bytes;
    if (String.fromCharCode(...bytes.subarray(0, 6)) === MAGIC) this.#file();
    else this.#stream();
  }

  #view(from: number, to: number): DataView {
    if (!(from >= 0 && to >= from && to <= this.#bytes.length)) {
      throw new Error(`a message ends at byte ${to} of ${this.#bytes.length}`);
    }
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, to - from);
  }

  #file(): void {
    const view = this.#view(0, this.#bytes.length);
    const footerLength = view.getInt32(view.byteLength - 10, true);
    const footer = table(view, view.byteLength - 10 - footerLength);
    const schema = footer(6);
    if (!schema) throw new Error('the footer has no schema');
    this.#schema(view, schema);
    for (const slot of [8, 10]) {
      for (const block of this.#vector(view, footer(slot), 24)) {
        this.#message(int64(view, block), slot === 8 ? 2 : 3);
      }
    }
  }

  #stream(): void {
    let at = 0;
    let first = true;
    while (at < this.#bytes.length) {
      const next = this.#message(at, first ? 1 : 0);
      if (next === undefined) break;
      at = next;
      first = false;
    }
    if (first) throw new Error('it has no schema');
  }

  /** Checks the message that starts at a byte and returns where it ends; undefined at the end of a stream. */
  #message(at: number, expected: number): number | undefined {
    this.#spend(1);
    let start = at + 4;
    let length = this.#view(at, start).getInt32(0, true);
    if (length === -1) {
      length = this.#view(start, start + 4).getInt32(0, true);
      start += 4;
    }
    if (length === 0 && expected === 0) return undefined;
    if (length <= 0) throw new Error(`a message at byte ${at} has a length of ${length}`);
    const view = this.#view(start, start + length);
    const message = table(view, 0);
    const version = message(4) ? view.getInt16(message(4), true) : 0;
    const type = message(6) ? view.getUint8(message(6)) : 0;
    const bodyLength = message(10) ? int64(view, message(10)) : 0;
    const end = start + length + bodyLength;
    this.#view(start + length, end);
    const header = message(8);
    if (!header || (expected ? type !== expected : type < 1 || type > 3)) {
      throw new Error(`the message at byte ${at} is of kind ${type}`);
    }
    if (type === 1) {
      if (expected === 1) this.#schema(view, header);
    } else {
      const dictionary = type === 2 ? table(view, header)(6) : 0;
      if (type === 2 && !dictionary) throw new Error('a dictionary has no values');
      this.#batch(view, dictionary || header, { version, bodyLength, isDictionary: type === 2 });
    }
    return end;
  }

  #schema(view: DataView, at: number): void {
    const schema = table(view, at);
    if (schema(4) && view.getInt16(schema(4), true) !== 0) {
      throw new InputError(
        `${this.#where} has its numbers in big-endian order; rewrite it on a little-endian machine`,
      );
    }
    const fields = this.#vector(view, schema(6), 4);
    this.#fields = fields.length;
    for (const field of fields) this.#field(view, field, undefined);
    this.#metadata(view, schema(8));
  }

  #field(view: DataView, at: number, column: string | undefined): void {
    const field = table(view, at);
    const name = field(4) ? this.#string(view, field(4)) : '';
    const type = field(8) ? view.getUint8(field(8)) : 0;
    const within = column ?? name;
    const isDictionary = field(12) > 0;
    if (!(isDictionary ? TEXTS : READABLE).has(typeName(type))) {
      const what = `${column === undefined ? 'is' : 'holds'} ${isDictionary ? 'a dictionary of ' : ''}`;
      throw new InputError(
        `${this.#where}: column "${within}" ${what}${typeName(type)}, which is not read here; leave it out, or cast it to numbers, text or lists of text`,
      );
    }
    if (field(10)) table(view, field(10));
    if (isDictionary) table(view, field(12));
    for (const child of this.#vector(view, field(14), 4)) this.#field(view, child, within);
    this.#metadata(view, field(16));
  }

  #metadata(view: DataView, at: number): void {
    for (const entry of this.#vector(view, at, 4)) {
      const pair = table(view, entry);
      for (const slot of [4, 6]) if (pair(slot)) this.#string(view, pair(slot));
    }
  }

  #batch(view: DataView, at: number, message: BatchMessage): void {
    const { version, bodyLength, isDictionary } = message;
    const batch = table(view, at);
    if (batch(10)) {
      const compression = table(view, batch(10));
      const codec = CODECS[compression(4) ? view.getInt8(compression(4)) : 0] ?? 'unknown';
      throw new InputError(
        `${this.#where} is compressed (${codec}), and a run's files are opened without a copy; rewrite it with pyarrow.feather.write_feather(table, "items.arrow", compression="uncompressed")`,
      );
    }
    const nodes = this.#vector(view, batch(6), 16);
    if (nodes.length < (isDictionary ? 1 : this.#fields))
      throw new Error('a batch has fewer columns than the schema');
    // flechette decodes a dictionary at once; each of its texts takes 4 bytes or more.
    if (isDictionary && !(int64(view, nodes[0]) * 4 <= bodyLength)) {
      throw new Error(`a dictionary has ${int64(view, nodes[0])} texts in ${bodyLength} bytes`);
    }
    const page = version < 3 ? 8 : 0;
    const regions = this.#vector(view, batch(8), 16 + page);
    for (const region of regions) {
      const offset = int64(view, region + page);
      const length = int64(view, region + page + 8);
      if (offset < 0 || length < 0 || offset + length > bodyLength) {
        throw new Error(
          `bytes ${offset} to ${offset + length} of a body of ${bodyLength} are asked for`,
        );
      }
    }
    for (const count of this.#vector(view, batch(12), 8)) {
      const buffers = int64(view, count);
      if (buffers < 0 || buffers > regions.length) {
        throw new Error(`a column has ${buffers} buffers of ${regions.length}`);
      }
    }
  }

  /** The offsets of a vector's entries. */
  #vector(view: DataView, at: number, stride: number): number[] {
    if (!at) return [];
    const base = at + view.getInt32(at, true);
    const count = view.getInt32(base, true);
    if (count < 0 || base + 4 + count * stride > view.byteLength) {
      throw new Error(`a list of ${count} entries does not fit`);
    }
    this.#spend(count);
    return Array.from({ length: count }, (_, i) => base + 4 + i * stride);
  }

  #string(view: DataView, at: number): string {
    const base = at + view.getInt32(at, true);
    const length = view.getInt32(base, true);
    if (length < 0 || base + 4 + length > view.byteLength) {
      throw new Error(`a text of ${length} bytes does not fit`);
    }
    this.#spend(length);
    return new TextDecoder().decode(
      new Uint8Array(view.buffer, view.byteOffset + base + 4, length),
    );
  }

  #spend(entries: number): void {
    this.#budget -= entries;
    if (this.#budget < 0) throw new Error('its metadata refers to itself');
  }
}

/** A flatbuffer table, read with signed 16-bit offsets as flechette does. */
function table(view: DataView, at: number): Table {
  const start = at + view.getInt32(at, true);
  const vtable = start - view.getInt32(start, true);
  const size = view.getInt16(vtable, true);
  return (slot) => {
    const offset = slot < size ? view.getInt16(vtable + slot, true) : 0;
    return offset && start + offset;
  };
}

function int64(view: DataView, at: number): number {
  const value = view.getBigInt64(at, true);
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) {
    throw new Error(`${value} is no length`);
  }
  return Number(value);
}
