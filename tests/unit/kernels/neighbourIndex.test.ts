import { describe, expect, it, vi } from 'vitest';
import { neighbourIndex, QUERIES } from '../../../src/lib/kernels/neighbourIndex.ts';
import { matrix, row } from '../../../src/lib/math/matrix.ts';
import { nearest } from '../../../src/lib/math/neighbours.ts';
import { random } from '../../../src/lib/math/random.ts';

const WAYS = [
  { plain: false, quantised: false },
  { plain: false, quantised: true },
  { plain: true, quantised: false },
  { plain: true, quantised: true },
];
const METRICS = ['cosine', 'dot', 'euclidean'] as const;

function cloud(rows: number, columns: number, seed = 1) {
  const { normal } = random(seed);
  return matrix(rows, columns, Float32Array.from({ length: rows * columns }, normal));
}

describe.each(WAYS)('an index of neighbours, %j', (options) => {
  it.each(METRICS)(
    'finds what the plain search finds among thousands of rows: %s',
    async (metric) => {
      const m = cloud(3001, 10);
      const index = await neighbourIndex(m, options);
      const queries = cloud(QUERIES + 5, 10, 2);
      const answers = index.nearestBatch(queries, 20, metric);
      expect(answers).toHaveLength(QUERIES + 5);
      for (const q of [0, 1, 2, 3, QUERIES - 1, QUERIES, QUERIES + 4]) {
        expect(answers[q]).toEqual(nearest(m, row(queries, q), 20, metric));
      }
      // Heaps too large for all queries at once, and for one.
      expect(index.nearestBatch(queries, 700, metric)[130]).toEqual(
        nearest(m, row(queries, 130), 700, metric),
      );
    },
  );

  it('answers where there are no rows, one, two, or as many as asked for and one more', async () => {
    for (const rows of [0, 1, 2, 6]) {
      const m = cloud(rows, 3);
      const index = await neighbourIndex(m, options);
      for (const metric of METRICS) {
        const query = Float32Array.of(1, 2, 3);
        expect(index.nearest(query, 5, metric)).toEqual(nearest(m, query, 5, metric));
        for (let i = 0; i < rows; i++) {
          expect(index.nearest(i, 5, metric)).toEqual(nearest(m, row(m, i), 5, metric, i));
        }
      }
      expect(index.nearestBatch(matrix(0, 3), 5, 'dot')).toEqual([]);
    }
  });

  it('takes equals by row, though they are more than any heap holds', async () => {
    const m = matrix(5000, 2);
    m.data.fill(1);
    row(m, 17).set([2, 2]);
    const index = await neighbourIndex(m, options);
    const query = Float32Array.of(1, 1);
    expect([...index.nearest(query, 4, 'cosine').rows]).toEqual([0, 1, 2, 3]);
    expect([...index.nearest(query, 4, 'dot').rows]).toEqual([17, 0, 1, 2]);
    expect([...index.nearest(3000, 4, 'euclidean').rows]).toEqual([0, 1, 2, 3]);
    expect([...index.nearest(2, 3, 'euclidean').rows]).toEqual([0, 1, 3]);
  });

  it('tells near neighbours apart that single precision cannot', async () => {
    // Distances² from row 0: 1 + (i·2⁻²⁶) to leading order, all 1 in single precision.
    const m = matrix(200, 2);
    for (let i = 1; i < 200; i++) row(m, i).set([1, 2 ** -13 * Math.sqrt(200 - i)]);
    const index = await neighbourIndex(m, options);
    expect([...index.nearest(0, 5, 'euclidean').rows]).toEqual([199, 198, 197, 196, 195]);
  });

  it('leaves out rows that hold NaN', async () => {
    const m = cloud(9, 5);
    for (const i of [0, 4, 8]) m.data[5 * i + 3] = NaN;
    const index = await neighbourIndex(m, options);
    for (const metric of METRICS) {
      expect([...index.nearest(1, 9, metric).rows].sort()).toEqual([2, 3, 5, 6, 7]);
    }
  });

  it('names what it cannot use', async () => {
    const m = cloud(3, 2);
    m.data[5] = NaN;
    const index = await neighbourIndex(m, options);
    expect(() => index.nearest(Float32Array.of(1), 1, 'dot')).toThrow('1 values (expected 2)');
    expect(() => index.nearest(Float32Array.of(NaN, 1), 1, 'dot')).toThrow('not finite');
    expect(() => index.nearest(0, 1.5, 'dot')).toThrow('k is 1.5');
    expect(() => index.nearest(3, 1, 'dot')).toThrow(
      'row is 3 (expected a whole number from 0 to 2)',
    );
    expect(() => index.nearest(2, 1, 'dot')).toThrow('not finite');
    expect(() => index.nearestBatch(matrix(1, 3), 1, 'dot')).toThrow('3 values (expected 2)');
  });
});

it('an index that has been freed answers no more', async () => {
  const index = await neighbourIndex(cloud(3, 2));
  index.free();
  expect(() => index.nearest(0, 1, 'dot')).toThrow('this neighbour index has been freed');
});

it('an index says what memory it lacks', async () => {
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
    throw new RangeError('could not allocate memory');
  });
  await expect(neighbourIndex(cloud(3, 2))).rejects.toThrow(
    /an index of 3 × 2 values needs 0\.0 GiB \(this machine gave less, and 4\.0 GiB are the most/,
  );
  vi.restoreAllMocks();
});
