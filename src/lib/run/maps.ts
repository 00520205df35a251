import { columnFromArray, float32, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette';
import type { Column as ArrowColumn, Table } from '@uwdata/flechette';
import { InputError } from '../errors.ts';
import { columnOf, direct, numbersOf, readArrow, readIds, requiredColumn } from './table.ts';
import type { MapInfo, RunMap } from './types.ts';

/**
 * The bytes of `maps.arrow`: a row per item that a map places, with `id` and per map `NAME.x` and `NAME.y`, which are
 * NaN in the rows that the map does not place. Uncompressed Arrow, as `items.arrow` is.
 *
 * @param ids of the run's items, in their order
 * @throws RangeError when two maps share a name, a map places more items than there are, or a point is not finite
 */
export function encodeMaps(ids: readonly string[], maps: readonly RunMap[]): Uint8Array {
  maps.forEach((map, i) => {
    checkMap(map, ids.length);
    if (maps.findIndex(({ info }) => info.name === map.info.name) < i) {
      throw new RangeError(`two maps are named "${map.info.name}"`);
    }
  });
  const rows = Math.max(0, ...maps.map(({ info }) => info.of));
  const placed = ids.slice(0, rows);
  const table: [string, ArrowColumn<unknown>][] = [
    ['id', columnOf(columnFromArray(placed, utf8()), rows, utf8())],
  ];
  for (const { info, points } of maps) {
    for (const [axis, name] of ['x', 'y'].entries()) {
      const values = new Float32Array(rows).fill(NaN);
      for (let row = 0; row < info.of; row++) values[row] = points[2 * row + axis];
      table.push([`${info.name}.${name}`, direct(values, float32())]);
    }
  }
  return tableToIPC(tableFromColumns(table), { format: 'file' }) as Uint8Array;
}

function checkMap({ info: { name, of }, points }: RunMap, rows: number): void {
  if (name === '') throw new RangeError('a map has no name (expected a text)');
  if (of > rows) throw new RangeError(`map "${name}" places ${of} items of ${rows}`);
  if (points.length !== 2 * of) {
    throw new RangeError(`map "${name}" has ${points.length} numbers for ${of} items`);
  }
  const wrong = points.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(`map "${name}" has ${points[wrong]} in row ${Math.floor(wrong / 2) + 1}`);
  }
}

/**
 * The maps that a `maps.arrow` holds, of those that the manifest names. Rows are matched by id, whatever their order.
 *
 * @param ids of the run's items, in their order
 * @param where the file's name, for messages
 * @throws InputError when the bytes are damaged, a map's column is missing, an id is not in the run, or an item that
 *   the map places has no place
 */
export function decodeMaps(
  bytes: Uint8Array,
  infos: readonly MapInfo[],
  ids: readonly string[],
  where: string,
): RunMap[] {
  return readArrow(bytes, where, (table) => {
    const rows = rowsOf(readIds(table, where), ids, where);
    return infos.map((info) => ({ info, points: readPoints(table, info, rows, ids, where) }));
  });
}

/** The run's row of each row of the table. */
function rowsOf(placed: string[], ids: readonly string[], where: string): Uint32Array {
  const rows = new Map(ids.map((id, row) => [id, row]));
  return Uint32Array.from(placed, (id, i) => {
    const row = rows.get(id);
    if (row !== undefined) return row;
    throw new InputError(
      `${where}: id "${id}" in row ${i + 1} is not in items.arrow; the two are not of the same run: copy the folder again`,
    );
  });
}

function readPoints(
  table: Table,
  { name, of }: MapInfo,
  rows: Uint32Array,
  ids: readonly string[],
  where: string,
): Float32Array {
  if (of > ids.length) {
    throw new InputError(
      `run.json: map "${name}" is of ${of} items, but the run has ${ids.length}; correct "of"`,
    );
  }
  const points = new Float32Array(2 * of).fill(NaN);
  for (const [axis, letter] of ['x', 'y'].entries()) {
    const column = `${name}.${letter}`;
    const place = (row?: number) =>
      `${where}: column "${column}"${row === undefined ? '' : `, row ${row + 1},`}`;
    const { values } = numbersOf(requiredColumn(table, column, where), place, 'float32');
    values.forEach((value, i) => {
      if (rows[i] < of) points[2 * rows[i] + axis] = value;
    });
  }
  const missing = points.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) {
    const row = Math.floor(missing / 2);
    throw new InputError(
      `${where}: map "${name}" has no place for id "${ids[row]}" (expected one for each of the first ${of} items); make the map again`,
    );
  }
  return points;
}
