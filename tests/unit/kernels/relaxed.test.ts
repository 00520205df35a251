import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm as scan } from '../../../src/lib/kernels/generated/nearest.relaxed.ts';
import { wasm as graph } from '../../../src/lib/kernels/generated/neighbourGraph.relaxed.ts';
import { wasm as plainGraph } from '../../../src/lib/kernels/generated/neighbourGraph.ts';
import { wasm as sharedGraph } from '../../../src/lib/kernels/generated/neighbourGraph.shared.ts';
import { isRunnable } from '../../../src/lib/kernels/load.ts';
import { scanSource } from '../../../src/lib/kernels/nearest.ts';
import { neighbourGraph } from '../../../src/lib/kernels/neighbourGraph.ts';
import { neighbourIndex } from '../../../src/lib/kernels/neighbourIndex.ts';
import { loadTeam } from '../../../src/lib/kernels/team.ts';
import { nodeTeam } from '../../../src/lib/kernels/team.node.ts';
import { matrix, row } from '../../../src/lib/math/matrix.ts';
import { nearest } from '../../../src/lib/math/neighbours.ts';
import { random } from '../../../src/lib/math/random.ts';

const METRICS = ['cosine', 'dot', 'euclidean'] as const;

/** Rows of which many are as near as others, or nearly. */
function rows(n: number, d: number) {
  const { normal, integer } = random(8);
  const m = matrix(n, d, Float32Array.from({ length: n * d }, normal));
  for (let i = 1; i < n; i += 3) {
    row(m, i).set(row(m, integer(i)));
    row(m, i)[0] += 1e-7 * integer(3);
  }
  return m;
}

describe('kernels with fused products', () => {
  beforeAll(() => {
    // Node 20 has them behind a flag, later ones without.
    if (!isRunnable(scan)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  });

  it('run here', () => {
    expect([scan, graph].map(isRunnable)).toEqual([true, true]);
  });

  it('are taken where they run, alone and by threads, and left where they do not', async () => {
    // Told apart by a function that the other kernel lacks.
    const { sharedWasm } = scanSource.relaxed!;
    for (const team of [undefined, nodeTeam(2)]) {
      for (const [relaxed, expected] of [
        [{ wasm: scan, sharedWasm }, 'function'],
        [{ wasm: btoa('not for this engine'), sharedWasm }, 'undefined'],
        [undefined, 'undefined'],
      ] as const) {
        const source = { ...scanSource, wasm: plainGraph, sharedWasm: sharedGraph, relaxed };
        const { kernel, team: members } = await loadTeam(source, 64, { team });
        expect(typeof kernel.functions.search).toBe(expected);
        await members.close();
      }
    }
  });

  it.each(METRICS)('answer as the plain search does, by %s', async (metric) => {
    const m = rows(2_000, 37);
    const queries = rows(30, 37);
    for (const team of [undefined, nodeTeam(2)]) {
      const index = await neighbourIndex(m, { team });
      const batch = index.nearestBatch(queries, 12, metric);
      for (let q = 0; q < queries.rows; q++) {
        const expected = nearest(m, row(queries, q), 12, metric);
        expect(index.nearest(row(queries, q), 12, metric)).toEqual(expected);
        expect(batch[q]).toEqual(expected);
      }
      index.free();
    }
  });

  it.each(METRICS)('give the graph that the plain twin gives, by %s', async (metric) => {
    const m = rows(700, 20);
    const twin = await neighbourGraph(m, 9, metric, { plain: true });
    expect(await neighbourGraph(m, 9, metric)).toEqual(twin);
  });

  it('leave an approximate graph as it is in every engine', async () => {
    const m = rows(1_500, 5);
    const options = { method: 'approximate', recall: 0.8 } as const;
    const graph = await neighbourGraph(m, 5, 'euclidean', options);
    expect(graph.method).toBe('approximate');
    expect(await neighbourGraph(m, 5, 'euclidean', { ...options, plain: true })).toEqual(graph);
  });
});
