import { wasm } from './generated/cooccurrences.ts';
import { type Kernel, loadKernel } from './load.ts';

/** Stands between documents (and before the first, and after the last) in the tokens that are counted. */
export const END = 0xffffffff;

/** The hot loop of counting co-occurrences. Offsets are in bytes; tokens, places and columns are uint32. */
export interface Cooccurrences {
  /**
   * One row of the lower triangle of the co-occurrence matrix: for every word `other` ≤ `word` that stands within
   * `window` tokens of `word` in the same document, the sum of `weights[distance]` over all such places. A word
   * beside itself is met from both places, so that the diagonal counts twice, as it does in the whole matrix.
   *
   * @param tokens words by number, `END` between documents
   * @param cut tokens before it were counted among themselves already, and only lead into what follows
   * @param places where in `tokens` the word stands: `places[from … to)`
   * @param weights float64, from distance 0 (not used) to `window`
   * @param sums float64, one per word: zeros, and zeros again afterwards
   * @param marks one bit per word, rounded up to 8 bytes: zeros, and zeros again afterwards
   * @param columns room for the row's columns, ascending
   * @param values float64, room for the sums beside them
   * @returns how many columns
   */
  row(
    tokens: number,
    cut: number,
    places: number,
    from: number,
    to: number,
    word: number,
    window: number,
    weights: number,
    sums: number,
    marks: number,
    columns: number,
    values: number,
  ): number;
}

/** The co-occurrence kernel on `bytes` bytes of fresh memory; see `loadKernel`. */
export function loadCooccurrences(
  bytes: number,
  options?: { plain?: boolean },
): Promise<Kernel<Cooccurrences>> {
  return loadKernel(wasm, cooccurrencesTwin, bytes, options);
}

/** The same function in plain JavaScript; its answers are the kernel's to the bit. */
export function cooccurrencesTwin(buffer: ArrayBuffer): Cooccurrences {
  const u = new Uint32Array(buffer);
  const f = new Float64Array(buffer, 0, buffer.byteLength >>> 3);
  return {
    row(tokens, cut, places, from, to, word, window, weights, sums, marks, columns, values) {
      const sum = sums / 8;
      const weight = weights / 8;
      const mark = marks / 4;
      const add = (other: number, distance: number) => {
        f[sum + other] += f[weight + distance];
        u[mark + (other >>> 5)] |= 1 << (other & 31);
      };
      for (let k = from; k < to; k++) {
        const at = u[places / 4 + k];
        const place = tokens / 4 + at;
        if (at >= cut) {
          for (let distance = 1; distance <= window; distance++) {
            const other = u[place - distance];
            if (other <= word) add(other, distance);
            else if (other === END) break;
          }
        }
        for (let distance = at >= cut ? 1 : cut - at; distance <= window; distance++) {
          const other = u[place + distance];
          if (other <= word) add(other, distance);
          else if (other === END) break;
        }
      }
      let count = 0;
      for (let block = 0; block <= word >>> 5; block++) {
        let bits = u[mark + block];
        u[mark + block] = 0;
        while (bits !== 0) {
          const column = block * 32 + 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          u[columns / 4 + count] = column;
          f[values / 8 + count] = f[sum + column];
          f[sum + column] = 0;
          count++;
        }
      }
      return count;
    },
  };
}
