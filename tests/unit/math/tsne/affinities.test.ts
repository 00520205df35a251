import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/lib/math/matrix.ts';
import { neighbourGraph } from '../../../../src/lib/math/neighbourGraph.ts';
import {
  conditionalAffinities,
  jointAffinities,
  largestPerplexity,
  neighboursFor,
} from '../../../../src/lib/math/tsne/affinities.ts';
import { data, finish, goldens } from './goldens.ts';

const { perplexity } = goldens;
const graph = finish(neighbourGraph(data, neighboursFor(perplexity, data.rows)));
const conditional = finish(conditionalAffinities(graph, perplexity));

describe('conditionalAffinities', () => {
  it('has rows that sum to 1, with the logarithm of the perplexity for entropy', () => {
    for (let i = 0; i < data.rows; i++) {
      const row = conditional.subarray(i * graph.k, (i + 1) * graph.k);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      const entropy = row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
      expect(Math.exp(entropy)).toBeCloseTo(perplexity, 3);
    }
  });

  it('does not depend on the unit of the data', () => {
    const tiny = matrix(
      data.rows,
      data.columns,
      data.data.map((value) => value * 2 ** -40),
    );
    const other = finish(neighbourGraph(tiny, graph.k));
    const affinities = finish(conditionalAffinities(other, perplexity));
    affinities.forEach((p, at) => expect(p).toBeCloseTo(conditional[at], 9));
  });

  it('shares evenly among neighbours that are equally far', () => {
    const same = { n: 1, k: 4, rows: new Int32Array(4), squaredDistances: new Float64Array(4) };
    expect([...finish(conditionalAffinities(same, 2))]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('jointAffinities', () => {
  const { n, starts, columns, values } = jointAffinities(graph, conditional);

  it("equals scikit-learn's P", () => {
    for (const [name, row] of Object.entries(goldens.joint.rows)) {
      const ours: [number, number][] = [];
      for (let i = 0; i < n; i++) {
        for (let at = starts[i]; at < starts[i + 1]; at++) {
          if (i === +name) ours.push([columns[at], values[at]]);
          if (columns[at] === +name) ours.push([i, values[at]]);
        }
      }
      ours.sort((a, b) => a[0] - b[0]);
      expect(ours.map(([column]) => column)).toEqual(row.map(([column]) => column));
      // Its search for the perplexity is in 32 bits and ends at 1e-5.
      ours.forEach(([, p], at) => expect(Math.abs(p / row[at][1] - 1)).toBeLessThan(1e-3));
    }
  });

  it('holds every pair once, the lower row first, and sums to 1', () => {
    for (let i = 0; i < n; i++) {
      for (let at = starts[i]; at < starts[i + 1]; at++) {
        expect(columns[at]).toBeGreaterThan(at > starts[i] ? columns[at - 1] : i);
      }
    }
    expect(2 * values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });
});

it('allows a third of the other rows as perplexity, and three times as many neighbours', () => {
  expect([1, 2, 4, 31, 91, 1000].map(largestPerplexity)).toEqual([1, 1, 1, 10, 30, 333]);
  expect([1, 2, 3, 100].map((n) => neighboursFor(largestPerplexity(n), n))).toEqual([0, 1, 2, 99]);
  expect(neighboursFor(30, 1000)).toBe(90);
});
