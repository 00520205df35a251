import { existsSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analogy } from '../../../src/lib/analysis/analogy.ts';
import { lineEnds, linePlaces } from '../../../src/lib/analysis/line.ts';
import { neighbours } from '../../../src/lib/analysis/neighbours.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { analogy as rows } from '../../../src/lib/math/analogy.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import type { Items, Manifest, Run } from '../../../src/lib/run/types.ts';
import { judgement, topics } from '../../fixtures/words/planted.ts';
import { films } from './runs.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const runOf = (items: Items): Run => ({ manifest: { kind: 'words' } as Manifest, items, maps: [] });
const words = runOf(topics());
const judged = runOf(judgement());
const at = (run: Run, label: string) => run.items.labels.indexOf(label);
const asked = (run: Run, a: string, b: string, c: string) => ({
  a: at(run, a),
  b: at(run, b),
  c: at(run, c),
});

/** What `work` is refused with. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('it was not refused');
}

describe('analogy', () => {
  it.each(['add', 'mul'] as const)('finds by %s what is planted', (rule) => {
    const { answers, leftOut } = analogy(words, {
      ...asked(words, 'man', 'woman', 'king'),
      rule,
      count: 3,
    });
    expect(answers).toHaveLength(3);
    expect(answers[0].label).toBe('queen');
    expect(leftOut.map(({ label }) => label)).toEqual(['man', 'woman', 'king']);
    expect(answers.some(({ label }) => ['man', 'woman', 'king'].includes(label))).toBe(false);
    const girl = analogy(words, { ...asked(words, 'man', 'boy', 'woman'), rule, count: 1 });
    expect(girl.answers[0].label).toBe('girl');
  });

  it('says which rank each of the three would have had', () => {
    const query = { ...asked(words, 'man', 'woman', 'king'), rule: 'add' as const, count: 200 };
    const { answers, leftOut } = analogy(words, query);
    expect(answers).toHaveLength(words.items.ids.length - 3);
    for (const { similarity, rank } of leftOut) {
      const before = [...answers, ...leftOut].filter((other) => other.similarity > similarity);
      expect(rank).toBe(before.length + 1);
    }
  });

  it('refuses in words what has no answer', () => {
    const ask = (a: string, b: string, c: string, count = 5) =>
      refusal(() => analogy(words, { ...asked(words, a, b, c), rule: 'add', count }));
    expect(ask('man', 'man', 'king')).toBe(
      'A and B are both man: there is no difference to carry over to king; name two different ones',
    );
    expect(ask('man', 'woman', 'man')).toBe(
      'A and C are both man: the answer would be B, woman; name another for C',
    );
    expect(ask('man', 'woman', 'nobody')).toBe(
      `c is -1 (expected a whole number from 0 to ${words.items.ids.length - 1})`,
    );
    expect(ask('man', 'woman', 'king', 0)).toBe('count is 0 (expected a whole number from 1)');
    const few = topics();
    few.vectors.data.fill(0, 0, few.vectors.columns);
    expect(refusal(() => analogy(runOf(few), { a: 0, b: 1, c: 2, rule: 'mul', count: 1 }))).toBe(
      'the vector of man is all zeros and has no direction: name another',
    );
    const star = { ...few, vectors: matrix(few.ids.length, 2) };
    star.vectors.data.set([1, 0, 0.5, Math.sqrt(0.75), 0.5, -Math.sqrt(0.75)]);
    expect(refusal(() => analogy(runOf(star), { a: 0, b: 1, c: 2, rule: 'add', count: 1 }))).toBe(
      '“man is to woman as king is to …” has no answer here: b − a + c is zero and has no direction; ask by the rule mul',
    );
  });

  it('works on any run', () => {
    const { answers } = analogy(films(), { a: 0, b: 1, c: 2, rule: 'add', count: 2 });
    expect(answers[0].year).toBeGreaterThan(1900);
  });
});

describe('the line between two', () => {
  const query = { from: at(judged, 'terrible'), to: at(judged, 'wonderful') };

  it('has what is planted at its ends, and neither of the two', () => {
    const ends = lineEnds(judged, { ...query, count: 7, items: 1000 });
    const others = (list: { polarity?: number }[]) =>
      list.map(({ polarity = 0 }) => Math.sign(polarity));
    expect(others(ends.fromEnd)).toEqual([-1, -1, -1, -1, -1, -1, -1]);
    expect(others(ends.toEnd)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const listed = [...ends.fromEnd, ...ends.toEnd].map(({ label }) => label);
    expect(listed).not.toContain('terrible');
    expect(listed).not.toContain('wonderful');
    expect(ends.ranked).toBe(judged.items.ids.length - 2);
    expect(ends.polarity?.n).toBe(ends.ranked);
    expect(ends.polarity?.correlation).toBeGreaterThan(0.7);
    const positions = ends.fromEnd.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    const turned = lineEnds(judged, { from: query.to, to: query.from, count: 7, items: 1000 });
    expect(turned.toEnd.map(({ id }) => id)).toEqual(ends.fromEnd.map(({ id }) => id));
    expect(turned.polarity?.correlation).toBeCloseTo(-ends.polarity!.correlation, 10);
  });

  it('ranks only the most frequent when asked, and leaves out an end only once', () => {
    const { ranked, fromEnd, toEnd, polarity } = lineEnds(judged, {
      ...query,
      count: 50,
      items: 5,
    });
    expect(ranked).toBe(5);
    expect([...fromEnd].map(({ row }) => row).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(toEnd.map(({ id }) => id)).toEqual(fromEnd.map(({ id }) => id).reverse());
    // The first five all have polarity 0, which goes along with nothing.
    expect(polarity).toBeUndefined();
    expect(lineEnds(words, { from: 0, to: 1, count: 1, items: 9 }).polarity).toBeUndefined();
  });

  it('gives pictures the places that the lists have', () => {
    const { positions, distances } = linePlaces(judged, query);
    const { fromEnd } = lineEnds(judged, { ...query, count: 3, items: 1000 });
    for (const { row, position, distance } of fromEnd) {
      expect(positions[row]).toBeCloseTo(position, 6);
      expect(distances[row]).toBeCloseTo(distance, 6);
    }
    expect([positions[query.from], positions[query.to]]).toEqual([0, 1]);
    const other = linePlaces(judged, { from: query.to, to: query.from });
    expect([other.positions[query.from], other.positions[query.to]]).toEqual([1, 0]);
  });

  it('refuses in words what is no line', () => {
    const ask = (from: number, to: number, more = {}) =>
      refusal(() => lineEnds(words, { from, to, count: 5, items: 100, ...more }));
    expect(ask(0, 0)).toBe('both ends are man: a line needs two different ones; name another');
    expect(ask(0, 1, { count: 0 })).toBe('count is 0 (expected a whole number from 1)');
    expect(ask(0, 1, { items: 0 })).toBe('items is 0 (expected a whole number from 1)');
    expect(ask(-1, 1)).toMatch(/^from is -1 /);
    const made = topics();
    made.vectors.data.copyWithin(made.vectors.columns, 0, made.vectors.columns);
    expect(refusal(() => lineEnds(runOf(made), { from: 0, to: 1, count: 5, items: 100 }))).toBe(
      'man and woman have vectors of one direction, so that no line leads from one to the other; name another',
    );
  });
});

it('neighbours tell their polarity where the run knows it', async () => {
  const query = { metric: 'cosine' as const, count: 3 };
  const found = await neighbours(judged, { ...query, row: at(judged, 'terrible') });
  expect(found.every(({ polarity = 0 }) => polarity < -1)).toBe(true);
  expect(
    (await neighbours(words, { ...query, row: 0 })).every((item) => !('polarity' in item)),
  ).toBe(true);
});

// Looked for beside the project, and read by `unzip`: on a machine without either there is nothing to compare with.
const GLOVE = ['../shared/data', '../../shared/data']
  .map((folder) => join(ROOT, folder, 'glove.6B.zip'))
  .find((path) => existsSync(path));
const readable = GLOVE !== undefined && spawnSync('unzip', ['-v']).status === 0;

describe.skipIf(!readable)('the published vectors glove.6B.50d', () => {
  it('answer man : woman = king : … as gensim’s documentation prints it', async () => {
    // gensim 4, `glove-wiki-gigaword-50`, most_similar(positive=['king', 'woman'], negative=['man']).
    const published: [string, number][] = [
      ['queen', 0.8523603677749634],
      ['throne', 0.7664333581924438],
      ['prince', 0.7592144012451172],
      ['daughter', 0.7473883032798767],
      ['elizabeth', 0.7460219860076904],
      ['princess', 0.7424570322036743],
      ['kingdom', 0.7337411642074585],
      ['monarch', 0.7214490175247192],
      ['eldest', 0.7184862494468689],
      ['widow', 0.7099430561065674],
    ];
    const { labels, vectors } = await firstWords(20_000);
    const [a, b, c] = ['man', 'woman', 'king'].map((word) => labels.indexOf(word));
    const found = rows(vectors, { a, b, c }, 10, 'add');
    expect([...found.rows].map((row) => labels[row])).toEqual(published.map(([word]) => word));
    found.values.forEach((value, i) => expect(value).toBeCloseTo(published[i][1], 5));
    expect(labels[rows(vectors, { a, b, c }, 1, 'mul').rows[0]]).toBe('queen');
  });
});

/** The most frequent words of the archive; all ten answers are among the first 20,000. */
async function firstWords(count: number) {
  const child = spawn('unzip', ['-p', GLOVE!, 'glove.6B.50d.txt'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const labels: string[] = [];
  const vectors = matrix(count, 50);
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...values] = line.split(' ');
    vectors.data.set(values.map(Number), labels.length * 50);
    labels.push(word);
    if (labels.length === count) break;
  }
  child.kill();
  return { labels, vectors };
}
