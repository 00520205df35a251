import { readFileSync } from 'node:fs';
import { matrix } from '../../../../src/lib/math/matrix.ts';

/** Written by scikit-learn and openTSNE; see goldens.py beside the file. */
export const goldens = JSON.parse(
  readFileSync(new URL('../../../fixtures/tsne/goldens.json', import.meta.url), 'utf8'),
) as {
  n: number;
  d: number;
  perplexity: number;
  x: number[];
  start: number[];
  joint: { rows: Record<string, [number, number][]> };
  kl: Record<'scikit-learn, exact' | 'openTSNE', number>;
  quality: {
    map: number[];
    figures: { map: 'tsne' | 'plane'; k: number; trustworthiness: number; continuity: number }[];
  };
};

export const data = matrix(goldens.n, goldens.d, Float32Array.from(goldens.x));
export const start = Float32Array.from(goldens.start);

/** What a generator returns in the end. */
export function finish<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}
