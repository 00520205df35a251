/** What may be left of a length once it is halved as often as it can be: more threes and fives cost more time. */
const ODD_PARTS = [1, 3, 5, 9, 15];

/** The smallest even number from `least` that transforms are fast for: a power of 2 times 1, 3, 5, 9 or 15. */
export function transformLength(least: number): number {
  for (let length = Math.max(2, 2 * Math.ceil(least / 2)); ; length += 2) {
    let odd = length;
    while (odd % 2 === 0) odd /= 2;
    if (ODD_PARTS.includes(odd)) return length;
  }
}

/** Values of four bytes that a plan needs at most, for lengths up to this. */
export function planSize(length: number): number {
  return 64 + 4 * length;
}

/**
 * Writes the plan of transforms of one length, by Stockham's method with radices 4, 2, 3 and 5: the number of passes,
 * then of each its radix, the length of its sub-transforms, how many lie side by side, and where its twiddles lie,
 * exp(−2πi jt / (radix · m)) for j in 0 … m − 1 and t in 1 … radix − 1.
 *
 * @param offset in bytes, with room for `planSize(length)` values
 * @throws RangeError when the length has other prime factors
 */
export function writePlan(buffer: ArrayBufferLike, offset: number, length: number): void {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [4, 2, 3, 5]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  if (rest !== 1) {
    throw new RangeError(
      `a transform of length ${length} is not possible (expected prime factors 2, 3 and 5 only)`,
    );
  }
  const view = new DataView(buffer, offset);
  view.setUint32(0, radices.length, true);
  let twiddle = 4 * (1 + 4 * radices.length);
  let n = length;
  let stride = 1;
  radices.forEach((radix, pass) => {
    const m = n / radix;
    [radix, m, stride, offset + twiddle].forEach((value, i) =>
      view.setUint32(4 + 16 * pass + 4 * i, value, true),
    );
    for (let j = 0; j < m; j++) {
      for (let t = 1; t < radix; t++, twiddle += 8) {
        const angle = (-2 * Math.PI * j * t) / n;
        view.setFloat32(twiddle, Math.cos(angle), true);
        view.setFloat32(twiddle + 4, Math.sin(angle), true);
      }
    }
    n = m;
    stride *= radix;
  });
}
