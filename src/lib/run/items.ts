import {
  Column as ArrowColumn,
  columnFromArray,
  field,
  fixedSizeList,
  float32,
  float64,
  int32,
  list,
  tableFromColumns,
  tableToIPC,
  uint16,
  uint32,
  uint8,
  utf8,
  type DataType,
  type Table,
} from '@uwdata/flechette';
import { InputError } from '../errors.ts';
import { describeType, kindOf, readNumbers, readTags, readTexts, readVectors } from './columns.ts';
import {
  batch,
  checkIds,
  columnOf,
  direct,
  numbersOf,
  readArrow,
  readIds,
  requiredColumn,
  requiredTexts,
} from './table.ts';
import type { Column, Items } from './types.ts';

type Numbers = Extract<Column, { kind: 'number' }>;

/** The columns of `items.arrow` that are no metadata. */
const OWN_COLUMNS = ['id', 'label', 'count', 'bias', 'vector'];

const STORAGES: Record<Numbers['storage'], { type: () => DataType; least: number; most: number }> =
  {
    uint8: { type: uint8, least: 0, most: 0xff },
    uint16: { type: uint16, least: 0, most: 0xffff },
    uint32: { type: uint32, least: 0, most: 0xffffffff },
    int32: { type: int32, least: -0x80000000, most: 0x7fffffff },
    float32: { type: float32, least: -Infinity, most: Infinity },
    float64: { type: float64, least: -Infinity, most: Infinity },
  };

/**
 * The bytes of `items.arrow`: an Arrow IPC file in one uncompressed batch. A missing number is a null in an
 * integer column and NaN in a float column; a float32 column rounds to float32.
 *
 * @throws InputError when ids repeat, or a vector is not finite (the training diverged)
 * @throws RangeError when the lengths differ, the rows are not sorted, or a number does not fit its storage
 */
export function encodeItems(items: Items): Uint8Array {
  checkItems(items);
  const { ids, labels, counts, bias, columns, vectors } = items;
  const rows = ids.length;
  const table: [string, ArrowColumn<unknown>][] = [
    ['id', columnOf(columnFromArray(ids, utf8()), rows, utf8())],
    ['label', columnOf(columnFromArray(labels, utf8()), rows, utf8())],
    ['count', direct(counts, uint32())],
  ];
  if (bias) table.push(['bias', direct(bias, float32())]);
  for (const [name, column] of Object.entries(columns)) {
    table.push([name, encodeColumn(name, column)]);
  }
  const type = fixedSizeList(field('item', float32()), vectors.columns);
  const child = direct(vectors.data, float32()).data[0];
  table.push(['vector', new ArrowColumn([batch(type, rows, { children: [child] })])]);
  return tableToIPC(tableFromColumns(table), { format: 'file' }) as Uint8Array;
}

function encodeColumn(name: string, column: Column): ArrowColumn<unknown> {
  const rows = column.values.length;
  if (column.kind === 'text') return columnOf(columnFromArray(column.values, utf8()), rows, utf8());
  if (column.kind === 'tags') {
    const type = list(field('item', utf8()));
    return columnOf(columnFromArray(column.values, type), rows, type);
  }
  const { storage, values } = column;
  if (storage === 'float32') return direct(Float32Array.from(values), float32());
  if (storage === 'float64') return direct(values, float64());
  const { least, most, type } = STORAGES[storage];
  const wrong = values.findIndex(
    (value) =>
      !Number.isNaN(value) && !(Number.isInteger(value) && value >= least && value <= most),
  );
  if (wrong >= 0) {
    throw new RangeError(
      `column "${name}" has ${values[wrong]} in row ${wrong + 1}, which is no ${storage}`,
    );
  }
  const nullable = Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return columnOf(columnFromArray(nullable, type()), rows, type());
}

function checkItems({ ids, labels, counts, bias, columns, vectors }: Items): void {
  const lengths = { labels, counts, ...(bias && { bias }), vectors: { length: vectors.rows } };
  const others = Object.entries(columns).map(
    ([name, { values }]) => [`column "${name}"`, values] as const,
  );
  for (const [name, { length }] of [...Object.entries(lengths), ...others]) {
    if (length !== ids.length) {
      throw new RangeError(`${name} has ${length} rows, but there are ${ids.length} ids`);
    }
  }
  const taken = Object.keys(columns).find((name) => OWN_COLUMNS.includes(name));
  if (taken)
    throw new RangeError(`metadata cannot be named "${taken}", which is a column of its own`);
  if (!(vectors.columns > 0))
    throw new RangeError('vectors have no dimensions (expected at least one)');
  if (!isSorted(counts)) throw new RangeError('rows are not sorted by count, descending');
  checkIds(ids, 'the items');
  const wrong = vectors.data.findIndex((value) => !isFinite(value));
  if (wrong >= 0) {
    const row = Math.floor(wrong / vectors.columns);
    throw new InputError(
      `the vector of "${labels[row]}" (id ${ids[row]}) has ${vectors.data[wrong]} as number ${(wrong % vectors.columns) + 1} of ${vectors.columns}: the training diverged; train again with a lower learning rate`,
    );
  }
}

