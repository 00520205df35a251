import { describe, expect, it, vi } from 'vitest';
import { type NeighbourGraph, neighbourGraph } from '../../../src/lib/kernels/neighbourGraph.ts';
import { nodeTeam } from '../../../src/lib/kernels/team.node.ts';
import type { TeamStarter } from '../../../src/lib/kernels/team.ts';
import { matrix, type Matrix, row } from '../../../src/lib/math/matrix.ts';
import { type Metric, nearest } from '../../../src/lib/math/neighbours.ts';
import { random } from '../../../src/lib/math/random.ts';

function cloud(rows: number, columns: number) {
  const { normal } = random(3);
  return matrix(rows, columns, Float32Array.from({ length: rows * columns }, normal));
}

/** Rows that single precision cannot tell apart, or that are as near as others. */
const HARD: Record<string, () => Matrix> = {
  'copies of a few rows': () => {
    const m = cloud(203, 9);
    for (let i = 4; i < m.rows; i++) row(m, i).set(row(m, i % 4));
    return m;
  },
  'rows that are all the same': () => matrix(70, 3, new Float32Array(210).fill(0.1)),
  'rows of zeros': () => matrix(70, 3),
  'constant columns': () => {
    const m = cloud(150, 6);
    for (let i = 0; i < m.rows; i++) row(m, i).set([1e6, 0.1, -3], 2);
    return m;
  },
  'rows far from the origin': () => {
    const m = cloud(150, 6);
    m.data.forEach((value, at) => (m.data[at] = 1e5 + value));
    return m;
  },
  'one row that is far from all': () => {
    const m = cloud(150, 6);
    row(m, 77).fill(1e20);
    return m;
  },
  'tiny rows': () => {
    const m = cloud(150, 6);
    m.data.forEach((value, at) => (m.data[at] = 1e-30 * value));
    return m;
  },
  'huge rows': () => {
    const m = cloud(150, 6);
    m.data.forEach((value, at) => (m.data[at] = 1e37 * value));
    return m;
  },
  'points of a grid': () =>
    matrix(
      196,
      2,
      Float32Array.from({ length: 392 }, (_, at) =>
        at % 2 ? Math.floor(at / 28) : (at >> 1) % 14,
      ),
    ),
};

function expectExact(graph: NeighbourGraph, m: Matrix, metric: Metric): void {
  const { k } = graph;
  for (let i = 0; i < m.rows; i++) {
    const { rows, values } = nearest(m, row(m, i), k, metric, i);
    expect([...graph.rows.subarray(k * i, k * i + k)]).toEqual([...rows]);
    expect(graph.values.subarray(k * i, k * i + k)).toEqual(Float32Array.from(values));
  }
  expect(graph.rows).toHaveLength(k * m.rows);
}

describe.each([false, true])('the graph of neighbours (plain twin: %s)', (plain) => {
  it.each(['cosine', 'dot', 'euclidean'] as const)(
    'holds what each row is nearest to by %s',
    async (metric) => {
      const m = cloud(301, 7);
      // Rows that are twins, and so each other's nearest by distance.
      row(m, 300).set(row(m, 0));
      const done: number[] = [];
      const graph = await neighbourGraph(m, 4, metric, {
        plain,
        onProgress: (rows, total) => {
          expect(total).toBe(301);
          done.push(rows);
        },
      });
      expectExact(graph, m, metric);
      expect(done.at(-1)).toBe(301);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
    },
  );

  it.each(
    (['cosine', 'dot', 'euclidean'] as const).flatMap((metric) =>
      Object.keys(HARD).map((kind) => [kind, metric] as const),
    ),
  )('is exact among %s by %s', async (kind, metric) => {
    const m = HARD[kind]();
    expectExact(await neighbourGraph(m, 12, metric, { plain }), m, metric);
  });
});

describe('the graph of neighbours', () => {
  it('is the same whatever the number of threads', async () => {
    const m = cloud(3001, 120);
    const alone = await neighbourGraph(m, 15, 'euclidean');
    for (const count of [2, 3]) {
      const started = vi.fn();
      const threads = nodeTeam(count);
      const team: TeamStarter = {
        count,
        start(kernel) {
          started();
          return threads.start(kernel);
        },
      };
      expect(await neighbourGraph(m, 15, 'euclidean', { team })).toEqual(alone);
      expect(started).toHaveBeenCalledTimes(1);
    }
  });

  it('of some rows is that of all at these, in their order', async () => {
    const m = cloud(300, 7);
    const all = await neighbourGraph(m, 6, 'cosine');
    const of = Int32Array.of(299, 0, 17, 17, 100);
    const heard: number[][] = [];
    const some = await neighbourGraph(m, 6, 'cosine', {
      of,
      onProgress: (...told) => heard.push(told),
    });
    expect([...some.rows]).toEqual(
      [...of].flatMap((row) => [...all.rows.subarray(6 * row, 6 * row + 6)]),
    );
    expect([...some.values]).toEqual(
      [...of].flatMap((row) => [...all.values.subarray(6 * row, 6 * row + 6)]),
    );
    expect(heard.at(-1)).toEqual([5, 5]);
    expect((await neighbourGraph(m, 6, 'cosine', { of: new Int32Array() })).rows).toHaveLength(0);
    await expect(neighbourGraph(m, 6, 'cosine', { of: Int32Array.of(300) })).rejects.toThrow(
      'row 300 is not one of 300',
    );
  });

  it('of two rows is each other, and of k + 1 rows all others', async () => {
    expect([...(await neighbourGraph(cloud(2, 3), 1, 'cosine')).rows]).toEqual([1, 0]);
    const { rows } = await neighbourGraph(
      matrix(4, 1, Float32Array.of(0, 1, 3, 7)),
      3,
      'euclidean',
    );
    expect([...rows]).toEqual([1, 2, 3, 0, 2, 3, 1, 0, 3, 2, 1, 0]);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [5, 0],
    [5, 1.5],
  ])('of %i rows has no %d neighbours', async (rows, k) => {
    await expect(neighbourGraph(cloud(rows, 3), k, 'dot')).rejects.toThrow(
      `k is ${k} (expected a whole number from 1 to ${rows - 1}, one less than there are rows)`,
    );
  });

  it.each([NaN, -Infinity])('names the row that holds %d', async (value) => {
    const m = cloud(5, 3);
    m.data[7] = value;
    await expect(neighbourGraph(m, 2, 'dot')).rejects.toThrow(
      `row 2 holds ${value} in column 1 (expected finite values)`,
    );
  });

  it('stops when it is told to, before the next block', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    controller.abort(reason);
    const { signal } = controller;
    await expect(neighbourGraph(cloud(5, 3), 2, 'dot', { signal })).rejects.toBe(reason);

    const later = new AbortController();
    let last = 0;
    const graph = neighbourGraph(cloud(20_000, 100), 2, 'dot', {
      signal: later.signal,
      onProgress: (done) => {
        last = done;
        later.abort(reason);
      },
    });
    await expect(graph).rejects.toBe(reason);
    expect(last).toBeLessThan(1000);
  });
});
