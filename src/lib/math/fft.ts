/** A discrete Fourier transform of one length, in place. */
export interface Fft {
  readonly length: number;
  /**
   * X(k) = Σ x(j) exp(−2πi jk / length) of the `length` complex numbers that begin at `offset`, in place.
   * With real and imaginary parts exchanged, `transform(im, re)`, it is the inverse, times `length`.
   */
  transform(re: Float64Array, im: Float64Array, offset: number): void;
}

/** The smallest even number from `least` that has no prime factors but 2, 3 and 5, which `fft` is made for. */
export function fftLength(least: number): number {
  for (let length = Math.max(2, 2 * Math.ceil(least / 2)); ; length += 2) {
    let rest = length;
    for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
    if (rest === 1) return length;
  }
}

/** A pass over the data: `radix` sub-transforms of length `m`, `stride` of them side by side. */
interface Pass {
  radix: number;
  m: number;
  stride: number;
  /** exp(−2πi j t / (radix · m)) for j in 0 … m−1 and t in 1 … radix−1. */
  cosines: Float64Array;
  sines: Float64Array;
}

/**
 * A plan for transforms of one length, by Stockham's method with radices 4, 2, 3 and 5.
 *
 * @throws RangeError when the length has other prime factors
 */
export function fft(length: number): Fft {
  const passes = plan(length);
  const scratchRe = new Float64Array(length);
  const scratchIm = new Float64Array(length);
  return {
    length,
    transform(re, im, offset) {
      // An odd number of passes would end in the scratch: the data start there instead.
      let inScratch = passes.length % 2 === 1;
      if (inScratch) {
        for (let i = 0; i < length; i++) {
          scratchRe[i] = re[offset + i];
          scratchIm[i] = im[offset + i];
        }
      }
      for (const pass of passes) {
        if (inScratch) apply(pass, scratchRe, scratchIm, 0, re, im, offset);
        else apply(pass, re, im, offset, scratchRe, scratchIm, 0);
        inScratch = !inScratch;
      }
    },
  };
}

function plan(length: number): Pass[] {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [4, 2, 3, 5]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  if (rest !== 1) {
    throw new RangeError(
      `a transform of length ${length} is not possible (expected prime factors 2, 3 and 5 only)`,
    );
  }
  let n = length;
  let stride = 1;
  return radices.map((radix) => {
    const m = n / radix;
    const cosines = new Float64Array(m * (radix - 1));
    const sines = new Float64Array(m * (radix - 1));
    for (let j = 0; j < m; j++) {
      for (let t = 1; t < radix; t++) {
        const angle = (-2 * Math.PI * j * t) / n;
        cosines[j * (radix - 1) + t - 1] = Math.cos(angle);
        sines[j * (radix - 1) + t - 1] = Math.sin(angle);
      }
    }
    const pass = { radix, m, stride, cosines, sines };
    n = m;
    stride *= radix;
    return pass;
  });
}

function apply(
  pass: Pass,
  re: Float64Array,
  im: Float64Array,
  from: number,
  outRe: Float64Array,
  outIm: Float64Array,
  to: number,
): void {
  if (pass.radix === 4) radix4(pass, re, im, from, outRe, outIm, to);
  else if (pass.radix === 2) radix2(pass, re, im, from, outRe, outIm, to);
  else oddRadix(pass, re, im, from, outRe, outIm, to);
}

function radix2(
  { m, stride, cosines, sines }: Pass,
  re: Float64Array,
  im: Float64Array,
  from: number,
  outRe: Float64Array,
  outIm: Float64Array,
  to: number,
): void {
  for (let j = 0; j < m; j++) {
    const c = cosines[j];
    const s = sines[j];
    let a = from + j * stride;
    let o = to + 2 * j * stride;
    for (const end = a + stride; a < end; a++, o++) {
      const b = a + m * stride;
      const differenceRe = re[a] - re[b];
      const differenceIm = im[a] - im[b];
      outRe[o] = re[a] + re[b];
      outIm[o] = im[a] + im[b];
      outRe[o + stride] = c * differenceRe - s * differenceIm;
      outIm[o + stride] = c * differenceIm + s * differenceRe;
    }
  }
}

