import { describe, expect, it } from 'vitest';
import { matrix, unitRows } from '../../../../src/lib/math/matrix.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { createTsne, prepareTsne, type TsneOptions } from '../../../../src/lib/math/tsne/tsne.ts';
import { data, goldens, start } from './goldens.ts';

const { perplexity } = goldens;
const noise = (n: number, d: number, seed = 1) => {
  const draw = random(seed);
  return matrix(n, d, Float32Array.from({ length: n * d }, draw.normal));
};

function run(m: Parameters<typeof createTsne>[0], iterations: number, options: TsneOptions = {}) {
  const tsne = createTsne(m, { ...options, iterations });
  tsne.step(iterations);
  return tsne;
}

describe('createTsne', () => {
  it.each(Object.entries(goldens.kl))(
    "ends with a KL divergence within 1 %% of that of %s's map, or below",
    (_, expected) => {
      const tsne = run(data, 1_000, { perplexity, initialisation: start });
      expect(tsne.klDivergence()).toBeLessThan(1.01 * expected);
      expect(tsne.klDivergence()).toBeGreaterThan(0.9 * expected);
    },
  );

  it('finds three groups that lie apart', () => {
    const n = 90;
    const groups = noise(n, 5, 2);
    for (let i = 0; i < n; i++) groups.data[5 * i + (i % 3)] += 15;
    const { points } = run(groups, 400, { perplexity: 8 });
    const distance = (i: number, j: number) =>
      Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);
    for (let i = 0; i < n; i++) {
      const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
      others.sort((a, b) => distance(i, a) - distance(i, b));
      expect(others.slice(0, 20).every((j) => j % 3 === i % 3)).toBe(true);
    }
  });

  it('is a stepper: fifty steps of one are one of fifty', () => {
    const one = createTsne(data, { perplexity, earlyIterations: 20 });
    const many = createTsne(data, { perplexity, earlyIterations: 20 });
    const { points } = many;
    const before = points.slice();
    one.step(50);
    for (let i = 0; i < 50; i++) {
      expect(many.iteration).toBe(i);
      many.step(1);
      many.klDivergence();
    }
    expect(many.points).toBe(points);
    expect(points).not.toEqual(before);
    expect(points).toEqual(one.points);
    expect([one.iteration, one.iterations]).toEqual([50, 1_000]);
    one.step(0);
    expect(one.points).toEqual(points);
  });

  it('gives the same map for a seed, and another for another', () => {
    const options: TsneOptions = { perplexity, initialisation: 'random' };
    const map = run(data, 30, { ...options, seed: 4 }).points;
    expect(run(data, 30, { ...options, seed: 4 }).points).toEqual(map);
    expect(run(data, 30, { ...options, seed: 5 }).points).not.toEqual(map);
  });

  it('descends with interpolation and with a tree as with every pair', () => {
    const m = noise(1_050, 4);
    const kl = [undefined, 0, 0.5].map((theta) =>
      run(m, 120, { theta, earlyIterations: 60, perplexity: 10 }).klDivergence(),
    );
    expect(kl[1]).toBeGreaterThan(1);
    kl.forEach((value) => expect(Math.abs(value / kl[1] - 1)).toBeLessThan(0.02));
  });

  it('begins on the principal components, 1e-4 wide, with noise that parts equal rows', () => {
    const m = noise(50, 3);
    for (let i = 0; i < 50; i++) m.data[3 * i + 1] *= 9;
    m.data.copyWithin(0, 3, 6);
    const { points } = createTsne(m, { perplexity: 5 });
    const x = Array.from({ length: 50 }, (_, i) => points[2 * i]);
    const y = Array.from({ length: 50 }, (_, i) => m.data[3 * i + 1]);
    expect(Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0) / 50)).toBeCloseTo(1e-4, 5);
    const sign = Math.sign(x[2] * (y[2] - y[3]) - x[3] * (y[2] - y[3]));
    const inOrder = (values: number[], by: number) =>
      values.map((_, i) => i).sort((a, b) => by * (values[a] - values[b]))[0];
    expect(inOrder(x, sign)).toBe(inOrder(y, 1));
    expect(points[0]).not.toBe(points[2]);
    expect(Math.abs(points[0] - points[2])).toBeLessThan(1e-5);
  });

  it('takes cosine for the distance of rows of length 1, whatever their length', () => {
    const map = run(data, 20, { perplexity, metric: 'cosine' }).points;
    expect(run(unitRows(data), 20, { perplexity }).points).toEqual(map);
    expect(run(data, 20, { perplexity }).points).not.toEqual(map);
  });

  it.each([0, 1, 2, 3, 4, 5])('maps %i rows, with the perplexity that they allow', (n) => {
    const tsne = run(noise(n, 3), 300);
    expect(tsne.points.length).toBe(2 * n);
    expect(tsne.points.every(Number.isFinite)).toBe(true);
    expect(tsne.effectivePerplexity).toBe(Math.max(1, (n - 1) / 3));
    expect(Number.isFinite(tsne.klDivergence())).toBe(true);
  });

  it('says which perplexity it used', () => {
    expect(createTsne(data, { perplexity: 20 }).effectivePerplexity).toBe(20);
    expect(createTsne(data, { perplexity: 500 }).effectivePerplexity).toBe(239 / 3);
  });

  it.each([
    ['all rows the same', matrix(60, 3, new Float32Array(180).fill(2))],
    ['rows of zeros', matrix(60, 3)],
    [
      'one column',
      matrix(
        60,
        1,
        Float32Array.from({ length: 60 }, (_, i) => i),
      ),
    ],
    ['no columns', matrix(60, 0)],
    [
      'two places, thirty rows each',
      matrix(
        60,
        2,
        Float32Array.from({ length: 120 }, (_, at) => (at < 60 ? 0 : 5)),
      ),
    ],
  ])('maps %s', (_, m) => {
    for (const metric of ['euclidean', 'cosine'] as const) {
      const tsne = run(m, 300, { perplexity: 10, metric });
      expect(tsne.points.every(Number.isFinite)).toBe(true);
      expect(new Set(tsne.points).size).toBeGreaterThan(60);
      expect(Math.max(...tsne.points.map(Math.abs))).toBeLessThan(300);
    }
  });

  it('permutes its map with the rows, but for rounding', () => {
    const n = 40;
    const m = noise(n, 4);
    const order = random(9).shuffle(Array.from({ length: n }, (_, i) => i));
    const permuted = matrix(
      n,
      4,
      Float32Array.from({ length: 4 * n }, (_, at) => m.data[4 * order[at >> 2] + (at % 4)]),
    );
    const begin = Float32Array.from({ length: 2 * n }, (_, at) => 1e-3 * m.data[at]);
    const beginPermuted = begin.map((_, at) => begin[2 * order[at >> 1] + (at % 2)]);
    const map = run(m, 20, { initialisation: begin, perplexity: 5 }).points;
    const other = run(permuted, 20, { initialisation: beginPermuted, perplexity: 5 }).points;
    other.forEach((value, at) => expect(value).toBeCloseTo(map[2 * order[at >> 1] + (at % 2)], 6));
  });

  it('tells how far it is before the first iteration, and stops when asked to', () => {
    const phases: string[] = [];
    const m = noise(1_100, 3);
    createTsne(m, {
      onProgress: (phase, done, total) => phases.push(`${phase} ${done} of ${total}`),
    });
    expect(phases[0]).toBe('neighbours 64 of 1100');
    expect(phases).toContain('neighbours 1100 of 1100');
    expect(phases.at(-1)).toBe('affinities 1024 of 1100');
    const stop = { aborted: false };
    const seen: number[] = [];
    const stopped = () =>
      createTsne(m, {
        stop,
        onProgress: (_, done) => {
          seen.push(done);
          stop.aborted = done >= 128;
        },
      });
    expect(stopped).toThrow(
      expect.objectContaining({
        name: 'AbortError',
        message: 't-SNE was stopped before its first iteration',
      }),
    );
    expect(seen).toEqual([64, 128]);
    const preparing = prepareTsne(m);
    expect(preparing.next().value).toEqual({ phase: 'neighbours', done: 64, total: 1_100 });
  });

  it.each<[TsneOptions, string]>([
    [{ perplexity: 0.5 }, 'perplexity is 0.5 (expected a number from 1)'],
    [{ perplexity: NaN }, 'perplexity is NaN (expected a number from 1)'],
    [{ iterations: 1.5 }, 'iterations is 1.5 (expected a whole number from 0)'],
    [{ earlyIterations: -1 }, 'earlyIterations is -1 (expected a whole number from 0)'],
    [{ earlyExaggeration: 0 }, 'earlyExaggeration is 0 (expected a number from 1)'],
    [{ learningRate: 0 }, 'learningRate is 0 (expected a number above 0)'],
    [{ theta: -1 }, 'theta is -1 (expected a number from 0)'],
    [
      { initialisation: new Float32Array(3) },
      'the initialisation has 3 values (expected 480, x and y of each row)',
    ],
    [
      { initialisation: new Float32Array(480).fill(NaN, 7, 8) },
      'the initialisation of row 3 is NaN (expected a finite number)',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => createTsne(data, options)).toThrow(new RangeError(message));
  });

  it.each([NaN, Infinity])('names the row that holds %d', (value) => {
    const broken = noise(10, 3);
    broken.data[22] = value;
    expect(() => createTsne(broken)).toThrow(
      new RangeError(`row 7, column 1 is ${value} (expected a finite number)`),
    );
  });
});
