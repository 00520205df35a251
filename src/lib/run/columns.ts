import { Type, type Batch, type Column as ArrowColumn } from '@uwdata/flechette';
import { InputError } from '../errors.ts';
import { matrix, type Matrix } from '../math/matrix.ts';
import { typeName } from './arrow.ts';
import type { Column } from './types.ts';

type AnyBatch = Batch<unknown>;
type Numbers = Extract<Column, { kind: 'number' }>;
/** Names a column, or a row of it, in messages. */
type Place = (row?: number) => string;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The column's Arrow type as a person writes it, e.g. `int64` or `list`. */
export function describeType(column: ArrowColumn<unknown>): string {
  const type = column.type as {
    typeId: number;
    bitWidth?: number;
    signed?: boolean;
    precision?: number;
  };
  if (type.typeId === Type.Int) return `${type.signed ? '' : 'u'}int${type.bitWidth}`;
  if (type.typeId === Type.Float) return `float${16 << (type.precision ?? 0)}`;
  return typeName(type.typeId);
}

/** The kind of column of metadata that a column of Arrow becomes; undefined when there is none. */
export function kindOf(column: ArrowColumn<unknown>): Column['kind'] | undefined {
  switch (column.type.typeId) {
    case Type.Int:
    case Type.Float:
    case Type.Bool:
      return 'number';
    case Type.Dictionary:
    case Type.Null:
      return 'text';
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return 'tags';
    default:
      return isText(column.type.typeId) ? 'text' : undefined;
  }
}

function isText(typeId: number): boolean {
  return typeId === Type.Utf8 || typeId === Type.LargeUtf8 || typeId === Type.Utf8View;
}

/**
 * A column of texts, plain or dictionary-encoded, as strings; null where it has none.
 *
 * @throws InputError when the column holds something else, Error when its bytes are damaged
 */
export function readTexts(column: ArrowColumn<unknown>, place: Place): (string | null)[] {
  return column.data.flatMap((batch) => batchTexts(batch, place));
}

function batchTexts(batch: AnyBatch, place: Place): (string | null)[] {
  const { length } = batch;
  const valid = validity(batch);
  switch (batch.type.typeId) {
    case Type.Null:
      return new Array<null>(length).fill(null);
    case Type.Utf8:
    case Type.LargeUtf8: {
      const bytes = batch.values as Uint8Array;
      const offsets = ranges(batch, bytes.length);
      const used = bytes.subarray(offsets[0], offsets[length]);
      // Texts that are all ASCII are decoded at once and cut: a character is a byte there.
      const whole = decoder.decode(used);
      const ascii = whole.length === used.length;
      return Array.from({ length }, (_, i) => {
        if (!valid(i)) return null;
        return ascii
          ? whole.slice(offsets[i] - offsets[0], offsets[i + 1] - offsets[0])
          : decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]));
      });
    }
    case Type.Utf8View: {
      const view = (i: number) => (batch as AnyBatch & { view(i: number): Uint8Array }).view(i);
      need(batch.values.length, 16 * length);
      return Array.from({ length }, (_, i) => (valid(i) ? decoder.decode(view(i)) : null));
    }
    case Type.Dictionary: {
      const { dictionary } = batch as AnyBatch & { dictionary?: ArrowColumn<unknown> };
      const texts = dictionary ? readTexts(dictionary, place) : [];
      const keys = batch.values;
      need(keys.length, length);
      return Array.from({ length }, (_, i) => {
        if (!valid(i)) return null;
        const text = texts[Number(keys[i])];
        if (text === undefined)
          throw new Error(`key ${keys[i]} of a dictionary of ${texts.length}`);
        return text;
      });
    }
    default:
      throw new InputError(
        `${place()} holds ${typeName(batch.type.typeId)} (expected utf8); leave it out, or cast it`,
      );
  }
}

/**
 * A column of numbers with the storage that holds them all; NaN where it has none.
 *
 * @throws InputError when a 64-bit integer is beyond ±2^53
 */
