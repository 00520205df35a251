import {
  conv2d,
  gather,
  grads,
  matMul,
  mul,
  square,
  sum,
  tensor,
  tensor1d,
  type backend_util,
  unsortedSegmentSum,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { random } from '../../src/lib/math/random.ts';
import { expectSame, startWasm } from '../unit/train/wasm/compare.ts';

beforeAll(startWasm);

/** Values of a shape, fixed by a seed. */
function normal(seed: number, shape: number[]): Tensor {
  const draw = random(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, () => draw.normal()),
    shape,
  );
}

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const pads = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
const length = (max: number) => fc.integer({ min: 1, max });

describe('on the WASM backend as on the plain one', () => {
  it('sums of segments', async () => {
    const input = fc.record({
      seed,
      rows: length(20),
      inner: fc.array(length(4), { maxLength: 2 }),
      segments: length(8),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ seed, rows, inner, segments }) => {
        const draw = random(seed);
        // −1 is dropped.
        const ids = Array.from({ length: rows }, () => draw.integer(segments + 1) - 1);
        await expectSame(() =>
          unsortedSegmentSum(normal(seed, [rows, ...inner]), tensor1d(ids, 'int32'), segments),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('gradients of gather', async () => {
    const input = fc.record({ seed, rows: length(9), columns: length(6), picked: length(20) });
    await fc.assert(
      fc.asyncProperty(input, async ({ seed, rows, columns, picked }) => {
        const draw = random(seed);
        const ids = Array.from({ length: picked }, () => draw.integer(rows));
        await expectSame(() => {
          const weights = normal(seed + 1, [picked, columns]);
          const loss = (table: Tensor) =>
            sum(mul(weights, square(gather(table, tensor1d(ids, 'int32')))));
          return grads(loss)([normal(seed, [rows, columns])])[0];
        });
      }),
      { numRuns: 40 },
    );
  });

  it('gradients of matrix products, transposed or not', async () => {
    const input = fc.record({
      seed,
      batch: fc.array(length(3), { maxLength: 1 }),
      n: length(7),
      k: length(7),
      m: length(7),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      which: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ seed, batch, n, k, m, transposeA, transposeB, which }) => {
        const a = [...batch, ...(transposeA ? [k, n] : [n, k])];
        const b = [...batch, ...(transposeB ? [m, k] : [k, m])];
        await expectSame(() => {
          const weights = normal(seed + 2, [...batch, n, m]);
          const loss = (x: Tensor, y: Tensor) =>
            sum(mul(weights, matMul(x, y, transposeA, transposeB)));
          return grads(loss)([normal(seed, a), normal(seed + 1, b)])[which];
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gradients of convolutions by filter and input, for any stride and padding', async () => {
    const input = fc.record({
      seed,
      batch: length(3),
      height: fc.integer({ min: 4, max: 9 }),
      width: fc.integer({ min: 4, max: 9 }),
      channels: length(3),
      outputs: length(3),
      filter: fc.tuple(length(4), length(4)),
      strides: fc.tuple(length(3), length(3)),
      padding: fc.oneof(
        fc.constantFrom('same' as const, 'valid' as const),
        fc
          .tuple(pads, pads)
          .map(([rows, columns]): backend_util.ExplicitPadding => [[0, 0], rows, columns, [0, 0]]),
      ),
      which: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        const { seed, batch, height, width, channels, outputs, filter, strides, padding, which } =
          given;
        await expectSame(() => {
          const loss = (x: Tensor, f: Tensor) => {
            const rounding = typeof padding === 'string' ? undefined : 'floor';
            const y = conv2d(x as Tensor4D, f as Tensor4D, strides, padding, 'NHWC', 1, rounding);
            return sum(mul(normal(seed + 2, y.shape), y));
          };
          const x = normal(seed, [batch, height, width, channels]);
          return grads(loss)([x, normal(seed + 1, [...filter, channels, outputs])])[which];
        });
      }),
      { numRuns: 80 },
    );
  });
});
