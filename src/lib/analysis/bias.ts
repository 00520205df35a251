import { InputError } from '../errors.ts';
import { lowest } from '../math/neighbours.ts';
import { ranks, spearman } from '../math/statistics.ts';
import type { Run } from '../run/types.ts';
import { applyFilter, checkWhole, numbers, summarise } from './item.ts';
import type { BiasItem, BiasQuery, BiasRanking } from './types.ts';

/**
 * The items of highest and lowest bias, and those that bias ranks otherwise than their mean rating does.
 *
 * @throws InputError when the run has no bias, or a number is out of range
 */
export function biasRanking(run: Run, query: BiasQuery): BiasRanking {
  const { items } = run;
  const { bias } = items;
  if (!bias) {
    throw new InputError(
      'this run has no bias: its model has factors alone; choose a run of a model with biases, such as mf',
    );
  }
  checkWhole('count', query.count, 1);
  checkWhole('items', query.items, 1);
  const rows = applyFilter(items, Math.min(query.items, items.ids.length), query.filter);
  const values = Float64Array.from(rows, (row) => bias[row]);
  const mean = numbers(items, 'mean');
  const means = Float64Array.from(rows, (row) => mean?.[row] ?? NaN);
  // Negated, so that the highest has rank 1.
  const biasRanks = ranks(values.map((value) => -value));
  const meanRanks = ranks(means.map((value) => -value));
  const item = (at: number): BiasItem => ({
    ...summarise(items, rows[at]),
    bias: values[at],
    biasRank: biasRanks[at],
    ...(Number.isNaN(meanRanks[at]) ? {} : { meanRank: meanRanks[at] }),
  });
  const agreement = meanRanks.map((rank, at) => -Math.abs(biasRanks[at] - rank));
  const both = rows.map((_, at) => at).filter((at) => !Number.isNaN(means[at]));
  const rankCorrelation = spearman(
    both.map((at) => values[at]),
    both.map((at) => means[at]),
  );
  return {
    top: Array.from(
      lowest(
        values.map((value) => -value),
        query.count,
      ),
      item,
    ),
    bottom: Array.from(lowest(values, query.count), item),
    corrected: Array.from(lowest(agreement, query.count), item),
    ranked: rows.length,
    ...(Number.isNaN(rankCorrelation) ? {} : { rankCorrelation }),
  };
}
