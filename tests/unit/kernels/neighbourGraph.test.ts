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

/** Points around so many centres. */
function lumps(rows: number, columns: number, centres: number, width = 0.5) {
  const { normal, integer } = random(5);
  const middle = cloud(centres, columns);
  const m = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    row(m, i).set(row(middle, integer(centres)).map((value) => value + width * normal()));
  }
  return m;
}

function share(found: NeighbourGraph, exact: NeighbourGraph): number {
  const { k } = exact;
  let hits = 0;
  for (let i = 0; i < exact.rows.length; i++) {
    const from = k * Math.floor(i / k);
    if (found.rows.subarray(from, from + k).includes(exact.rows[i])) hits++;
  }
  return hits / exact.rows.length;
}

describe('the approximate graph', () => {
  it.each(['cosine', 'dot', 'euclidean'] as const)(
    'has the recall that it was asked for, and says how much, by %s',
    async (metric) => {
      const m = lumps(20_000, 10, 200);
      const exact = await neighbourGraph(m, 15, metric, { method: 'exact' });
      for (const recall of [0.8, 0.97]) {
        const graph = await neighbourGraph(m, 15, metric, { method: 'approximate', recall });
        const actual = share(graph, exact);
        expect(graph.method).toBe('approximate');
        expect(actual).toBeGreaterThanOrEqual(recall);
        // Of 300 rows.
        expect(Math.abs(graph.recall - actual)).toBeLessThan(0.04);
        for (let i = 0; i < 20_000; i += 997) {
          const own = [...graph.rows.subarray(15 * i, 15 * i + 15)];
          expect(new Set(own).size).toBe(15);
          expect(own).not.toContain(i);
          // What is found is measured and ranked as `nearest` does.
          const sign = metric === 'euclidean' ? 1 : -1;
          const values = graph.values.subarray(15 * i, 15 * i + 15).map((value) => sign * value);
          expect(values).toEqual(values.toSorted());
        }
      }
    },
  );

  it('is the same for a seed whatever the number of threads, and another for another seed', async () => {
    const m = lumps(20_000, 40, 300);
    const options = { method: 'approximate', recall: 0.9, seed: 4 } as const;
    const alone = await neighbourGraph(m, 10, 'euclidean', options);
    expect(alone.method).toBe('approximate');
    const team = nodeTeam(3);
    expect(await neighbourGraph(m, 10, 'euclidean', { ...options, team })).toEqual(alone);
    const other = await neighbourGraph(m, 10, 'euclidean', { ...options, seed: 5 });
    expect(other.rows).not.toEqual(alone.rows);
  });

  it('is the same with the plain twin', async () => {
    const m = lumps(3_000, 6, 60, 0.2);
    const options = { method: 'approximate', recall: 0.9 } as const;
    for (const metric of ['cosine', 'euclidean'] as const) {
      const compiled = await neighbourGraph(m, 5, metric, options);
      expect(compiled.method).toBe('approximate');
      expect(await neighbourGraph(m, 5, metric, { ...options, plain: true })).toEqual(compiled);
    }
  });

  it.each(Object.keys(HARD))('keeps its word among %s, with the plain twin too', async (kind) => {
    const m = HARD[kind]();
    for (const metric of ['cosine', 'dot', 'euclidean'] as const) {
      const exact = await neighbourGraph(m, 12, metric);
      const graph = await neighbourGraph(m, 12, metric, { method: 'approximate' });
      const recall = share(graph, exact);
      // All rows have been measured.
      expect(recall).toBeCloseTo(graph.recall, 9);
      expect(recall).toBeGreaterThanOrEqual(0.97);
      const twin = await neighbourGraph(m, 12, metric, { method: 'approximate', plain: true });
      expect(twin).toEqual(graph);
    }
  });

  it('gives way to an exact one where no quarter of the cells holds enough', async () => {
    const m = cloud(4_000, 60);
    const graph = await neighbourGraph(m, 15, 'euclidean', { method: 'approximate', recall: 0.99 });
    expect(graph).toEqual(await neighbourGraph(m, 15, 'euclidean'));
    expect(graph.method).toBe('exact');
    expect(graph.recall).toBe(1);
  });

  it('hears of its progress, and stops when it is told to', async () => {
    const m = lumps(20_000, 10, 200);
    const shares: number[] = [];
    const onProgress = (done: number, total: number) => void shares.push(done / total);
    await neighbourGraph(m, 5, 'dot', { method: 'approximate', onProgress });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    const controller = new AbortController();
    const reason = new Error('enough');
    const stopped = neighbourGraph(m, 5, 'dot', {
      method: 'approximate',
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
  });

  it.each([0, -1, 1.1, NaN])('has no recall of %d', async (recall) => {
    await expect(neighbourGraph(cloud(9, 2), 2, 'dot', { recall })).rejects.toThrow(
      `recall is ${recall} (expected more than 0, and at most 1)`,
    );
  });
});

describe('many graphs', () => {
  it('give their memory back', { timeout: 60_000 }, async () => {
    // 8 MB each.
    const m = cloud(100, 10_000);
    const one = () => neighbourGraph(m, 2, 'cosine');
    const resident = () => process.memoryUsage().rss / 2 ** 20;
    for (let i = 0; i < 10; i++) await one();
    const before = resident();
    for (let i = 0; i < 90; i++) await one();
    expect(resident() - before).toBeLessThan(300);
  });

  it('can be made at once', async () => {
    const [a, b] = [cloud(2_000, 30), lumps(2_500, 20, 40)];
    const alone = [
      await neighbourGraph(a, 5, 'cosine'),
      await neighbourGraph(b, 7, 'euclidean', { method: 'approximate' }),
    ];
    const team = nodeTeam(2);
    const together = await Promise.all([
      neighbourGraph(a, 5, 'cosine', { team }),
      neighbourGraph(b, 7, 'euclidean', { method: 'approximate', team }),
    ]);
    expect(together).toEqual(alone);
  });
});