export function readNumbers(column: ArrowColumn<unknown>, place: Place): Numbers {
  const values = new Float64Array(column.length);
  let row = 0;
  for (const batch of column.data) {
    checkValues(batch);
    const valid = validity(batch);
    const bits = batch.values;
    const exact = bits instanceof BigInt64Array || bits instanceof BigUint64Array;
    for (let i = 0; i < batch.length; i++, row++) {
      if (exact && valid(i) && BigInt(Number(bits[i])) !== bits[i]) {
        throw new InputError(
          `${place(row)} is ${bits[i]}, which is too large to be read exactly; store it as text`,
        );
      }
      values[row] = valid(i) ? Number(batch.value(i)) : NaN;
    }
  }
  return { kind: 'number', storage: storageOf(column, values), values };
}

function storageOf(column: ArrowColumn<unknown>, values: Float64Array): Numbers['storage'] {
  switch (describeType(column)) {
    case 'bool':
    case 'uint8':
      return 'uint8';
    case 'uint16':
      return 'uint16';
    case 'uint32':
      return 'uint32';
    case 'int8':
    case 'int16':
    case 'int32':
      return 'int32';
    case 'int64':
    case 'uint64':
      return values.every((value) => Number.isNaN(value) || value === (value | 0))
        ? 'int32'
        : 'float64';
    case 'float64':
      return 'float64';
    default:
      return 'float32';
  }
}

/**
 * A column of lists of texts; a missing list is empty.
 *
 * @throws InputError when the lists hold something else, or a missing text
 */
export function readTags(column: ArrowColumn<unknown>, place: Place): string[][] {
  const lists: string[][] = [];
  for (const batch of column.data) {
    const [child] = batch.children;
    const offsets = listOffsets(batch, child);
    // pyarrow gives a column of nothing but empty lists the type list<null>.
    const texts = child.type.typeId === Type.Null ? null : batchTexts(child, place);
    const valid = validity(batch);
    for (let i = 0; i < batch.length; i++) {
      const list = (valid(i) && texts?.slice(offsets[i], offsets[i + 1])) || [];
      if (list.includes(null) || (!texts && offsets[i + 1] > offsets[i])) {
        throw new InputError(
          `${place(lists.length)} lists a missing text; leave it out of the list`,
        );
      }
      lists.push(list as string[]);
    }
  }
  return lists;
}

/**
 * A column of lists of numbers, all of one length, as a matrix: a view on the column's own bytes when it is
 * one batch of fixed_size_list<float32>, else a copy.
 *
 * @throws InputError when a list is missing, of another length, or holds a number that is missing or not finite
 */
export function readVectors(column: ArrowColumn<unknown>, place: Place): Matrix {
  const columns = width(column, place);
  const whole = column.data.length === 1 ? directVectors(column.data[0], columns) : undefined;
  if (whole?.every(isFinite) && !column.nullCount && !column.data[0].children[0].nullCount) {
    need(whole.length, column.length * columns);
    return matrix(column.length, columns, whole);
  }
  // The slow way: it converts, and finds the place of what is wrong.
  const data = new Float32Array(column.length * columns);
  let row = 0;
  for (const batch of column.data) {
    const [child] = batch.children;
    checkValues(child);
    const offsets = listOffsets(batch, child);
    const valid = validity(batch);
    const present = validity(child);
    for (let i = 0; i < batch.length; i++, row++) {
      if (!valid(i)) throw new InputError(`${place(row)} is missing; leave the item out`);
      const length = offsets[i + 1] - offsets[i];
      if (length !== columns) {
        throw new InputError(
          `${place(row)} has ${length} numbers, but the first has ${columns}; all must have the same`,
        );
      }
      for (let j = 0; j < columns; j++) {
        const at = offsets[i] + j;
        if (!present(at))
          throw new InputError(
            `${place(row)} lacks number ${j + 1} of ${columns}; leave the item out`,
          );
        const value = Number(child.value(at));
        data[row * columns + j] = value;
        if (!isFinite(data[row * columns + j])) {
          throw new InputError(
            `${place(row)} has ${value} as number ${j + 1} of ${columns} (expected a finite float32); leave the item out, or train again with a lower learning rate`,
          );
        }
      }
    }
  }
  return matrix(column.length, columns, data);
}

