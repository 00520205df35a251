import {
  batchType,
  Column as ArrowColumn,
  tableFromIPC,
  type Batch,
  type DataType,
  type Table,
} from '@uwdata/flechette';
import { InputError } from '../errors.ts';
import { checkArrow } from './arrow.ts';
import { describeType, kindOf, readNumbers, readTexts } from './columns.ts';
import type { Column } from './types.ts';

type Numbers = Extract<Column, { kind: 'number' }>;

/**
 * What `read` makes of the table in Arrow's file or stream format.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are damaged or compressed, two columns share a name, or as `read` does
 */
export function readArrow<T>(bytes: Uint8Array, where: string, read: (table: Table) => T): T {
  // Views on 64-bit numbers need an address that is a multiple of 8; a slice of a larger buffer may have none.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  checkArrow(aligned, where);
  try {
    const table = tableFromIPC(aligned);
    const names = table.names as string[];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new InputError(`${where} has two columns named "${twice}"; rename one`);
    }
    return read(table);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${where} is damaged (${reason}); copy or write it again`, {
      cause: error,
    });
  }
}

/**
 * The column `id`, one text a row and each but once; every other column has as many rows.
 *
 * @throws InputError naming the row that is wrong
 */
export function readIds(table: Table, where: string): string[] {
  const names = table.names as string[];
  const ids = requiredTexts(table, 'id', where);
  table.children.forEach((column, i) =>
    checkRows(column, table.children[names.indexOf('id')], names[i]),
  );
  checkIds(ids, where);
  return ids;
}

export function checkIds(ids: string[], where: string): void {
  const rows = new Map<string, number>();
  ids.forEach((id, row) => {
    const earlier = rows.get(id);
    if (earlier !== undefined) {
      throw new InputError(
        `${where}: id "${id}" is in row ${earlier + 1} and again in row ${row + 1}; ids must be unique`,
      );
    }
    rows.set(id, row);
  });
}

export function requiredColumn(table: Table, name: string, where: string): ArrowColumn<unknown> {
  const column = table.getChild(name);
  if (column) return column;
  throw new InputError(
    `${where} has no column "${name}" (it has ${table.names.map(String).join(', ') || 'none'}); add or rename it`,
  );
}

export function requiredTexts(table: Table, name: string, where: string): string[] {
  const column = requiredColumn(table, name, where);
  const type = describeType(column);
  if (kindOf(column) !== 'text' || type === 'null') {
    throw new InputError(
      `${where}: column "${name}" is ${type} (expected utf8); cast it, with pyarrow column.cast(pa.string())`,
    );
  }
  const texts = readTexts(column, () => `${where}: column "${name}"`);
  const missing = texts.indexOf(null);
  if (missing >= 0) {
    throw new InputError(
      `${where}: column "${name}", row ${missing + 1}, is missing (expected a text); fill it in or leave the item out`,
    );
  }
  return texts as string[];
}

/** Every column has the same rows in every batch, or the file is damaged. */
function checkRows(column: ArrowColumn<unknown>, ids: ArrowColumn<unknown>, name: string): void {
  ids.data.forEach(({ length }, i) => {
    if (column.data[i].length !== length) {
      throw new Error(
        `column "${name}" has ${column.data[i].length} rows where "id" has ${length}`,
      );
    }
  });
}

export function numbersOf(
  column: ArrowColumn<unknown>,
  place: (row?: number) => string,
  expected: string,
): Numbers {
  if (kindOf(column) !== 'number') {
    throw new InputError(`${place()} is ${describeType(column)} (expected ${expected}); cast it`);
  }
  return readNumbers(column, place);
}

/** A column of one batch; flechette builds none at all from no rows. */
export function columnOf(
  column: ArrowColumn<unknown>,
  rows: number,
  type: DataType,
): ArrowColumn<unknown> {
  if (rows > 0) return column;
  const inner = (type as { children?: { type: DataType }[] }).children?.[0].type;
  return new ArrowColumn([
    batch(type, 0, {
      offsets: new Int32Array(1),
      values: new Uint8Array(0),
      children: inner ? [...columnOf(column, 0, inner).data] : undefined,
    }),
  ]);
}

/** A column over the array's own memory. */
export function direct(values: Batch<unknown>['values'], type: DataType): ArrowColumn<unknown> {
  return new ArrowColumn([batch(type, values.length, { values })]);
}

export function batch(
  type: DataType,
  length: number,
  parts: Partial<Batch<unknown>>,
): Batch<unknown> {
  const BatchOf = batchType(type) as unknown as new (options: object) => Batch<unknown>;
  return new BatchOf({ type, length, nullCount: 0, validity: new Uint8Array(0), ...parts });
}
