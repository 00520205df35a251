import type { Corpus, Review, TokenisedReviews, Vocabulary } from './types.ts';
import { tokenise } from './tokenise.ts';

interface Kept {
  name: string;
  label: 1 | 0;
  /** In order of first appearance among all reviews that were added. */
  words: Uint32Array;
}

/** Gathers the labelled reviews in whatever order they come, and makes a corpus of them. */
export class CorpusBuilder {
  private readonly ids = new Map<string, number>();
  private readonly kept = { train: [] as Kept[], test: [] as Kept[] };
  private scratch = new Uint32Array(4096);

  /** Takes a labelled review; one without a label is not kept. */
  add({ split, label, text, name }: Review): void {
    if (label === undefined) return;
    const words = tokenise(text);
    if (words.length > this.scratch.length) this.scratch = new Uint32Array(2 * words.length);
    words.forEach((word, i) => {
      let id = this.ids.get(word);
      if (id === undefined) this.ids.set(word, (id = this.ids.size));
      this.scratch[i] = id;
    });
    this.kept[split].push({ name, label, words: this.scratch.slice(0, words.length) });
  }

  /** What was added, in the corpus's own order; the builder is spent by it. */
  build(): Corpus {
    const { train, test } = this.kept;
    for (const part of [train, test]) part.sort(byLabelAndName);
    const words = [...this.ids.keys()];
    const { vocabulary, rows } = rank(words, train);
    return { train: joined(train, rows), test: joined(test, rows), vocabulary };
  }
}

function byLabelAndName(a: Kept, b: Kept): number {
  return b.label - a.label || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

const ABSENT = 0xffffffff;

/** The vocabulary of the training reviews, and each id's row in it. */
function rank(words: string[], train: Kept[]): { vocabulary: Vocabulary; rows: Uint32Array } {
  const counts = new Uint32Array(words.length);
  const order: number[] = [];
  for (const review of train) {
    for (const id of review.words) if (counts[id]++ === 0) order.push(id);
  }
  // Sorting is stable, so that ties stay in order of first appearance.
  order.sort((a, b) => counts[b] - counts[a]);
  const rows = new Uint32Array(words.length).fill(ABSENT);
  order.forEach((id, row) => (rows[id] = row));
  return {
    vocabulary: {
      words: order.map((id) => words[id]),
      counts: Uint32Array.from(order, (id) => counts[id]),
    },
    rows,
  };
}

function joined(reviews: Kept[], rows: Uint32Array): TokenisedReviews {
  const total = reviews.reduce((sum, { words }) => sum + words.length, 0);
  const words = new Uint32Array(total);
  const starts = new Uint32Array(reviews.length + 1);
  let end = 0;
  reviews.forEach((review, i) => {
    for (const id of review.words) if (rows[id] !== ABSENT) words[end++] = rows[id];
    starts[i + 1] = end;
  });
  return {
    words: words.slice(0, end),
    starts,
    labels: Uint8Array.from(reviews, ({ label }) => label),
  };
}
