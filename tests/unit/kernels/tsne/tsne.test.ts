import { describe, expect, it } from 'vitest';
import { matrix, unitRows } from '../../../../src/lib/math/matrix.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { nodeTeam } from '../../../../src/lib/kernels/team.node.ts';
import { createTsne, type TsneOptions } from '../../../../src/lib/kernels/tsne/tsne.ts';
import { data, goldens, start } from '../../math/tsne/goldens.ts';

const { perplexity } = goldens;
const noise = (n: number, d: number, seed = 1) => {
  const draw = random(seed);
  return matrix(n, d, Float32Array.from({ length: n * d }, draw.normal));
};

async function run(
  m: Parameters<typeof createTsne>[0],
  iterations: number,
  options: TsneOptions = {},
) {
  const tsne = await createTsne(m, { ...options, iterations });
  tsne.step(iterations);
  return tsne;
}

describe('createTsne', () => {
  it("ends with KL divergences as those of scikit-learn's and openTSNE's maps", async () => {
    // Where a descent ends depends on its start: half a per cent up or down here.
    const divergences = [];
    for (let seed = 0; seed < 8; seed++) {
      const draw = random(seed);
      const initialisation =
        seed === 0 ? start : Float32Array.from(start, () => 1e-4 * draw.normal());
      const tsne = await run(data, 1_000, { perplexity, initialisation });
      divergences.push(tsne.klDivergence());
    }
    const mean = divergences.reduce((sum, value) => sum + value / 8, 0);
    for (const expected of Object.values(goldens.kl)) {
      expect(Math.min(...divergences)).toBeLessThan(1.01 * expected);
      expect(mean).toBeLessThan(1.03 * expected);
      expect(Math.min(...divergences)).toBeGreaterThan(0.97 * expected);
    }
  });

  it('finds three groups that lie apart', async () => {
    const n = 90;
    const groups = noise(n, 5, 2);
    for (let i = 0; i < n; i++) groups.data[5 * i + (i % 3)] += 15;
    const { points } = await run(groups, 400, { perplexity: 8 });
    const distance = (i: number, j: number) =>
      Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);
    for (let i = 0; i < n; i++) {
      const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
      others.sort((a, b) => distance(i, a) - distance(i, b));
      expect(others.slice(0, 20).every((j) => j % 3 === i % 3)).toBe(true);
    }
  });

  it('is a stepper: fifty steps of one are one of fifty', async () => {
    const one = await createTsne(data, { perplexity, earlyIterations: 20 });
    const many = await createTsne(data, { perplexity, earlyIterations: 20 });
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

  it('gives the same map for a seed, and another for another', async () => {
    const options: TsneOptions = { perplexity, initialisation: 'random' };
    const map = (await run(data, 30, { ...options, seed: 4 })).points;
    expect((await run(data, 30, { ...options, seed: 4 })).points).toEqual(map);
    expect((await run(data, 30, { ...options, seed: 5 })).points).not.toEqual(map);
  });

  it('descends by a grid and by a tree as by every pair', async () => {
    const m = noise(1_050, 4);
    const kl: number[] = [];
    for (const repulsion of ['pairs', 'grid', { theta: 0.5 }, 'cheaper'] as const) {
      const tsne = await run(m, 120, { repulsion, earlyIterations: 60, perplexity: 10 });
      kl.push(tsne.klDivergence());
    }
    expect(kl[0]).toBeGreaterThan(1);
    kl.forEach((value) => expect(Math.abs(value / kl[0] - 1)).toBeLessThan(0.02));
  });

  it.each(['pairs', 'grid'] as const)(
    'by %s gives the same map to the bit: plain or compiled, alone or by threads',
    async (repulsion) => {
      const m = noise(400, 5);
      const maps = [];
      for (const how of [{}, { plain: true }, { team: nodeTeam(2) }, { team: nodeTeam(3) }]) {
        const tsne = await run(m, 30, { ...how, repulsion, earlyIterations: 15 });
        maps.push([tsne.points.slice(), tsne.klDivergence()]);
        tsne.close();
      }
      expect(new Set(maps[0][0] as Float32Array).size).toBeGreaterThan(700);
      for (const map of maps) expect(map).toEqual(maps[0]);
    },
    120_000,
  );

  it('goes on beyond the iterations that it was meant to have', async () => {
    const long = await run(data, 60, { perplexity, earlyIterations: 20 });
    const short = await createTsne(data, { perplexity, earlyIterations: 20, iterations: 40 });
    short.step(40);
    short.step(20);
    expect(short.points).toEqual(long.points);
  });

  it('packs groups more tightly with late exaggeration', async () => {
    const groups = noise(120, 5, 2);
    for (let i = 0; i < 120; i++) groups.data[5 * i + (i % 3)] += 15;
    const widths = [];
    for (const lateExaggeration of [1, 4]) {
      const { points } = await run(groups, 400, {
        perplexity: 8,
        lateExaggeration,
        lateIterations: 150,
      });
      const own = Array.from({ length: 40 }, (_, i) => points.subarray(6 * i, 6 * i + 2));
      const mean = [0, 1].map((axis) => own.reduce((sum, point) => sum + point[axis] / 40, 0));
      widths.push(Math.hypot(...own.flatMap((point) => [point[0] - mean[0], point[1] - mean[1]])));
    }
    expect(widths[1]).toBeLessThan(0.7 * widths[0]);
  });

  it('keeps two maps apart that are made in turn', async () => {
    const alone = (await run(data, 40, { perplexity })).points.slice();
    const both = [
      await createTsne(data, { perplexity, team: nodeTeam(2) }),
      await createTsne(noise(300, 4), { perplexity, team: nodeTeam(2) }),
    ];
    for (let i = 0; i < 40; i++) both.forEach((tsne) => tsne.step(1));
    expect(both[0].points).toEqual(alone);
    both.forEach((tsne) => tsne.close());
  });

  it('has nothing to give once it is closed but its points', async () => {
    const tsne = await run(data, 5, { perplexity });
    const points = tsne.points.slice();
    tsne.close();
    tsne.close();
    expect(tsne.points).toEqual(points);
    expect(() => tsne.step(1)).toThrow('this t-SNE has been closed');
    expect(() => tsne.klDivergence()).toThrow('this t-SNE has been closed');
  });

  it('gives its memory back', async () => {
    // A map's grid alone could take 40 MiB.
    const resident = () => process.memoryUsage().rss / 2 ** 20;
    const m = noise(300, 4);
    const one = async () => (await run(m, 1, { repulsion: 'grid' })).close();
    for (let i = 0; i < 10; i++) await one();
    const before = resident();
    for (let i = 0; i < 100; i++) await one();
    expect(resident() - before).toBeLessThan(200);
  }, 120_000);

  it('begins on the principal components, 1e-4 wide, with noise that parts equal rows', async () => {
    const m = noise(50, 3);
    for (let i = 0; i < 50; i++) m.data[3 * i + 1] *= 9;
    m.data.copyWithin(0, 3, 6);
    const { points } = await createTsne(m, { perplexity: 5 });
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

  it('takes cosine for the distance of rows of length 1, whatever their length', async () => {
    const map = (await run(data, 20, { perplexity, metric: 'cosine' })).points;
    expect((await run(unitRows(data), 20, { perplexity })).points).toEqual(map);
    expect((await run(data, 20, { perplexity })).points).not.toEqual(map);
  });

  it.each([0, 1, 2, 3, 4, 5])('maps %i rows, with the perplexity that they allow', async (n) => {
    const tsne = await run(noise(n, 3), 300);
    expect(tsne.points.length).toBe(2 * n);
    expect(tsne.points.every(Number.isFinite)).toBe(true);
    expect(tsne.effectivePerplexity).toBe(Math.max(1, (n - 1) / 3));
    expect(Number.isFinite(tsne.klDivergence())).toBe(true);
  });

  it('says which perplexity it used, and refuses one that is too large for the rows', async () => {
    expect((await createTsne(data, { perplexity: 20 })).effectivePerplexity).toBe(20);
    expect((await createTsne(noise(31, 2))).effectivePerplexity).toBe(10);
    await expect(createTsne(data, { perplexity: 500 })).rejects.toThrow(
      new RangeError(
        "perplexity is 500 (expected at most 79.66, a third of each row's others, for 240 rows)",
      ),
    );
    expect((await createTsne(data, { perplexity: 79.66 })).effectivePerplexity).toBe(79.66);
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
  ])('maps %s', async (_, m) => {
    for (const metric of ['euclidean', 'cosine'] as const) {
      const tsne = await run(m, 300, { perplexity: 10, metric });
      expect(tsne.points.every(Number.isFinite)).toBe(true);
      expect(new Set(tsne.points).size).toBeGreaterThan(60);
      expect(Math.max(...tsne.points.map(Math.abs))).toBeLessThan(300);
    }
  });

  it('permutes its map with the rows, but for rounding', async () => {
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
    const map = (await run(m, 6, { initialisation: begin, perplexity: 5 })).points;
    const other = (await run(permuted, 6, { initialisation: beginPermuted, perplexity: 5 })).points;
    other.forEach((value, at) => expect(value).toBeCloseTo(map[2 * order[at >> 1] + (at % 2)], 4));
  });

  it('two at once do not disturb each other', async () => {
    const [a, b] = [noise(700, 5), noise(900, 8, 2)];
    const alone = [(await run(a, 30)).points, (await run(b, 30)).points];
    const team = nodeTeam(2);
    const both = await Promise.all([
      createTsne(a, { iterations: 30, team }),
      createTsne(b, { iterations: 30, team }),
    ]);
    for (let i = 0; i < 10; i++) for (const tsne of both) tsne.step(3);
    expect(both.map(({ points }) => points)).toEqual(alone);
    for (const tsne of both) tsne.close();
  });

  it('says which share of the neighbours it was made from, beyond 50,000 rows', async () => {
    const tsne = await createTsne(noise(50_001, 2), { perplexity: 2, team: nodeTeam(2) });
    expect(tsne.neighbourRecall).toBeGreaterThan(0.95);
    expect(tsne.neighbourRecall).toBeLessThan(1);
    tsne.close();
    expect((await createTsne(noise(900, 2))).neighbourRecall).toBe(1);
  });

  it('tells how far it is before the first iteration', async () => {
    const phases: string[] = [];
    await createTsne(noise(1_100, 3), {
      onProgress: (phase, done, total) => phases.push(`${phase} ${done} of ${total}`),
    });
    expect(phases).toContain('neighbours 1100 of 1100');
    expect(phases.at(-1)).toBe('affinities 1024 of 1100');
  });

  it('stops before the first iteration when asked to, soon', async () => {
    const stop = new AbortController();
    const m = noise(12_000, 30);
    let began = 0;
    const making = createTsne(m, {
      signal: stop.signal,
      onProgress: () => {
        if (began > 0) return;
        began = performance.now();
        setTimeout(() => stop.abort(new Error('enough')));
      },
    });
    await expect(making).rejects.toThrow('enough');
    expect(began).toBeGreaterThan(0);
    const already = AbortSignal.abort(new Error('before'));
    await expect(createTsne(data, { signal: already })).rejects.toThrow('before');
  });

  it.each<[TsneOptions, string]>([
    [{ perplexity: 0.5 }, 'perplexity is 0.5 (expected a number from 1)'],
    [{ perplexity: NaN }, 'perplexity is NaN (expected a number from 1)'],
    [{ iterations: 1.5 }, 'iterations is 1.5 (expected a whole number from 0)'],
    [{ earlyIterations: -1 }, 'earlyIterations is -1 (expected a whole number from 0)'],
    [{ earlyExaggeration: 0 }, 'earlyExaggeration is 0 (expected a number from 1)'],
    [{ learningRate: 0 }, 'learningRate is 0 (expected a number above 0)'],
    [{ repulsion: { theta: -1 } }, 'theta is -1 (expected a number from 0)'],
    [{ lateExaggeration: 0.5 }, 'lateExaggeration is 0.5 (expected a number from 1)'],
    [{ lateIterations: -2 }, 'lateIterations is -2 (expected a whole number from 0)'],
    [
      { initialisation: new Float32Array(3) },
      'the initialisation has 3 values (expected 480, x and y of each row)',
    ],
    [
      { initialisation: new Float32Array(480).fill(NaN, 7, 8) },
      'the initialisation of row 3 is NaN (expected a finite number)',
    ],
  ])('refuses %o', async (options, message) => {
    await expect(createTsne(data, options)).rejects.toThrow(new RangeError(message));
  });

  it.each([NaN, Infinity])('names the row that holds %d', async (value) => {
    const broken = noise(10, 3);
    broken.data[22] = value;
    await expect(createTsne(broken)).rejects.toThrow(
      new RangeError(`row 7, column 1 is ${value} (expected a finite number)`),
    );
  });
});
