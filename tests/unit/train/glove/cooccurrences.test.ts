import { describe, expect, it } from 'vitest';
import { PAIR_BYTES } from '../../../../src/lib/kernels/glove.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { countCooccurrences } from '../../../../src/lib/train/glove/cooccurrences.ts';
import { Pairs } from '../../../../src/lib/train/glove/pairs.ts';
import type { Scratch } from '../../../../src/lib/train/glove/scratch.ts';
import { Tokens } from '../../../../src/lib/train/glove/tokens.ts';
import { rankWords } from '../../../../src/lib/train/glove/vocabulary.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';

/** A disk that is an array, and counts what is open and written. */
function disk() {
  const state = { open: 0, written: 0 };
  return {
    state,
    async openScratch(): Promise<Scratch> {
      const bytes = new Uint8Array(1 << 22);
      let end = 0;
      state.open++;
      return {
        async append(more) {
          state.written += more.length;
          bytes.set(more, end);
          end += more.length;
          return end - more.length;
        },
        async read(into, position) {
          if (position + into.length > end) throw new Error('read past the end');
          into.set(bytes.subarray(position, position + into.length));
        },
        async close() {
          state.open--;
        },
      };
    },
  };
}

interface Settings {
  window: number;
  minimumCount?: number;
  memory?: number;
  plain?: boolean;
  chunk?: number;
  signal?: AbortSignal;
}

/** The co-occurrences of documents by `word word`, in both directions. */
async function count(documents: string[][], settings: Settings) {
  const { window, minimumCount = 1, memory = 1 << 20, plain, chunk, signal } = settings;
  const { state, openScratch } = disk();
  const tokens = new Tokens(memory, openScratch, chunk);
  for (const document of documents) {
    tokens.add(document);
    tokens.end();
    await tokens.settle();
  }
  const { vocabulary, rows } = rankWords(tokens.words, tokens.counts, minimumCount);
  const counts = new Map<string, number>();
  const order: number[][] = [];
  const sink = {
    add(row: number, columns: Uint32Array, values: Float64Array) {
      columns.forEach((column, k) => {
        order.push([row, column]);
        const [a, b] = [vocabulary.words[row], vocabulary.words[column]];
        counts.set(`${a} ${b}`, values[k]).set(`${b} ${a}`, values[k]);
      });
    },
    async settle() {},
  };
  await countCooccurrences(tokens.pieces(), rows, vocabulary, sink, {
    window,
    documents: tokens.documents,
    memory,
    openScratch,
    plain,
    signal,
  });
  await tokens.close();
  return { counts, order, state, tokens };
}

/** As the definition says, pair of places by pair of places. */
function byDefinition(documents: string[][], window: number, minimumCount: number) {
  const frequency = new Map<string, number>();
  for (const word of documents.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const document of documents) {
    const kept = document.filter((word) => frequency.get(word)! >= minimumCount);
    kept.forEach((word, j) => {
      for (let k = Math.max(0, j - window); k < j; k++) {
        for (const key of [`${word} ${kept[k]}`, `${kept[k]} ${word}`]) {
          counts.set(key, (counts.get(key) ?? 0) + 1 / (j - k));
        }
      }
    });
  }
  return counts;
}

function drawn(documents: number, longest: number): string[][] {
  const draw = random(3);
  return Array.from({ length: documents }, () =>
    Array.from(
      { length: draw.integer(longest) },
      () => `w${Math.floor(150 * draw.uniform() ** 3)}`,
    ),
  );
}

function expectSame(got: Map<string, number>, expected: Map<string, number>) {
  expect([...got.keys()].sort()).toEqual([...expected.keys()].sort());
  const worst = Math.max(...[...expected].map(([key, value]) => Math.abs(got.get(key)! - value)));
  expect(worst).toBeLessThan(1e-9);
}

