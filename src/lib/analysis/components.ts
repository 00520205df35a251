import { matrix, row as rowOf } from '../math/matrix.ts';
import { lowest } from '../math/neighbours.ts';
import { column, project } from '../math/pca.ts';
import { percentile } from '../math/statistics.ts';
import type { Run } from '../run/types.ts';
import { aboutComponent } from './about.ts';
import { fitted, fittedItems } from './fitted.ts';
import { applyFilter, checkWhole, summarise } from './item.ts';
import type {
  ComponentPlace,
  ComponentQuery,
  ComponentRanking,
  ComponentScores,
  ScoredItem,
  Spectrum,
  SpectrumQuery,
} from './types.ts';

/**
 * How much of the variance each component explains.
 *
 * @throws InputError when `items` is below 2, or the items have no components (all alike)
 */
export function spectrum(run: Run, query: SpectrumQuery): Spectrum {
  const { explainedVariance, explainedVarianceRatio } = fitted(run, query);
  return {
    explainedVariance: explainedVariance.slice(),
    explainedVarianceRatio: explainedVarianceRatio.slice(),
    items: fittedItems(run, query),
  };
}

/**
 * The items at both ends of a component, and what it goes along with. The filter chooses whom to rank; the
 * component is fitted on all of the first `items` rows.
 *
 * @throws InputError when a number is out of range, or the filter asks for what the run does not have
 */
export function componentRanking(run: Run, query: ComponentQuery): ComponentRanking {
  const { component, convention, count } = query;
  checkWhole('count', count, 1);
  const fit = fitted(run, query);
  checkWhole('component', component, 1, fit.components.rows);
  const items = fittedItems(run, query);
  const rows = applyFilter(run.items, items, query.filter);
  const all = column(fit.scores, component - 1);
  const scores = Float64Array.from(rows, (row) => all[row]);
  const scored = (at: number): ScoredItem => ({
    ...summarise(run.items, rows[at]),
    score: scores[at],
  });
  const negated = scores.map((score) => -score);
  return {
    component,
    convention,
    explainedVariance: fit.explainedVariance[component - 1],
    explainedVarianceRatio: fit.explainedVarianceRatio[component - 1],
    top: Array.from(lowest(negated, count), scored),
    bottom: Array.from(lowest(scores, count), scored),
    about: aboutComponent(run, query).map((entry) => ({ ...entry })),
    fitted: items,
    ranked: rows.length,
    kind: run.manifest.kind,
  };
}

/** Every fitted item's score on every component. */
export function componentScores(run: Run, query: SpectrumQuery): ComponentScores {
  const { scores } = fitted(run, query);
  // A copy, for the caller may hand its memory to another thread.
  return { scores: scores.data.slice(), items: scores.rows, components: scores.columns };
}

/**
 * An item's score, rank and percentile on each component. One that is not among the fitted is projected, and
 * ranked as if it came among them.
 *
 * @throws InputError when the run has no such row
 */
export function componentPlaces(
  run: Run,
  query: SpectrumQuery & { row: number },
): ComponentPlace[] {
  const { vectors } = run.items;
  checkWhole('row', query.row, 0, vectors.rows - 1);
  const fit = fitted(run, query);
  const own = project(fit, matrix(1, vectors.columns, rowOf(vectors, query.row))).data;
  const isFitted = query.row < fit.scores.rows;
  return Array.from({ length: fit.components.rows }, (_, c) => {
    const scores = column(fit.scores, c);
    const score = isFitted ? scores[query.row] : own[c];
    return {
      component: c + 1,
      score,
      rank: 1 + scores.reduce((above, other) => above + Number(other > score), 0),
      percentile: percentile(scores, score),
    };
  });
}
