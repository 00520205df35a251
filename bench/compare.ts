/**
 * Seconds that two runs take to be compared on 1,000, 20,000 and 100,000 shared items of 50 dimensions, all figures of
 * `embedscope compare` together, against scikit-learn's neighbours with the overlap of the lists in NumPy, which is
 * one of those figures. `EMBEDSCOPE_PYTHON` names a Python with scikit-learn.
 */
import { comparePair, neighbourTable, type Part } from '../src/lib/analysis/compare.ts';
import { kernelProducts } from '../src/lib/kernels/products.ts';
import { matrix, type Matrix } from '../src/lib/math/matrix.ts';
import { pca } from '../src/lib/math/pca.ts';
import { random } from '../src/lib/math/random.ts';
import { inPython } from './peers/python.ts';
import type { Result } from './run.ts';

const DIMENSIONS = 50;
const K = 10;
const FITTED = 2000;

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const results: Result[] = [];
  await ours(...pair(500));
  for (const n of quick ? [1_000, 20_000] : [1_000, 20_000, 100_000]) {
    const [a, b] = pair(n);
    const own = await ours(a, b);
    results.push({ name: 'ours, all figures', n, d: DIMENSIONS, ...own, ratioToOurs: 1 });
    const peer = inPython<{ seconds: number; overlap: number }>(
      'compare_peer.py',
      { 'a.f32': a.data, 'b.f32': b.data },
      [String(DIMENSIONS), String(K)],
    );
    if (typeof peer === 'string') {
      results.push({ name: `scikit-learn is missing: ${peer}`, seconds: NaN });
      continue;
    }
    results.push({
      name: 'scikit-learn, neighbour overlap alone',
      n,
      d: DIMENSIONS,
      seconds: peer.seconds,
      ratioToOurs: peer.seconds / own.seconds,
      quality: { overlap: peer.overlap },
    });
  }
  return { results };
}

/** Twenty groups of items, and the same with noise. */
function pair(n: number): [Matrix, Matrix] {
  const draw = random(1);
  const centres = Float32Array.from({ length: 20 * DIMENSIONS }, draw.normal);
  const [a, b] = [matrix(n, DIMENSIONS), matrix(n, DIMENSIONS)];
  for (let i = 0; i < n; i++) {
    const centre = DIMENSIONS * draw.integer(20);
    for (let j = 0; j < DIMENSIONS; j++) {
      const at = i * DIMENSIONS + j;
      a.data[at] = centres[centre + j] + draw.normal();
      b.data[at] = a.data[at] + 0.5 * draw.normal();
    }
  }
  return [a, b];
}

async function ours(a: Matrix, b: Matrix): Promise<Pick<Result, 'seconds' | 'quality'>> {
  const began = performance.now();
  const [partA, partB] = [part(a), part(b)];
  const tableA = await neighbourTable(a, { k: K }, () => {});
  const tableB = await neighbourTable(b, { k: K }, () => {});
  const { overlap } = comparePair(partA, partB, tableA, tableB, 1);
  return { seconds: (performance.now() - began) / 1e3, quality: { overlap: overlap.mean } };
}

function part(vectors: Matrix): Part {
  const fitted = Math.min(FITTED, vectors.rows);
  const first = matrix(fitted, DIMENSIONS, vectors.data.subarray(0, fitted * DIMENSIONS));
  return { vectors, components: pca(first, { products: kernelProducts }) };
}
