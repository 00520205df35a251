import { InputError } from '../src/lib/errors.ts';
import { neighbourIndex } from '../src/lib/kernels/neighbourIndex.ts';
import { matrix, unitRows, type Matrix } from '../src/lib/math/matrix.ts';
import { neighboursFor } from '../src/lib/math/tsne/affinities.ts';
import { placeRows } from '../src/lib/math/tsne/place.ts';
import type { RunMap } from '../src/lib/run/types.ts';
import { formatNumber } from './output.ts';
import type { Progress } from './progress.ts';

/** How many neighbours in the map a new row has, softly. */
const PERPLEXITY = 5;
/** Rows between two looks at the signal: some milliseconds each. */
const ROWS_AT_A_TIME = 8;

/**
 * The map that is extended.
 *
 * @throws InputError when there is none of that name, it is no t-SNE, or it has the items already
 */
export function mapToExtend(maps: readonly RunMap[], name: string, of: number): RunMap {
  const found = maps.find(({ info }) => info.name === name);
  if (!found) {
    const names = maps.map(({ info }) => `"${info.name}"`).join(', ');
    throw new InputError(
      `--extend: the run has no map "${name}" (${names ? `it has ${names}` : 'it has none'}); name one with --name, or leave --extend out`,
    );
  }
  if (found.info.method !== 'tsne') {
    throw new InputError(
      `--extend: map "${name}" is by ${found.info.method}, and only maps by tsne can be extended; leave --extend out`,
    );
  }
  if (found.info.of >= of) {
    throw new InputError(
      `--extend: map "${name}" places ${formatNumber(found.info.of)} items already; ask for more with --items`,
    );
  }
  return found;
}

/**
 * The points of a map with those of further rows behind them, each placed by its neighbours among the rows of the map.
 *
 * @param rows those of the map first
 * @throws the signal's reason when it is aborted
 */
export async function extendedPoints(
  rows: Matrix,
  { info, points }: RunMap,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Float32Array> {
  const { of } = info;
  const vectors = info.parameters.metric === 'cosine' ? unitRows(rows) : rows;
  const { columns, data } = vectors;
  const index = await neighbourIndex(matrix(of, columns, data.subarray(0, of * columns)));
  const count = rows.rows - of;
  const k = Math.max(1, Math.min(of, neighboursFor(PERPLEXITY, count + of)));
  const extended = new Float32Array(2 * rows.rows);
  extended.set(points);
  try {
    for (let from = of; from < rows.rows; from += ROWS_AT_A_TIME) {
      const to = Math.min(rows.rows, from + ROWS_AT_A_TIME);
      const some = matrix(to - from, columns, data.subarray(from * columns, to * columns));
      const answers = index.nearestBatch(some, k, 'euclidean');
      const neighbours = {
        n: to - from,
        k,
        rows: Int32Array.from(answers.flatMap((answer) => Array.from(answer.rows))),
        values: Float32Array.from(answers.flatMap((answer) => Array.from(answer.values))),
      };
      const placing = placeRows(neighbours, points, { perplexity: Math.min(PERPLEXITY, k) });
      let next = placing.next();
      while (!next.done) next = placing.next();
      extended.set(next.value, 2 * from);
      progress.update(to - of, count, `placing ${formatNumber(count)} further items`);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  } finally {
    index.free();
  }
  return extended;
}