function radix4(
  { m, stride, cosines, sines }: Pass,
  re: Float64Array,
  im: Float64Array,
  from: number,
  outRe: Float64Array,
  outIm: Float64Array,
  to: number,
): void {
  const quarter = m * stride;
  for (let j = 0; j < m; j++) {
    const c1 = cosines[3 * j];
    const s1 = sines[3 * j];
    const c2 = cosines[3 * j + 1];
    const s2 = sines[3 * j + 1];
    const c3 = cosines[3 * j + 2];
    const s3 = sines[3 * j + 2];
    let a = from + j * stride;
    let o = to + 4 * j * stride;
    for (const end = a + stride; a < end; a++, o++) {
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const sumAcRe = re[a] + re[c];
      const sumAcIm = im[a] + im[c];
      const lessAcRe = re[a] - re[c];
      const lessAcIm = im[a] - im[c];
      const sumBdRe = re[b] + re[d];
      const sumBdIm = im[b] + im[d];
      const lessBdRe = re[b] - re[d];
      const lessBdIm = im[b] - im[d];
      outRe[o] = sumAcRe + sumBdRe;
      outIm[o] = sumAcIm + sumBdIm;
      const x1 = lessAcRe + lessBdIm;
      const y1 = lessAcIm - lessBdRe;
      outRe[o + stride] = c1 * x1 - s1 * y1;
      outIm[o + stride] = c1 * y1 + s1 * x1;
      const x2 = sumAcRe - sumBdRe;
      const y2 = sumAcIm - sumBdIm;
      outRe[o + 2 * stride] = c2 * x2 - s2 * y2;
      outIm[o + 2 * stride] = c2 * y2 + s2 * x2;
      const x3 = lessAcRe - lessBdIm;
      const y3 = lessAcIm + lessBdRe;
      outRe[o + 3 * stride] = c3 * x3 - s3 * y3;
      outIm[o + 3 * stride] = c3 * y3 + s3 * x3;
    }
  }
}

/** Radices 3 and 5: the inner transform is its sum, halves t and radix − t together. */
function oddRadix(
  { radix, m, stride, cosines, sines }: Pass,
  re: Float64Array,
  im: Float64Array,
  from: number,
  outRe: Float64Array,
  outIm: Float64Array,
  to: number,
): void {
  const apart = m * stride;
  const c1 = Math.cos((2 * Math.PI) / radix);
  const s1 = Math.sin((2 * Math.PI) / radix);
  const c2 = Math.cos((4 * Math.PI) / radix);
  const s2 = Math.sin((4 * Math.PI) / radix);
  for (let j = 0; j < m; j++) {
    const twiddle = j * (radix - 1);
    for (let q = 0; q < stride; q++) {
      const a = from + j * stride + q;
      const o = to + radix * j * stride + q;
      const first = a + apart;
      const last = a + (radix - 1) * apart;
      const sumRe1 = re[first] + re[last];
      const sumIm1 = im[first] + im[last];
      const lessRe1 = re[first] - re[last];
      const lessIm1 = im[first] - im[last];
      if (radix === 3) {
        outRe[o] = re[a] + sumRe1;
        outIm[o] = im[a] + sumIm1;
        const x = re[a] + c1 * sumRe1;
        const y = im[a] + c1 * sumIm1;
        const u = s1 * lessIm1;
        const v = s1 * lessRe1;
        store(outRe, outIm, o + stride, x + u, y - v, cosines[twiddle], sines[twiddle]);
        store(outRe, outIm, o + 2 * stride, x - u, y + v, cosines[twiddle + 1], sines[twiddle + 1]);
        continue;
      }
      const second = first + apart;
      const third = second + apart;
      const sumRe2 = re[second] + re[third];
      const sumIm2 = im[second] + im[third];
      const lessRe2 = re[second] - re[third];
      const lessIm2 = im[second] - im[third];
      outRe[o] = re[a] + sumRe1 + sumRe2;
      outIm[o] = im[a] + sumIm1 + sumIm2;
      const x1 = re[a] + c1 * sumRe1 + c2 * sumRe2;
      const y1 = im[a] + c1 * sumIm1 + c2 * sumIm2;
      const u1 = s1 * lessIm1 + s2 * lessIm2;
      const v1 = s1 * lessRe1 + s2 * lessRe2;
      const x2 = re[a] + c2 * sumRe1 + c1 * sumRe2;
      const y2 = im[a] + c2 * sumIm1 + c1 * sumIm2;
      const u2 = s2 * lessIm1 - s1 * lessIm2;
      const v2 = s2 * lessRe1 - s1 * lessRe2;
      store(outRe, outIm, o + stride, x1 + u1, y1 - v1, cosines[twiddle], sines[twiddle]);
      store(
        outRe,
        outIm,
        o + 2 * stride,
        x2 + u2,
        y2 - v2,
        cosines[twiddle + 1],
        sines[twiddle + 1],
      );
      store(
        outRe,
        outIm,
        o + 3 * stride,
        x2 - u2,
        y2 + v2,
        cosines[twiddle + 2],
        sines[twiddle + 2],
      );
      store(
        outRe,
        outIm,
        o + 4 * stride,
        x1 - u1,
        y1 + v1,
        cosines[twiddle + 3],
        sines[twiddle + 3],
      );
    }
  }
}

function store(
  re: Float64Array,
  im: Float64Array,
  at: number,
  x: number,
  y: number,
  c: number,
  s: number,
): void {
  re[at] = c * x - s * y;
  im[at] = c * y + s * x;
}