/**
 * The items that an `items.arrow` holds, from bytes in Arrow's file or stream format. The vectors are a view on
 * `bytes` when they lie there in one batch of float32, sorted by count; everything else is copied.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are damaged or compressed, a column is missing, of a wrong type or holds a
 *   value that cannot be, with its row (from 1)
 */
export function decodeItems(bytes: Uint8Array, where: string): Items {
  return readArrow(bytes, where, (table) => readTable(table, where));
}

function readTable(table: Table, where: string): Items {
  const names = table.names as string[];
  const ids = readIds(table, where);
  const labels = requiredTexts(table, 'label', where);
  const place = (name: string) => (row?: number) =>
    `${where}: column "${name}"${row === undefined ? '' : `, row ${row + 1} (id ${ids[row]}),`}`;

  const counts = readCounts(requiredColumn(table, 'count', where), place('count'));
  const biasColumn = table.getChild('bias');
  const items: Items = {
    ids,
    labels,
    counts,
    ...(biasColumn && { bias: readBias(biasColumn, place('bias')) }),
    columns: Object.fromEntries(
      names
        .filter((name) => !OWN_COLUMNS.includes(name))
        .map((name) => [name, readColumn(table.getChild(name)!, place(name))]),
    ),
    vectors: readVectors(requiredColumn(table, 'vector', where), place('vector')),
  };
  return isSorted(counts) ? items : sortByCount(items);
}

function readCounts(column: ArrowColumn<unknown>, place: (row?: number) => string): Uint32Array {
  const { values } = numbersOf(column, place, 'uint32');
  const wrong = values.findIndex((value) => value !== value >>> 0);
  if (wrong >= 0) {
    const value = Number.isNaN(values[wrong]) ? 'missing' : values[wrong];
    throw new InputError(
      `${place(wrong)} is ${value} (expected a whole number from 0 to 4,294,967,295)`,
    );
  }
  return Uint32Array.from(values);
}

function readBias(column: ArrowColumn<unknown>, place: (row?: number) => string): Float32Array {
  return Float32Array.from(numbersOf(column, place, 'float32').values);
}

function readColumn(column: ArrowColumn<unknown>, place: (row?: number) => string): Column {
  switch (kindOf(column)) {
    case 'number':
      return readNumbers(column, place);
    case 'text':
      return { kind: 'text', values: readTexts(column, place) };
    case 'tags':
      return { kind: 'tags', values: readTags(column, place) };
    default:
      throw new InputError(
        `${place()} is ${describeType(column)}, which is not read here; leave it out, or cast it to numbers, text or lists of text`,
      );
  }
}

function isSorted(counts: Uint32Array): boolean {
  return counts.every((count, i) => i === 0 || counts[i - 1] >= count);
}

/** The same items sorted by count, descending; items with the same count keep their order. */
export function sortByCount(items: Items): Items {
  const { ids, labels, counts, bias, columns, vectors } = items;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
  const pick = <T>(values: ArrayLike<T>): T[] => order.map((row) => values[row]);
  const data = new Float32Array(vectors.data.length);
  order.forEach((from, to) => {
    const start = from * vectors.columns;
    data.set(vectors.data.subarray(start, start + vectors.columns), to * vectors.columns);
  });
  return {
    ids: pick(ids),
    labels: pick(labels),
    counts: Uint32Array.from(pick(counts)),
    ...(bias && { bias: Float32Array.from(pick(bias)) }),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, pickColumn(column, pick)]),
    ),
    vectors: { ...vectors, data },
  };
}

function pickColumn(column: Column, pick: <T>(values: ArrayLike<T>) => T[]): Column {
  switch (column.kind) {
    case 'number':
      return { ...column, values: Float64Array.from(pick(column.values)) };
    case 'text':
      return { ...column, values: pick(column.values) };
    case 'tags':
      return { ...column, values: pick(column.values) };
  }
}