/** The common length of the lists: that of the type, or else of the first. */
function width(column: ArrowColumn<unknown>, place: Place): number {
  const type = column.type as {
    typeId: number;
    stride?: number;
    children?: { type: { typeId: number } }[];
  };
  const lists = type.typeId === Type.List || type.typeId === Type.LargeList;
  const inner = type.children?.[0]?.type.typeId;
  if (
    !(lists || type.typeId === Type.FixedSizeList) ||
    (inner !== Type.Float && inner !== Type.Int)
  ) {
    const what =
      inner === undefined ? describeType(column) : `${describeType(column)} of ${typeName(inner)}`;
    throw new InputError(
      `${place()} is ${what} (expected fixed_size_list of float32); write it with pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])`,
    );
  }
  const columns = lists ? firstLength(column) : (type.stride ?? 0);
  if (!(columns > 0) && !(lists && column.length === 0)) {
    throw new InputError(`${place()} has vectors of ${columns} numbers (expected at least one)`);
  }
  return columns;
}

function directVectors(batch: AnyBatch, columns: number): Float32Array | undefined {
  const [child] = batch.children;
  const numbers = child.values;
  return batch.type.typeId === Type.FixedSizeList && numbers instanceof Float32Array
    ? numbers.subarray(0, batch.length * columns)
    : undefined;
}

/** The length of the first list that is there; 0 when there is none. */
function firstLength(column: ArrowColumn<unknown>): number {
  for (const batch of column.data) {
    const offsets = ranges(batch, batch.children[0].length);
    const valid = validity(batch);
    for (let i = 0; i < batch.length; i++) if (valid(i)) return offsets[i + 1] - offsets[i];
  }
  return 0;
}

/** Where each of a batch's texts or lists starts, and the last ends; rising and within `limit`. */
function ranges(batch: AnyBatch, limit: number): ArrayLike<number> {
  const { length, offsets } = batch;
  // An empty batch may come without its one offset.
  if (length === 0) return [0];
  need(offsets.length, length + 1);
  const numbers = offsets instanceof Int32Array ? offsets : Float64Array.from(offsets, Number);
  for (let i = 0; i < length; i++) {
    if (numbers[i] > numbers[i + 1])
      throw new Error(`offset ${numbers[i]} before ${numbers[i + 1]}`);
  }
  if (numbers[0] < 0 || numbers[length] > limit) {
    throw new Error(`offset ${numbers[length]} of ${limit}`);
  }
  return numbers;
}

function listOffsets(batch: AnyBatch, child: AnyBatch): ArrayLike<number> {
  if (batch.type.typeId !== Type.FixedSizeList) return ranges(batch, child.length);
  const { stride } = batch.type as { stride: number };
  need(stride, 0);
  need(child.length, batch.length * stride);
  return Array.from({ length: batch.length + 1 }, (_, i) => i * stride);
}

/** Whether there is a value at an index. */
function validity(batch: AnyBatch): (index: number) => boolean {
  if (!batch.nullCount || !batch.validity?.length) return () => true;
  need(batch.validity.length * 8, batch.length);
  return (index) => batch.isValid(index);
}

/** A batch of numbers must have as many as it says. */
function checkValues(batch: AnyBatch): void {
  const perValue = batch.type.typeId === Type.Bool ? 8 : 1;
  need(batch.values.length * perValue, batch.length);
}

function need(there: number, wanted: number): void {
  if (!(there >= wanted)) throw new Error(`${wanted} values are announced, ${there} are there`);
}
