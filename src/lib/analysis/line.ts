import { InputError } from '../errors.ts';
import { line, type Line } from '../math/line.ts';
import { lowest } from '../math/neighbours.ts';
import { pearson } from '../math/statistics.ts';
import type { Items, Run } from '../run/types.ts';
import { checkDirection, checkWhole, numbers, summarise } from './item.ts';
import type { LineEnds, LineEndsQuery, LineItem, LinePlaces, LineQuery } from './types.ts';

/**
 * The items at both ends of the line between two, which are not among them; of equals the lower row comes first.
 *
 * @throws InputError when the run lacks one of the rows, both are the same, or have one direction, a vector is all
 *   zeros, `count` is below 1, or `items` is no whole number from 1
 */
export function lineEnds(run: Run, { from, to, count, items: first }: LineEndsQuery): LineEnds {
  const { items } = run;
  checkWhole('count', count, 1);
  checkWhole('items', first, 1);
  const { positions, distances, cosine, varianceShare } = projected(run, { from, to });
  const ranked = positions.slice(0, Math.min(first, positions.length));
  for (const end of [from, to]) if (end < ranked.length) ranked[end] = NaN;
  const listed = (values: Float64Array): LineItem[] =>
    Array.from(lowest(values, count), (row) => ({
      ...summarise(items, row),
      position: positions[row],
      distance: distances[row],
    }));
  const ends: LineEnds = {
    from: summarise(items, from),
    to: summarise(items, to),
    cosine,
    fromEnd: listed(ranked),
    toEnd: listed(ranked.map((position) => -position)),
    ranked: ranked.reduce((sum, position) => sum + Number(!Number.isNaN(position)), 0),
    varianceShare,
  };
  const polarity = alongPolarity(items, ranked);
  if (polarity) ends.polarity = polarity;
  return ends;
}

/** Every item's position and distance by the line between two, in the run's order; throws as `lineEnds` does. */
export function linePlaces(run: Run, query: LineQuery): LinePlaces {
  const { positions, distances } = projected(run, query);
  return {
    positions: Float32Array.from(positions),
    distances: Float32Array.from(distances),
  };
}

/** The latest line of a run is kept: a page asks for its ends and then for its places. */
const latest = new WeakMap<Run, { from: number; to: number; line: Line }>();

function projected(run: Run, { from, to }: LineQuery): Line {
  const { items } = run;
  for (const [name, row] of Object.entries({ from, to })) {
    checkWhole(name, row, 0, items.vectors.rows - 1);
    checkDirection(items, row);
  }
  if (from === to) {
    throw new InputError(
      `both ends are ${items.labels[from]}: a line needs two different ones; name another`,
    );
  }
  const known = latest.get(run);
  if (known?.from === from && known.to === to) return known.line;
  try {
    const found = line(items.vectors, from, to);
    latest.set(run, { from, to, line: found });
    return found;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `${items.labels[from]} and ${items.labels[to]} have vectors of one direction, so that no line leads from one to the other; name another`,
      { cause: error },
    );
  }
}

function alongPolarity(
  items: Items,
  positions: Float64Array,
): { correlation: number; n: number } | undefined {
  const polarity = numbers(items, 'polarity');
  if (!polarity) return undefined;
  const known = Array.from(positions.keys()).filter(
    (row) => !Number.isNaN(positions[row]) && !Number.isNaN(polarity[row]),
  );
  const correlation = pearson(
    known.map((row) => positions[row]),
    known.map((row) => polarity[row]),
  );
  return Number.isNaN(correlation) ? undefined : { correlation, n: known.length };
}
