import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { matrix } from '../../../src/lib/math/matrix.ts';
import type { Items, Manifest } from '../../../src/lib/run/types.ts';

export const fixtures = fileURLToPath(new URL('../../fixtures/run/', import.meta.url));

/** The five films that every file in fixtures/run/readable holds, as make_fixtures.py lists them. */
export function films(): Items {
  const json = JSON.parse(readFileSync(`${fixtures}films.json`, 'utf8'));
  const numbers = (values: (number | null)[]) => Float64Array.from(values, (value) => value ?? NaN);
  return {
    ids: json.ids,
    labels: json.labels,
    counts: Uint32Array.from(json.counts),
    bias: Float32Array.from(json.bias),
    columns: {
      year: { kind: 'number', storage: 'uint16', values: numbers(json.year) },
      genres: { kind: 'tags', values: json.genres },
      director: { kind: 'text', values: json.director },
      mean: { kind: 'number', storage: 'float32', values: numbers(json.mean) },
      seen: { kind: 'number', storage: 'uint8', values: numbers(json.seen) },
    },
    vectors: matrix(5, json.dimensions, Float32Array.from(json.vectors)),
  };
}

export function manifestOf(items: Items): Omit<Manifest, 'files'> {
  return {
    schemaVersion: 1,
    id: 'films',
    title: 'Five films',
    kind: 'movies',
    dimensions: items.vectors.columns,
    count: items.ids.length,
    created: '2026-11-23T15:00:00Z',
    dataset: {
      name: 'Films',
      release: '1',
      url: 'https://example.org/films.zip',
      sha256: 'ab'.repeat(32),
      licence: 'CC0',
      citation: '',
      counts: { ratings: 431 },
    },
    model: { name: 'mf', hyperparameters: { factors: 3, lr: [0.1, 0.01], bias: true }, seed: 7 },
    training: {
      backend: 'kernel',
      device: 'a processor',
      passedOver: { cuda: 'not installed' },
      seconds: 1.5,
      loss: 'mean squared error',
      software: { embedscope: '0.1.0' },
      curves: [
        { epoch: 1, trainLoss: 1.25, validationLoss: 1.5, metrics: { rmse: 1.2 } },
        { epoch: 2, trainLoss: 1, validationLoss: NaN },
      ],
    },
    metrics: { split: 'random 20 %', values: { mse: 0.75 } },
    maps: [],
  };
}
