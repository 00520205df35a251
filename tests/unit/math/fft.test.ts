import { describe, expect, it } from 'vitest';
import { fft, fftLength } from '../../../src/lib/math/fft.ts';
import { random } from '../../../src/lib/math/random.ts';

/** The sum as it is defined. */
function transform(re: Float64Array, im: Float64Array): [number[], number[]] {
  const n = re.length;
  const outRe: number[] = [];
  const outIm: number[] = [];
  for (let k = 0; k < n; k++) {
    let x = 0;
    let y = 0;
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * j * k) / n;
      x += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
      y += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
    }
    outRe.push(x);
    outIm.push(y);
  }
  return [outRe, outIm];
}

describe('fft', () => {
  it.each([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 30, 60, 64, 90, 125, 150])(
    'equals the sum it stands for, at length %i, and turns back',
    (length) => {
      const draw = random(length);
      // At an offset, and with neighbours that must not be touched.
      const re = Float64Array.from({ length: length + 5 }, draw.uniform);
      const im = Float64Array.from({ length: length + 5 }, draw.uniform);
      const given = [re.slice(), im.slice()];
      const [expectedRe, expectedIm] = transform(re.slice(3, 3 + length), im.slice(3, 3 + length));
      const plan = fft(length);
      plan.transform(re, im, 3);
      for (let k = 0; k < length; k++) {
        expect(re[3 + k]).toBeCloseTo(expectedRe[k], 10);
        expect(im[3 + k]).toBeCloseTo(expectedIm[k], 10);
      }
      plan.transform(im, re, 3);
      for (let i = 0; i < length + 5; i++) {
        const scale = i >= 3 && i < 3 + length ? length : 1;
        expect(re[i] / scale).toBeCloseTo(given[0][i], 12);
        expect(im[i] / scale).toBeCloseTo(given[1][i], 12);
      }
    },
  );

  it('refuses a length with another prime factor', () => {
    expect(() => fft(14)).toThrow(
      'a transform of length 14 is not possible (expected prime factors 2, 3 and 5 only)',
    );
  });

  it('finds the next length that is even and fast', () => {
    expect([0, 1, 2, 3, 7, 14, 21, 97, 101, 130, 200, 650].map(fftLength)).toEqual([
      2, 2, 2, 4, 8, 16, 24, 120, 120, 144, 240, 768,
    ]);
  });
});
