import type { TokenisedReviews } from '../imdb/types.ts';

/** Which n-grams each review holds, each once, whatever its number of occurrences. */
export interface Features {
  /** Of all reviews, one after another. */
  ids: Uint32Array;
  /** Review i has `ids[starts[i] … starts[i + 1])`. */
  starts: Uint32Array;
}

const FREE = 0xffffffff;

/**
 * An exact index of n-grams up to a length. Words have their own ids; a longer n-gram is the pair of the n-gram before
 * its last word and that word, and takes the next free id where it is first seen.
 */
export class NgramIndex {
  /** Number of ids given out, words included. */
  size: number;
  /** A hash table with open addressing: prefix, word and id in each place. */
  private places = newPlaces(1 << 16);

  constructor(
    words: number,
    private readonly longest: number,
  ) {
    this.size = words;
  }

  /**
   * The n-grams of the reviews, in order of first appearance in each.
   *
   * @param learn gives ids to n-grams that have none (else they are left out)
   */
  features(reviews: TokenisedReviews, learn: boolean): Features {
    const { words, starts } = reviews;
    const ids = new Growing();
    const ends = new Uint32Array(starts.length);
    const seen = new Growing(FREE);
    // The n-grams that end at the word before, by length.
    const before = new Uint32Array(this.longest);
    for (let review = 0; review + 1 < starts.length; review++) {
      before.fill(FREE);
      for (let i = starts[review]; i < starts[review + 1]; i++) {
        for (let n = this.longest; n > 0; n--) {
          const prefix = n === 1 ? FREE : before[n - 2];
          const id =
            n === 1 ? words[i] : prefix === FREE ? FREE : this.find(prefix, words[i], learn);
          before[n - 1] = id;
          if (id === FREE || seen.at(id) === review) continue;
          seen.set(id, review);
          ids.push(id);
        }
      }
      ends[review + 1] = ids.length;
    }
    return { ids: ids.values(), starts: ends };
  }

  private find(prefix: number, word: number, learn: boolean): number {
    const { places } = this;
    const mask = places.length / 3 - 1;
    let at = hash(prefix, word) & mask;
    for (;;) {
      const id = places[3 * at + 2];
      if (id === FREE) break;
      if (places[3 * at] === prefix && places[3 * at + 1] === word) return id;
      at = (at + 1) & mask;
    }
    if (!learn) return FREE;
    const id = this.size++;
    places.set([prefix, word, id], 3 * at);
    if (2 * id > mask) this.grow();
    return id;
  }

  private grow(): void {
    const old = this.places;
    this.places = newPlaces((old.length / 3) * 2);
    const mask = this.places.length / 3 - 1;
    for (let k = 0; k < old.length; k += 3) {
      if (old[k + 2] === FREE) continue;
      let at = hash(old[k], old[k + 1]) & mask;
      while (this.places[3 * at + 2] !== FREE) at = (at + 1) & mask;
      this.places.set(old.subarray(k, k + 3), 3 * at);
    }
  }
}

function newPlaces(count: number): Uint32Array {
  return new Uint32Array(3 * count).fill(FREE);
}

/** The finaliser of MurmurHash3 over both numbers. */
function hash(a: number, b: number): number {
  let h = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Numbers whose count is not known beforehand. */
class Growing {
  length = 0;
  private array: Uint32Array;

  constructor(private readonly missing = 0) {
    this.array = new Uint32Array(1 << 16).fill(missing);
  }

  at(i: number): number {
    return i < this.array.length ? this.array[i] : this.missing;
  }

  set(i: number, value: number): void {
    if (i >= this.array.length) {
      const larger = new Uint32Array(Math.max(i + 1, 2 * this.array.length)).fill(this.missing);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[i] = value;
  }

  push(value: number): void {
    this.set(this.length++, value);
  }

  values(): Uint32Array {
    return this.array.slice(0, this.length);
  }
}
