import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../../src/lib/math/matrix.ts';
import { neighbourGraph } from '../../../../src/lib/kernels/neighbourGraph.ts';
import {
  conditionalAffinities,
  jointAffinities,
  largestPerplexity,
  neighboursFor,
} from '../../../../src/lib/math/tsne/affinities.ts';
import { data, finish, goldens } from './goldens.ts';

const { perplexity } = goldens;
async function neighbourhoods(m: Matrix, k: number) {
  return { n: m.rows, ...(await neighbourGraph(m, k, 'euclidean')) };
}

const graph = await neighbourhoods(data, neighboursFor(perplexity, data.rows));
const conditional = finish(conditionalAffinities(graph, perplexity));

describe('conditionalAffinities', () => {
  it('has rows that sum to 1, with the logarithm of the perplexity for entropy', () => {
    for (let i = 0; i < data.rows; i++) {
      const row = conditional.subarray(i * graph.k, (i + 1) * graph.k);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      const entropy = row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
      expect(Math.exp(entropy)).toBeCloseTo(perplexity, 3);
    }
  });

  it('does not depend on the unit of the data', async () => {
    const tiny = matrix(
      data.rows,
      data.columns,
      data.data.map((value) => value * 2 ** -40),
    );
    const other = await neighbourhoods(tiny, graph.k);
    const affinities = finish(conditionalAffinities(other, perplexity));
    affinities.forEach((p, at) => expect(p).toBeCloseTo(conditional[at], 6));
  });

  it('shares evenly among neighbours that are equally far', () => {
    const same = { n: 1, k: 4, rows: new Int32Array(4), values: new Float32Array(4) };
    expect([...finish(conditionalAffinities(same, 2))]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('conditionalAffinities of hard rows', () => {
  const rows = (...values: number[][]) => ({
    n: values.length,
    k: values[0].length,
    rows: new Int32Array(values.length * values[0].length),
    values: Float32Array.from(values.flat()),
  });
  const entropyOf = (row: Float32Array) =>
    row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);

  it.each([
    ['one neighbour at no distance', [0, 1, 1, 1, 1, 1]],
    ['neighbours that are far from all others', [1e-6, 2e-6, 3e-6, 1e6, 1e6, 2e6]],
    ['steps of a thousand times', [1e-3, 1, 1e3, 1e6, 1e9, 1e12]],
    ['all far, and nearly the same', [1000, 1000.01, 1000.02, 1000.03, 1000.04, 1000.05]],
  ])('finds the width for %s', (_, distances) => {
    const row = finish(conditionalAffinities(rows(distances), 2));
    expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(Math.exp(entropyOf(row))).toBeCloseTo(2, 3);
    for (let j = 1; j < row.length; j++) expect(row[j]).toBeLessThanOrEqual(row[j - 1]);
  });

  it('cannot tell four duplicates apart, whatever the width', () => {
    const row = finish(conditionalAffinities(rows([0, 0, 0, 0, 5, 6]), 2));
    [0.25, 0.25, 0.25, 0.25, 0, 0].forEach((p, j) => expect(row[j]).toBeCloseTo(p, 6));
  });
});

describe('jointAffinities', () => {
  const { n, starts, columns, values } = jointAffinities(graph, conditional);
  /** A row without what fills it up. */
  const entries = (i: number): [number, number][] =>
    Array.from(columns.subarray(starts[i], starts[i + 1]), (column, at): [number, number] => [
      column,
      values[starts[i] + at],
    ]).filter(([column]) => column !== i);

  it("equals scikit-learn's P", () => {
    for (const [name, row] of Object.entries(goldens.joint.rows)) {
      const ours = entries(+name);
      expect(ours.map(([column]) => column)).toEqual(row.map(([column]) => column));
      // Its search for the perplexity is in 32 bits and ends at 1e-5.
      ours.forEach(([, p], at) => expect(Math.abs(p / row[at][1] - 1)).toBeLessThan(1e-3));
    }
  });

  it('is symmetric, rising by column, and sums to 1', () => {
    const all = Array.from({ length: n }, (_, i) => new Map(entries(i)));
    for (let i = 0; i < n; i++) {
      const of = [...all[i].keys()];
      expect(of).toEqual(of.toSorted((a, b) => a - b));
      for (const [j, p] of all[i]) expect(all[j].get(i)).toBe(p);
    }
    expect(values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  });

  it('fills each row up to a multiple of four with nothing for the row itself', () => {
    let filled = 0;
    for (let i = 0; i < n; i++) {
      expect((starts[i + 1] - starts[i]) % 4).toBe(0);
      for (let at = starts[i]; at < starts[i + 1]; at++) {
        if (columns[at] !== i) continue;
        filled++;
        expect(values[at]).toBe(0);
        expect(at).toBeGreaterThanOrEqual(starts[i + 1] - 3);
      }
    }
    expect(filled).toBeGreaterThan(0);
  });
});

it('allows a third of the other rows as perplexity, and three times as many neighbours', () => {
  expect([1, 2, 4, 31, 91, 1000].map(largestPerplexity)).toEqual([1, 1, 1, 10, 30, 333]);
  expect([1, 2, 3, 100].map((n) => neighboursFor(largestPerplexity(n), n))).toEqual([0, 1, 2, 99]);
  expect(neighboursFor(30, 1000)).toBe(90);
});
