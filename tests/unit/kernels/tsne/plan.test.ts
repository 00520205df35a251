import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import { planSize, transformLength, writePlan } from '../../../../src/lib/kernels/tsne/plan.ts';
import { transform } from '../../../../src/lib/kernels/tsne/twin/fft.ts';

/** Four sequences at once by the plan; the kernel's are held to these to the bit in descent.test.ts. */
function transformed(length: number, re: Float64Array[], im: Float64Array[]) {
  const size = planSize(length);
  const buffer = new ArrayBuffer(4 * (size + 16 * length));
  const f = new Float32Array(buffer);
  writePlan(buffer, 0, length);
  for (let lane = 0; lane < 4; lane++) {
    for (let i = 0; i < length; i++) {
      f[size + 8 * i + lane] = re[lane][i];
      f[size + 8 * i + 4 + lane] = im[lane][i];
    }
  }
  const at = transform(f, new Uint32Array(buffer), 0, size, size + 8 * length);
  return (lane: number, k: number) => [f[at + 8 * k + lane], f[at + 8 * k + 4 + lane]];
}

describe('transforms by a plan', () => {
  it.each([2, 4, 6, 8, 10, 12, 16, 18, 24, 30, 36, 40, 60, 64, 96, 120, 128, 144, 240, 288])(
    'of length %i are sums of complex exponentials',
    (length) => {
      const draw = random(length);
      const draws = () => Float64Array.from({ length }, draw.normal);
      const re = [draws(), draws(), draws(), draws()];
      const im = [draws(), draws(), draws(), draws()];
      const result = transformed(length, re, im);
      for (let lane = 0; lane < 4; lane++) {
        for (let k = 0; k < length; k++) {
          let x = 0;
          let y = 0;
          for (let i = 0; i < length; i++) {
            const angle = (-2 * Math.PI * ((i * k) % length)) / length;
            x += re[lane][i] * Math.cos(angle) - im[lane][i] * Math.sin(angle);
            y += re[lane][i] * Math.sin(angle) + im[lane][i] * Math.cos(angle);
          }
          const [a, b] = result(lane, k);
          expect(Math.hypot(a - x, b - y)).toBeLessThan(3e-6 * length);
        }
      }
    },
  );

  it('have lengths that are powers of two times 1, 3, 5, 9 or 15', () => {
    expect([1, 2, 5, 7, 11, 13, 17, 19, 49, 100, 2076].map(transformLength)).toEqual([
      2, 2, 6, 8, 12, 16, 18, 20, 60, 120, 2304,
    ]);
    expect(() => writePlan(new ArrayBuffer(4096), 0, 14)).toThrow(
      new RangeError(
        'a transform of length 14 is not possible (expected prime factors 2, 3 and 5 only)',
      ),
    );
  });
});
