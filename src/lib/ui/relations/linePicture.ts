import type { ItemTable, LineEnds, LinePlaces, LineQuery } from '../../analysis/types.ts';
import { formatCount, formatNumber, formatSigned } from '../format.ts';
import type { ScatterData } from '../scatter/scene.ts';
import { mostDrawn } from './state.ts';

/** What the picture of a line shows. */
export interface LinePicture {
  data: ScatterData;
  from: string;
  to: string;
  /** Rows of both ends, which are ringed. */
  ends: number[];
  /** What the colours stand for; undefined when the run has no polarity. */
  scale?: { title: string; low: string; high: string; unknown: number };
  details: (index: number) => string;
}

/** The share of points whose polarity is within the colours' scale; what is beyond has the colour of its end. */
const WITHIN = 0.98;

/**
 * Points by their position on the line and their distance from it, coloured by polarity where the run has it. What
 * stands in the lists is named before the rest, which is named by how frequent it is.
 *
 * @param first how many rows take part, the most frequent
 */
export function linePicture(
  table: ItemTable,
  { positions, distances }: LinePlaces,
  { from, to }: LineQuery,
  { fromEnd, toEnd }: LineEnds,
  first: number,
  polarity: ArrayLike<number> | undefined,
): LinePicture {
  const used = Math.min(first, mostDrawn, positions.length);
  // In turn from both lists, so that neither end takes all the room for names.
  const named = new Set<number>([from, to]);
  for (let at = 0; at < Math.max(fromEnd.length, toEnd.length); at++) {
    for (const list of [fromEnd, toEnd]) if (list[at]) named.add(list[at].row);
  }
  const rows = [...named];
  for (let row = 0; row < used; row++) if (!named.has(row)) rows.push(row);
  const picture: LinePicture = {
    data: {
      rows,
      labels: rows.map((row) => table.labels[row]),
      x: Float32Array.from(rows, (row) => positions[row]),
      y: Float32Array.from(rows, (row) => distances[row]),
    },
    from: table.labels[from],
    to: table.labels[to],
    ends: [from, to],
    details: (index) => {
      const row = rows[index];
      const told = polarity ? [`polarity ${formatSigned(polarity[row])}`] : [];
      if (table.counts[row] > 0) told.push(`count ${formatCount(table.counts[row])}`);
      return told.join(', ');
    },
  };
  if (polarity) {
    const known = rows.map((row) => polarity[row]).filter((value) => Number.isFinite(value));
    const sizes = Float64Array.from(known, Math.abs).sort();
    const most = sizes[Math.floor(WITHIN * (sizes.length - 1))] || 1;
    picture.data.tints = Float32Array.from(rows, (row) => polarity[row] / most);
    picture.scale = {
      title: 'Polarity',
      low: `${formatNumber(-most)} or less`,
      high: `${formatSigned(most)} or more`,
      unknown: rows.length - known.length,
    };
  }
  return picture;
}
