/**
 * Seconds that two runs take to be compared on 1,000, 20,000 and 100,000 shared items of 50 dimensions: what the page
 * `/compare` shows first, and all figures of `embedscope compare` together, the latter against scikit-learn's
 * neighbours with the overlap of the lists in NumPy, which is one of those figures. `EMBEDSCOPE_PYTHON` names a Python
 * with scikit-learn.
 */
import { comparePair, neighbourTable, type Part } from '../src/lib/analysis/compare.ts';
import { firstFigures, sideBySide } from '../src/lib/analysis/pair.ts';
import { kernelProducts } from '../src/lib/kernels/products.ts';
import { comparable } from '../src/lib/math/comparable.ts';
import { matrix, type Matrix } from '../src/lib/math/matrix.ts';
import { pca } from '../src/lib/math/pca.ts';
import { random } from '../src/lib/math/random.ts';
import type { Manifest, Run } from '../src/lib/run/types.ts';
import { inPython } from './peers/python.ts';
import type { Result } from './run.ts';

const DIMENSIONS = 50;
const K = 10;
const FITTED = 2000;

export async function run({
  quick,
  most,
}: {
  quick: boolean;
  most: number;
}): Promise<{ results: Result[] }> {
  const results: Result[] = [];
  await ours(...pair(500));
  await first(...pair(500));
  const sizes = quick ? [1_000] : [1_000, 20_000, 100_000];
  for (const n of sizes.filter((size) => size <= most)) {
    const [a, b] = pair(n);
    const early = await first(a, b);
    results.push({ name: 'ours, the first figures of the page', n, d: DIMENSIONS, ...early });
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

/** What `/compare` shows first, from two runs that have been read. */
async function first(a: Matrix, b: Matrix): Promise<Pick<Result, 'seconds' | 'quality'>> {
  const began = performance.now();
  const { overlap } = await firstFigures(sideBySide([asRun(a), asRun(b)], 1), { k: K, seed: 1 });
  return { seconds: (performance.now() - began) / 1e3, quality: { overlap: overlap.mean } };
}

function asRun(vectors: Matrix): Run {
  const ids = Array.from({ length: vectors.rows }, (_, i) => `item ${i}`);
  return {
    manifest: { id: 'made', kind: 'items' } as unknown as Manifest,
    maps: [],
    items: { ids, labels: ids, counts: new Uint32Array(vectors.rows), columns: {}, vectors },
  };
}

function part(vectors: Matrix): Part {
  const fitted = Math.min(FITTED, vectors.rows);
  const first = matrix(fitted, DIMENSIONS, vectors.data.subarray(0, fitted * DIMENSIONS));
  return {
    vectors,
    comparable: comparable(vectors, kernelProducts),
    components: pca(first, { products: kernelProducts }),
  };
}
