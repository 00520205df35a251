import uFuzzy from '@leeoniya/ufuzzy';

const common = { unicode: true, interSplit: "[^\\p{L}\\d']+", intraSplit: '\\p{Ll}\\p{Lu}' };
const letters = {
  intraChars: "[\\p{L}\\d']",
  intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
  intraContr: "'\\p{L}{1,2}\\b",
  interBound: '[^\\p{L}\\d]',
};
const inRowOrder = () => 0;
const oneError = { intraMode: 1, intraIns: 1, intraSub: 1, intraTrn: 1, intraDel: 1 } as const;

/** From the strict to the forgiving: as typed, one slip inside each word, one slip anywhere in each word. */
const passes = [{}, oneError, { ...oneError, intraSlice: [0, Infinity] as [number, number] }].map(
  (pass) => new uFuzzy({ ...common, ...letters, ...pass, compare: inRowOrder }),
);

/** In lower case, without accents. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  return /[^\p{ASCII}]/u.test(lower) ? uFuzzy.latinize(lower) : lower;
}

/** Finds labels by what a person types: words in any order, accents left out, a slip in each word forgiven. */
export class LabelIndex {
  #labels: string[];

  /** @param labels the best known first: that order breaks ties */
  constructor(labels: string[]) {
    this.#labels = labels.map(folded);
  }

  /** Rows of at most `limit` labels, the best match first; none for a text without letters and digits. */
  find(text: string, limit: number): number[] {
    const needle = folded(text.trim());
    if (!/[\p{L}\d]/u.test(needle)) return this.#containing(needle, limit);
    const found = new Set<number>(this.#exact(needle, limit));
    for (const pass of passes) {
      const [rows, info, order] = pass.search(this.#labels, needle, 3);
      const sorted = order && info ? order.map((i) => info.idx[i]) : (rows ?? []);
      for (const row of sorted) {
        if (found.size === limit) return [...found];
        found.add(row);
      }
      if (found.size > 0 && pass !== passes[0]) break;
    }
    return [...found];
  }

  #exact(needle: string, limit: number): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.#labels.length && rows.length < limit; row++) {
      if (this.#labels[row] === needle) rows.push(row);
    }
    return rows;
  }

  /** Punctuation is a word too, in a run of words. */
  #containing(needle: string, limit: number): number[] {
    const rows: number[] = [];
    if (needle === '') return rows;
    for (let row = 0; row < this.#labels.length && rows.length < limit; row++) {
      if (this.#labels[row].includes(needle)) rows.push(row);
    }
    return rows;
  }
}
