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

const known: Record<string, { label: string; term?: TermName }> = {
  mse: { label: 'MSE', term: 'MSE' },
  rmse: { label: 'RMSE', term: 'RMSE' },
  mae: { label: 'MAE', term: 'MAE' },
  accuracy: { label: 'accuracy', term: 'accuracy' },
  vectorsAccuracy: { label: 'accuracy of the vectors alone', term: 'accuracy' },
  logLoss: { label: 'log loss' },
};

/** `baselineItemMeanMse` → baseline, item, mean, mse */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const baselines: Record<string, string> = {
  mean: 'mean rating alone',
  offsets: 'users’ and movies’ offsets alone',
  majority: 'more frequent label alone',
  'naive bayes': 'naive Bayes classifier on single words',
};

function baselineLabel(words: string[]): string {
  const text = words.join(' ');
  return baselines[text] ?? (text || 'baseline');
}

/** All final metrics with their baselines (`baseline…` in the manifest), the usual one first. */
export function finalMetrics({ metrics }: Pick<Manifest, 'metrics'>): FinalMetric[] {
  const named = Object.entries(metrics.values).map(([name, value]) => {
    const words = wordsOf(name);
    return { name, value, words, baseline: words.includes('baseline') };
  });
  const order = Object.keys(known);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return named
    .filter(({ baseline }) => !baseline)
    .sort((a, b) => place(a.name) - place(b.name))
    .map(({ name, value, words }) => ({
      name,
      label: known[name]?.label ?? words.join(' '),
      term: known[name]?.term,
      value,
      baselines: named
        .filter(({ baseline, words }) => baseline && words.includes(name))
        .map(({ words, value }) => ({
          label: baselineLabel(words.filter((word) => word !== name && word !== 'baseline')),
          value,
        })),
    }));
}

/** What lists of runs show of a run; small enough for every page. */
export interface RunSummary {
  id: string;
  title: string;
  /** The title without the data set, for places that name it beside: `mf, seed 1`. */
  name: string;
  /** `MovieLens, ml-latest-small 2018` */
  dataset: string;
  model: string;
  seed: number;
  kind: Manifest['kind'];
  count: number;
  dimensions: number;
  created: string;
  /** Whether another program trained it. */
  imported: boolean;
  metric?: FinalMetric;
  split: string;
  /** The first of the runs that differ from it in their seed alone; absent where there is none but itself. */
  seedsOf?: string;
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
    name: manifest.title.replace(
      ` on ${dataset.name}${dataset.release ? ` (${dataset.release})` : ''}`,
      '',
    ),
    dataset: [dataset.name, dataset.release].filter(Boolean).join(', '),
    model: model.name,
    seed: model.seed,
    kind: manifest.kind,
    count: manifest.count,
    dimensions: manifest.dimensions,
    created: manifest.created,
    imported: manifest.training.backend === 'imported',
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

/** What the first items of a run are, which are sorted by their counts: `most rated`, `most frequent`. */
export function mostCounted(kind: Manifest['kind']): string {
  return kind === 'movies' ? 'most rated' : 'most frequent';
}

/** What one calls the items of a run: `movie`, `movies`. */
export function itemNoun(kind: Manifest['kind'], count = 2): string {
  return plurals[kind][count === 1 ? 0 : 1];
}
