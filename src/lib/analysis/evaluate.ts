import { answerAnalogies } from '../math/analogyTest.ts';
import { matrix, row as rowOf, type Matrix } from '../math/matrix.ts';
import { spearman } from '../math/statistics.ts';
import type { Stop } from '../math/stop.ts';
import type { AnalogySection, RatedPair } from '../run/formats/wordTests.ts';
import type { Items } from '../run/types.ts';

export interface SimilarityResult {
  pairs: number;
  /** Pairs of which the run has both words; the others are left out. */
  covered: number;
  /** Spearman's correlation of cosine and rating over the covered pairs; NaN of fewer than two. */
  rho: number;
}

export interface AnalogyCounts {
  name: string;
  questions: number;
  /** Questions of which the run has all four words; the others are left out. */
  covered: number;
  /** Right answers by 3CosAdd, and by 3CosMul. */
  add: number;
  mul: number;
}

export interface AnalogyResult extends Omit<AnalogyCounts, 'name'> {
  sections: AnalogyCounts[];
}

/** Finds the row of a word as it is written, or else in lower case. */
export type WordLookup = (word: string) => number | undefined;

/** @param words how many items take part, from the first */
export function wordLookup({ labels }: Items, words = labels.length): WordLookup {
  const rows = new Map<string, number>();
  for (let row = Math.min(words, labels.length) - 1; row >= 0; row--) rows.set(labels[row], row);
  return (word) => rows.get(word) ?? rows.get(word.toLowerCase());
}

/** How far the cosines of the run's words go with people's ratings of the same pairs. */
export function evaluateSimilarities(
  { vectors }: Items,
  pairs: readonly RatedPair[],
  lookup: WordLookup,
): SimilarityResult {
  const cosines: number[] = [];
  const ratings: number[] = [];
  for (const { words, rating } of pairs) {
    const [a, b] = words.map(lookup);
    if (a === undefined || b === undefined) continue;
    cosines.push(cosine(vectors, a, b));
    ratings.push(rating);
  }
  return { pairs: pairs.length, covered: ratings.length, rho: spearman(cosines, ratings) };
}

/**
 * How many analogies the run's first `words` words answer rightly, by both rules.
 *
 * @param lookup over the same words
 */
export function evaluateAnalogies(
  { vectors }: Items,
  sections: readonly AnalogySection[],
  lookup: WordLookup,
  options: {
    words?: number;
    stop?: Stop;
    onProgress?: (done: number, total: number) => void;
  } = {},
): AnalogyResult {
  const rows = Math.min(options.words ?? vectors.rows, vectors.rows);
  const used = matrix(rows, vectors.columns, vectors.data.subarray(0, rows * vectors.columns));
  const asked = sections.map(({ questions }) =>
    questions
      .map((words) => words.map(lookup))
      .filter((found): found is number[] => !found.includes(undefined)),
  );
  const answers = answerAnalogies(used, Int32Array.from(asked.flat(2)), options);
  let at = 0;
  const counts = sections.map(({ name, questions }, i): AnalogyCounts => {
    const result = { name, questions: questions.length, covered: asked[i].length, add: 0, mul: 0 };
    for (const [, , , right] of asked[i]) {
      if (answers.add[at] === right) result.add++;
      if (answers.mul[at] === right) result.mul++;
      at++;
    }
    return result;
  });
  const sum = (key: 'questions' | 'covered' | 'add' | 'mul') =>
    counts.reduce((total, count) => total + count[key], 0);
  return {
    questions: sum('questions'),
    covered: sum('covered'),
    add: sum('add'),
    mul: sum('mul'),
    sections: counts,
  };
}

function cosine(vectors: Matrix, a: number, b: number): number {
  const [x, y] = [rowOf(vectors, a), rowOf(vectors, b)];
  let [dot, xx, yy] = [0, 0, 0];
  for (let j = 0; j < x.length; j++) {
    dot += x[j] * y[j];
    xx += x[j] * x[j];
    yy += y[j] * y[j];
  }
  return xx * yy === 0 ? 0 : dot / Math.sqrt(xx * yy);
}
