import type { Column, Items } from '../run/types.ts';

/** What items are sorted into by one of their columns. */
export interface Category {
  /** The column. */
  name: string;
  /** For each row a bit for each group that it belongs to; 0 when it belongs to none, or is not known to. */
  labels: Uint32Array;
}

/** As many as a label has bits. */
const MOST_GROUPS = 32;
/** Standard deviations from the mean beyond which a polarity is clear. */
const CLEAR = 0.5;

/**
 * What the first `rows` items are sorted into: by polarity, the clearly positive from the clearly negative (half a
 * standard deviation from the mean or more), else by the first column of tags or texts that has 2 to 32 different ones,
 * with texts of which half or more come again. Undefined when there is no such column.
 */
export function categoryOf(
  { columns }: Pick<Items, 'columns'>,
  rows: number,
): Category | undefined {
  const { polarity } = columns;
  if (polarity?.kind === 'number') {
    const labels = bySide(polarity.values.subarray(0, rows));
    if (labels) return { name: 'polarity', labels };
  }
  const named = Object.entries(columns);
  const inOrder = [
    ...named.filter(([, { kind }]) => kind === 'tags'),
    ...named.filter(([, { kind }]) => kind === 'text'),
  ];
  for (const [name, column] of inOrder) {
    const labels = byGroup(column, rows);
    if (labels) return { name, labels };
  }
  return undefined;
}

function bySide(values: Float64Array): Uint32Array | undefined {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const clear = CLEAR * Math.sqrt(squares / known.length);
  if (!(clear > 0)) return undefined;
  return Uint32Array.from(values, (value) =>
    value - mean >= clear ? 1 : mean - value >= clear ? 2 : 0,
  );
}

function byGroup(column: Column, rows: number): Uint32Array | undefined {
  if (column.kind === 'number') return undefined;
  const groups = new Map<string, number>();
  const labels = new Uint32Array(rows);
  let known = 0;
  for (let row = 0; row < rows; row++) {
    for (const name of [column.values[row] ?? []].flat()) {
      if (!groups.has(name)) groups.set(name, groups.size);
      if (groups.size > MOST_GROUPS) return undefined;
      labels[row] |= 1 << groups.get(name)!;
      known++;
    }
  }
  if (groups.size < 2) return undefined;
  return column.kind === 'tags' || groups.size <= known / 2 ? labels : undefined;
}
