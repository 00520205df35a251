import type { Epoch, Manifest } from '../../run/types.ts';
import type { TermName } from '../terms.ts';

/** A final figure and what it is measured against. */
export interface FinalMetric {
  /** As in the manifest: `mse`. */
  name: string;
  /** As one says it: `MSE`. */
  label: string;
  term?: TermName;
  value: number;
  baselines: { label: string; value: number }[];
}

const known: Record<string, { label: string; term: TermName }> = {
  mse: { label: 'MSE', term: 'MSE' },
  rmse: { label: 'RMSE', term: 'RMSE' },
  mae: { label: 'MAE', term: 'MAE' },
  accuracy: { label: 'accuracy', term: 'accuracy' },
};

const isBaseline = (name: string) => /baseline/i.test(name);

/** `baselineGlobalMeanMse` for `mse` → `global mean`; plain `baselineMse` → `baseline`. */
function baselineLabel(name: string, metric: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== 'baseline' && word !== metric);
  return words.join(' ') || 'baseline';
}

/** All final metrics with their baselines, the one that training was judged on first. */
export function finalMetrics({ metrics }: Pick<Manifest, 'metrics'>): FinalMetric[] {
  const names = Object.keys(metrics.values);
  const order = Object.keys(known);
  return names
    .filter((name) => !isBaseline(name))
    .sort((a, b) => ((order.indexOf(a) + 99) % 99) - ((order.indexOf(b) + 99) % 99))
    .map((name) => ({
      name,
      label: known[name]?.label ?? name,
      term: known[name]?.term,
      value: metrics.values[name],
      baselines: names
        .filter(
          (other) =>
            isBaseline(other) &&
            other
              .toLowerCase()
              .split(/(?=[^a-z])|\b/)
              .join('')
              .endsWith(name),
        )
        .map((other) => ({ label: baselineLabel(other, name), value: metrics.values[other] })),
    }));
}

/** What lists of runs show of a run; small enough for every page. */
export interface RunSummary {
  id: string;
  title: string;
  /** `MovieLens, ml-latest-small 2018` */
  dataset: string;
  model: string;
  seed: number;
  kind: Manifest['kind'];
  count: number;
  dimensions: number;
  created: string;
  metric?: FinalMetric;
  split: string;
}

export interface BrokenRun {
  id: string;
  /** What is wrong, where, and what to do. */
  error: string;
}

/** What the start page's cards show besides. */
export interface RunCard extends RunSummary {
  loss: string;
  curves: Pick<Epoch, 'epoch' | 'trainLoss' | 'validationLoss'>[];
}

export function summaryOf(manifest: Manifest): RunSummary {
  const { dataset, model } = manifest;
  return {
    id: manifest.id,
    title: manifest.title,
    dataset: [dataset.name, dataset.release].filter(Boolean).join(', '),
    model: model.name,
    seed: model.seed,
    kind: manifest.kind,
    count: manifest.count,
    dimensions: manifest.dimensions,
    created: manifest.created,
    metric: finalMetrics(manifest)[0],
    split: manifest.metrics.split,
  };
}

export function cardOf(manifest: Manifest): RunCard {
  return {
    ...summaryOf(manifest),
    loss: manifest.training.loss,
    curves: manifest.training.curves.map(({ epoch, trainLoss, validationLoss }) => ({
      epoch,
      trainLoss,
      validationLoss,
    })),
  };
}

const plurals: Record<Manifest['kind'], [one: string, many: string]> = {
  movies: ['movie', 'movies'],
  words: ['word', 'words'],
  items: ['item', 'items'],
};

/** What one calls the items of a run: `movie`, `movies`. */
export function itemNoun(kind: Manifest['kind'], count = 2): string {
  return plurals[kind][count === 1 ? 0 : 1];
}
