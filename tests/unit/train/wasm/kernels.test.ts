import {
  conv2d,
  einsum,
  gather,
  grad,
  matMul,
  ones,
  setBackend,
  square,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  unsortedSegmentSum,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plainAdam } from '../../../../src/lib/train/wasm/adamStep.ts';
import { Adam } from '../../../../src/lib/train/lesson/adam.ts';
import { owned } from '../../../../src/lib/train/lesson/parameter.ts';
import { expectSame, startWasm } from './compare.ts';

beforeAll(startWasm);
beforeEach(async () => {
  await setBackend('wasm');
});

describe('UnsortedSegmentSum', () => {
  const rows = () => tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);

  it('adds up rows of the same segment, in any order, and leaves the others zero', async () => {
    const sums = unsortedSegmentSum(rows(), tensor1d([2, 0, 2, 2], 'int32'), 4);
    expect([...(await sums.data())]).toEqual([3, 4, 0, 0, 13, 16, 0, 0]);
    expect(sums.shape).toEqual([4, 2]);
  });

  it('drops rows with negative ids, as TensorFlow does', async () => {
    const sums = unsortedSegmentSum(rows(), tensor1d([-1, 1, -1, 0], 'int32'), 2);
    expect([...(await sums.data())]).toEqual([7, 8, 3, 4]);
  });

  it('sums whole numbers, single values and nothing', async () => {
    const ids = tensor1d([1, 1, 0], 'int32');
    const whole = unsortedSegmentSum(tensor1d([5, 6, 7], 'int32'), ids, 2);
    expect(whole.dtype).toBe('int32');
    expect([...(await whole.data())]).toEqual([7, 11]);
    const none = unsortedSegmentSum(tensor([], [0, 3]), tensor1d([], 'int32'), 2);
    expect(none.shape).toEqual([2, 3]);
    expect([...(await none.data())]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('names an id that is too large', () => {
    const ids = tensor1d([0, 1, 2, 3], 'int32');
    expect(() => unsortedSegmentSum(rows(), ids, 3)).toThrow(
      'UnsortedSegmentSum: segment id 3 at 3 (expected less than 3)',
    );
  });

  it('is the gradient of gather', async () => {
    const ids = tensor1d([2, 0, 2], 'int32');
    const gradient = grad((table) => sum(square(gather(table, ids))));
    const values = await gradient(tensor2d([1, 2, 3, 4, 5, 6], [3, 2])).data();
    expect([...values]).toEqual([2, 4, 0, 0, 20, 24]);
  });
});

describe('matrix products', () => {
  it('see values that a step of Adam changed in place', async () => {
    const values = owned(tensor2d([1, 2, 3, 4], [2, 2]));
    const adam = new Adam([{ values, l2: 0 }]);
    const left = tensor2d([1, 0, 0, 1], [2, 2]);
    const before = await matMul(left, values as unknown as Tensor2D).data();
    expect([...before]).toEqual([1, 2, 3, 4]);
    adam.step([ones([2, 2])], 0.5);
    const after = await matMul(left, values as unknown as Tensor2D).data();
    [0.5, 1.5, 2.5, 3.5].forEach((value, k) => expect(after[k]).toBeCloseTo(value, 5));
  });

  it.each([
    [false, true],
    [true, false],
    [true, true],
  ])('with transposes %s, %s', async (transposeA, transposeB) => {
    const a = transposeA ? [2, 4, 3] : [2, 3, 4];
    const b = transposeB ? [2, 5, 4] : [2, 4, 5];
    const values = (shape: number[], start: number) =>
      tensor(
        Array.from({ length: 2 * shape[1] * shape[2] }, (_, k) => Math.sin(start + k)),
        shape,
      );
    await expectSame(() => matMul(values(a, 1), values(b, 2), transposeA, transposeB));
  });
});

describe('Einsum', () => {
  const values = (...shape: number[]) =>
    tensor(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.cos(k)),
      shape,
    );
  it.each([
    ['ij,jk->ik', [3, 4], [4, 2]],
    ['abc,cde->abde', [2, 3, 4], [4, 2, 3]],
    ['abcd,cde->abe', [2, 3, 4, 2], [4, 2, 5]],
    ['aecd,abcd->acbe', [2, 5, 3, 4], [2, 3, 3, 4]],
    ['i,j->ij', [3], [4]],
    ['ij->ji', [3, 4], undefined],
    ['ij->', [3, 4], undefined],
    ['ij,ij->i', [3, 4], [3, 4]],
  ])('%s', async (equation, a, b) => {
    await expectSame(() => einsum(equation, values(...a), ...(b ? [values(...b)] : [])));
  });
});

describe('convolutions', () => {
  it('have a gradient by the filter, by hand', async () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]) as Tensor4D;
    const filter = ones([2, 2, 1, 1]) as Tensor4D;
    const gradient = grad((f) => sum(conv2d(x, f as Tensor4D, 1, 'valid')))(filter);
    expect([...(await gradient.data())]).toEqual([12, 16, 24, 28]);
  });
});

describe('plainAdam', () => {
  it('agrees with the compiled kernel bit for bit, whatever the length', async () => {
    for (const length of [0, 1, 3, 4, 5, 64, 67]) {
      const start = Float32Array.from({ length }, (_, k) => Math.sin(k) / 3);
      const slope = Float32Array.from({ length }, (_, k) => Math.cos(7 * k));
      const values = owned(tensor(start, [length]) as Tensor1D);
      const adam = new Adam([{ values, l2: 0.25 }]);
      const plain = { w: start.slice(), m: new Float32Array(length), v: new Float32Array(length) };
      for (let step = 1; step <= 3; step++) {
        const rate = (0.01 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
        const settings = { rate, decay: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        const squares = plainAdam(plain.w, slope, plain.m, plain.v, settings);
        const penalty = adam.step([tensor(slope, [length])], 0.01);
        expect((await penalty.data())[0]).toBeCloseTo(0.25 * squares, 5);
      }
      expect(await values.data()).toEqual(plain.w);
    }
  });
});