describe('countCooccurrences', () => {
  it('weighs by distance, within the window and the document', async () => {
    const { counts } = await count([['a', 'b', 'c', 'd'], ['d', 'e'], []], { window: 2 });
    expect(Object.fromEntries(counts)).toEqual({
      'a b': 1,
      'b a': 1,
      'a c': 1 / 2,
      'c a': 1 / 2,
      'b c': 1,
      'c b': 1,
      'b d': 1 / 2,
      'd b': 1 / 2,
      'c d': 1,
      'd c': 1,
      'd e': 1,
      'e d': 1,
    });
  });

  it('counts a word beside itself in both directions', async () => {
    const { counts } = await count([['a', 'a', 'b', 'a']], { window: 3 });
    expect(counts.get('a a')).toBeCloseTo(2 * (1 + 1 / 3 + 1 / 2), 12);
    expect(counts.get('a b')).toBeCloseTo(1 / 2 + 1 + 1, 12);
    expect(counts.has('b b')).toBe(false);
  });

  it('leaves out rare words first, so that their neighbours move together', async () => {
    const { counts } = await count(
      [
        ['a', 'rare', 'b'],
        ['a', 'b'],
      ],
      { window: 1, minimumCount: 2 },
    );
    expect(Object.fromEntries(counts)).toEqual({ 'a b': 2, 'b a': 2 });
  });

  it.each([false, true])('agrees with the definition (plain: %s)', async (plain) => {
    const documents = drawn(60, 80);
    const { counts, order, state } = await count(documents, { window: 7, minimumCount: 3, plain });
    expect(state.written).toBe(0);
    expectSame(counts, byDefinition(documents, 7, 3));
    expect(order.every(([row, column]) => column <= row)).toBe(true);
    const keys = order.map(([row, column]) => row * 1000 + column);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives the same pairs in the same order when hardly anything fits in memory', async () => {
    // Documents longer than a part, and of all lengths, so that parts are cut everywhere.
    for (const documents of [drawn(60, 80), [drawn(1, 3000)[0], ...drawn(5, 400)]]) {
      const whole = await count(documents, { window: 7, minimumCount: 3 });
      for (const plain of [false, true]) {
        const spilt = await count(documents, {
          window: 7,
          minimumCount: 3,
          memory: 0,
          chunk: 64,
          plain,
        });
        expect(spilt.state.written).toBeGreaterThan(10_000);
        expect(spilt.state.open).toBe(0);
        expect(spilt.order).toEqual(whole.order);
        expectSame(spilt.counts, whole.counts);
      }
    }
  });

  it('stops when asked, and gives the room on disk back', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(count(drawn(60, 80), { window: 7, signal: stop.signal })).rejects.toThrow(Stopped);
  });
});

describe('Tokens', () => {
  it('counts words and documents, and leaves out documents without words', async () => {
    const { tokens } = await count([['a', 'b'], [], ['a']], { window: 2 });
    expect([tokens.total, tokens.documents, tokens.words]).toEqual([3, 2, ['a', 'b']]);
    expect([...tokens.counts.subarray(0, 2)]).toEqual([2, 1]);
  });
});

describe('Pairs', () => {
  /** All pairs, bucket by bucket. */
  async function fill(memory: number, seed = 1) {
    const { state, openScratch } = disk();
    const pairs = new Pairs({ seed, bound: 5 << 16, memory, openScratch, xMax: 100, alpha: 0.75 });
    for (let row = 0; row < 300; row++) {
      const columns = Uint32Array.from({ length: row + 1 }, (_, column) => column);
      pairs.add(
        row,
        columns,
        Float64Array.from(columns, (column) => 1 + row + column / 1000),
      );
      await pairs.settle();
    }
    const buckets: Uint8Array[] = [];
    for (let bucket = 0; bucket < pairs.counts.length; bucket++) {
      const bytes = new Uint8Array(pairs.largest * PAIR_BYTES);
      const count = await pairs.read(bucket, bytes);
      buckets.push(bytes.slice(0, count * PAIR_BYTES));
    }
    await pairs.close();
    return { pairs, buckets, state };
  }

  it('holds every pair once, with its logarithm and the weight of the paper', async () => {
    const { pairs, buckets } = await fill(1 << 24);
    expect([pairs.total, pairs.directed]).toEqual([(300 * 301) / 2, 300 * 300]);
    expect(buckets.length).toBe(5);
    const seen = new Set<number>();
    let worst = 0;
    for (const bytes of buckets) {
      const integers = new Uint32Array(bytes.buffer);
      const floats = new Float32Array(bytes.buffer);
      // Dealt evenly: 9,030 of 45,150 each, with a standard deviation of 85.
      expect(Math.abs(integers.length / 4 - 9030)).toBeLessThan(350);
      for (let k = 0; k < integers.length; k += 4) {
        const [row, column] = integers.subarray(k, k + 2);
        seen.add(row * 300 + column);
        const x = 1 + row + column / 1000;
        worst = Math.max(
          worst,
          Math.abs(floats[k + 2] - Math.log(x)),
          Math.abs(floats[k + 3] - Math.min(1, (x / 100) ** 0.75)),
        );
      }
    }
    expect(seen.size).toBe(pairs.total);
    expect(worst).toBeLessThan(1e-6);
  });

  it('holds the same when they are put on disk', async () => {
    const inMemory = await fill(1 << 24);
    const onDisk = await fill(20_000);
    expect(inMemory.state.written).toBe(0);
    expect(onDisk.state.written).toBeGreaterThan(500_000);
    expect(onDisk.state.open).toBe(0);
    const joined = (buckets: Uint8Array[]) => Buffer.concat(buckets);
    expect(joined(onDisk.buckets).equals(joined(inMemory.buckets))).toBe(true);
    const other = await fill(1 << 24, 2);
    expect(joined(other.buckets).equals(joined(inMemory.buckets))).toBe(false);
  });
});
