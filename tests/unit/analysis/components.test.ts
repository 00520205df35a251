import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { aboutComponent } from '../../../src/lib/analysis/about.ts';
import { biasRanking } from '../../../src/lib/analysis/bias.ts';
import {
  componentPlaces,
  componentRanking,
  componentScores,
  spectrum,
} from '../../../src/lib/analysis/components.ts';
import { fitted } from '../../../src/lib/analysis/fitted.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import type { Run } from '../../../src/lib/run/types.ts';
import { films } from './runs.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/analysis/', import.meta.url));
/** Written by scikit-learn; see goldens.py beside the file. */
const goldens = JSON.parse(readFileSync(`${FIXTURES}goldens.json`, 'utf8')) as {
  components: Record<
    'scores' | 'lesson',
    Record<string, { top: [string, number][]; explainedVariance: number }[]>
  >;
};
const CONVENTIONS = ['scores', 'lesson'] as const;
let movies: Run;
beforeAll(async () => {
  movies = await readRun(folderSource(`${FIXTURES}movies-300`));
});

describe.each(CONVENTIONS)('the components of 300 films, convention %s', (convention) => {
  const query = { items: 300, convention };

  it('are those of scikit-learn, wherever they are asked for', () => {
    const { scores, items, components } = componentScores(movies, query);
    expect([items, scores.length]).toEqual([300, 300 * components]);
    const { explainedVariance } = spectrum(movies, query);
    goldens.components[convention]['300'].forEach((golden, c) => {
      expect(explainedVariance[c]).toBeCloseTo(golden.explainedVariance, 6);
      golden.top.forEach(([id, score], at) => {
        const row = movies.items.ids.indexOf(id);
        expect(scores[row * components + c]).toBeCloseTo(score, 5);
        expect(componentPlaces(movies, { ...query, row })[c]).toMatchObject({
          component: c + 1,
          rank: at + 1,
          percentile: expect.closeTo((100 * (300 - at - 0.5)) / 300, 9) as number,
        });
      });
    });
  });

  it('place an item that is not fitted as if it were', () => {
    // The first 300 rows fitted, the last of them once more at the end: as unfitted, it has its twin's place.
    const { vectors } = movies.items;
    const twin = {
      ...movies,
      items: {
        ...movies.items,
        ids: [...movies.items.ids, 'twin'],
        labels: [...movies.items.labels, 'Twin'],
        counts: Uint32Array.of(...movies.items.counts, 1),
        vectors: {
          rows: 301,
          columns: vectors.columns,
          data: Float32Array.of(...vectors.data, ...vectors.data.slice(-vectors.columns)),
        },
      },
    };
    const inside = componentPlaces(twin, { ...query, row: 299 });
    const outside = componentPlaces(twin, { ...query, row: 300 });
    expect(outside).toHaveLength(inside.length);
    outside.forEach((place, c) => {
      expect(place.score).toBeCloseTo(inside[c].score, 5);
      expect([place.rank, place.percentile]).toEqual([inside[c].rank, inside[c].percentile]);
    });
    expect(() => componentPlaces(twin, { ...query, row: 301 })).toThrow(
      'row is 301 (expected a whole number from 0 to 300)',
    );
  });
});

it('the lesson’s scores are unit vectors over the items', () => {
  const { scores, items, components } = componentScores(movies, {
    items: 300,
    convention: 'lesson',
  });
  let squares = 0;
  for (let i = 0; i < items; i++) squares += scores[i * components] ** 2;
  expect(squares).toBeCloseTo(1, 5);
});

describe('what was computed is kept', () => {
  it('once for a run, a number of items and a convention', () => {
    const [run, other] = [films(), films()];
    const query = { items: 60, convention: 'scores' as const };
    const fit = fitted(run, query);
    expect(fitted(run, query)).toBe(fit);
    // All of its items, however many more are asked for.
    expect(fitted(run, { ...query, items: 2000 })).toBe(fit);
    expect(fitted(run, { ...query, items: 59 })).not.toBe(fit);
    expect(fitted(run, { ...query, convention: 'lesson' })).not.toBe(fit);
    expect(fitted(other, query)).not.toBe(fit);
    expect(fitted(other, query)).toEqual(fit);
  });

  it('out of reach of whoever gets it', () => {
    const run = films();
    const query = { items: 60, convention: 'scores' as const, component: 1, count: 3 };
    const before = structuredClone(componentRanking(run, query));
    componentScores(run, query).scores.fill(0);
    spectrum(run, query).explainedVariance.fill(0);
    for (const entry of componentRanking(run, query).about) entry.correlation = 9;
    expect(componentRanking(run, query)).toEqual(before);
  });
});

describe('a run that has', () => {
  const tried = (run: Run) =>
    aboutComponent(run, { items: 60, convention: 'scores', component: 1 }).map(({ name }) => name);

  it('another column of numbers has it tried under its own name', () => {
    const run = films();
    expect(tried(run)).not.toContain('polarity');
    const values = Float64Array.from(run.items.ids, (_, i) => i % 7);
    run.items.columns.polarity = { kind: 'number', storage: 'float32', values };
    const again: Run = { ...run };
    expect(tried(again)).toContain('polarity');
    expect(tried(again).filter((name) => name === 'year')).toHaveLength(1);
  });
});

describe('a run that lacks', () => {
  const query = { items: 60, convention: 'scores' as const, component: 1 };
  const names = (run: Run) => aboutComponent(run, query).map(({ name }) => name);

  it('metadata has nothing of it tried, listed or filtered by', () => {
    const run = films();
    expect(names(run).sort()).toEqual(['bias', 'log count', 'mean rating', 'year']);
    run.items.columns = {};
    const plain = { ...run, items: { ...run.items, bias: undefined } };
    expect(names(plain)).toEqual(['log count']);
    const ranking = componentRanking(plain, { ...query, count: 1 });
    expect(Object.keys(ranking.top[0]).sort()).toEqual(['count', 'id', 'label', 'row', 'score']);
    const filtered = (filter: object) => () =>
      componentRanking(plain, { ...query, count: 1, filter });
    expect(filtered({ yearTo: 1990 })).toThrow(
      'this run has no years: leave out the filter by year',
    );
    expect(filtered({ genres: ['War'] })).toThrow('this run has no genres');
    expect(filtered({ genres: [] })).not.toThrow();
  });

  it('some years leaves out those films from a filter by year and from its correlation', () => {
    const run = films();
    const { year } = run.items.columns;
    if (year.kind !== 'number') throw new Error('a wrong run');
    year.values.fill(NaN, 0, 20);
    const found = componentRanking(run, { ...query, count: 60, filter: { yearTo: 2100 } });
    expect(found.ranked).toBe(40);
    expect(found.about.find(({ name }) => name === 'year')?.n).toBe(40);
    expect(found.bottom[0]).toMatchObject({ row: 20, year: 1970 });
  });

  it('mean ratings is ranked by bias alone', () => {
    const run = films();
    delete run.items.columns.mean;
    const ranking = biasRanking(run, { count: 3, items: 60 });
    expect(ranking.top[0]).toMatchObject({ bias: 6, biasRank: 4.5 });
    expect(ranking.top[0]).not.toHaveProperty('meanRank');
    expect(ranking.corrected).toEqual([]);
    expect(ranking).not.toHaveProperty('rankCorrelation');
  });

  it('a genre refuses a filter by it, with those that it has', () => {
    const filter = { genres: ['Drama', 'Musical'] };
    expect(() => componentRanking(films(), { ...query, count: 1, filter })).toThrow(
      'no item of this run has the genre "Musical"; there are: Drama, Rare',
    );
  });
});
