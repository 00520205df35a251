import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/lib/analysis/compare.ts';
import { runsMatrix } from '../../../src/lib/analysis/runsMatrix.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';
import { MOST, readState } from '../../../src/routes/compare/matrix/state.ts';

const known = Array.from({ length: 30 }, (_, r) => `run-${r}`);
const read = (query: string) => readState(new URLSearchParams(query), known);

describe('the address of a matrix', () => {
  it('names runs, a measure and a number of neighbours; without any it is the usual', () => {
    expect(read('')).toEqual({ chosen: [], measure: 'overlap', k: 10, notices: [] });
    expect(read('runs=run-2,run-1&measure=rsa&k=20')).toEqual({
      ...{ chosen: ['run-2', 'run-1'], measure: 'rsa', k: 20, notices: [] },
    });
  });

  it('takes each run once, and leaves out what is not there, in words', () => {
    const { chosen, notices } = read('runs=run-1,,run-1,gone,run-2');
    expect(chosen).toEqual(['run-1', 'run-2']);
    expect(notices).toEqual(['There is no run “gone”; it is left out.']);
  });

  it('compares no more than can be read', () => {
    const { chosen, notices } = read(`runs=${known.join(',')}`);
    expect(chosen).toEqual(known.slice(0, MOST));
    expect(notices).toEqual(['Of 30 runs only the first 26 are compared.']);
  });

  it('says what it does not understand, and goes on with the usual', () => {
    const { measure, k, notices } = read('measure=luck&k=7');
    expect([measure, k]).toEqual(['overlap', 10]);
    expect(notices).toEqual([
      'There is no measure “luck”; neighbour overlap is shown.',
      'k can be 5, 10, 20, 50; 10 is taken in place of “7”.',
    ]);
    expect(read('measure=&k=').notices).toHaveLength(2);
  });
});

function run(seed: number, noise: number): Run {
  const [truth, own] = [random(1), random(seed)];
  const ids = Array.from({ length: 40 }, (_, i) => `i${i}`);
  return {
    manifest: {
      ...{ id: `run-${seed}`, kind: 'words', dimensions: 3, dataset: { name: 'd' } },
      model: { name: noise < 1 ? 'near' : 'far', hyperparameters: {}, seed },
    } as unknown as Manifest,
    maps: [],
    items: {
      ids,
      labels: ids,
      counts: new Uint32Array(40),
      columns: {},
      vectors: matrix(
        40,
        3,
        new Float32Array(120).map(() => truth.normal() + noise * own.normal()),
      ),
    },
  };
}

describe('a matrix of runs', () => {
  it('is symmetric, has 1 on its diagonal, and holds what the comparison has', async () => {
    const runs = [run(1, 0.2), run(2, 0.2), run(3, 5)];
    const found = await compareRuns(runs, { k: 4, seed: 1 });
    const { shared, k, seeds, measures } = runsMatrix(runs, found);
    expect([shared, k, seeds]).toEqual([40, 4, [[0, 1]]]);
    const figures = {
      overlap: found.pairs.map(({ overlap }) => overlap.mean),
      cka: found.pairs.map(({ cka }) => cka),
      rsa: found.pairs.map(({ rsa }) => rsa.correlation),
    };
    for (const [name, values] of Object.entries(figures)) {
      const measured = measures[name as keyof typeof measures];
      const [ab, ac, bc] = values;
      expect([...measured.values]).toEqual([1, ab, ac, ab, 1, bc, ac, bc, 1]);
      expect(measured.range).toEqual([Math.min(...values), Math.max(...values)]);
      expect(measured.seedRanges).toEqual([[ab, ab]]);
      // The two seeds are joined first.
      expect(measured.tree.joins[0]).toMatchObject({ left: 0, right: 1 });
    }
    expect(measures.overlap.chance).toBe(found.pairs[0].overlap.chance);
    expect(measures.cka.chance).toBe(0);
  });
});
