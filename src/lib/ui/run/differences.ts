import type { Manifest } from '../../run/types.ts';
import { formatSeconds, formatSetting } from '../format.ts';
import { finalMetrics, type FinalMetric } from './summary.ts';
import { dataInWords, nameInWords, rungInWords } from './words.ts';

/** One property of two runs; a dash where one has none. */
export interface Difference {
  name: string;
  a: string;
  b: string;
  same: boolean;
}

type Facts = Record<string, string>;

function factsOf(manifest: Manifest): Facts {
  const { model, dataset, training } = manifest;
  const settings = Object.entries(model.hyperparameters).map(([name, value]) => [
    nameInWords(name),
    formatSetting(value),
  ]);
  return {
    model: model.name,
    seed: String(model.seed),
    ...Object.fromEntries(settings),
    dimensions: String(manifest.dimensions),
    'data set': [dataset.name, dataset.release].filter(Boolean).join(' '),
    read: dataInWords(dataset),
    'measured on': manifest.metrics.split,
    loss: training.loss,
    epochs: String(training.curves.length),
    backend: rungInWords(training.backend),
    device: training.device,
    'training time': formatSeconds(training.seconds),
  };
}

/** Every property of either run, those of `a` first in their order. */
export function differences(a: Manifest, b: Manifest): Difference[] {
  const [ofA, ofB] = [factsOf(a), factsOf(b)];
  return [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])]
    .map((name) => ({ name, a: ofA[name] || '–', b: ofB[name] || '–' }))
    .map((fact) => ({ ...fact, same: fact.a === fact.b }));
}

/** A final metric of two runs, where both have it. */
export interface MetricPair {
  metric: FinalMetric;
  a: number;
  b: number;
}

export function metricPairs(a: Manifest, b: Manifest): MetricPair[] {
  const ofB = finalMetrics(b);
  return finalMetrics(a).flatMap((metric) => {
    const other = ofB.find(({ name }) => name === metric.name);
    return other ? [{ metric, a: metric.value, b: other.value }] : [];
  });
}
