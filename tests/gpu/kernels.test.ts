import {
  engine,
  grads,
  setBackend,
  sum,
  mul,
  tensor,
  tensor1d,
  tensor2d,
  unsortedSegmentSum,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { chooseBackend } from '../../src/lib/train/backend.node.ts';
import { random } from '../../src/lib/math/random.ts';
import { lstm } from '../../src/lib/train/nets/tensors/lstm.ts';
import { ADAM_STEP, plainAdam } from '../../src/lib/train/wasm/adamStep.ts';

const gpu = inject('gpu');

/** Numbers between −1 and 1. */
function drawn(count: number, seed: number): Float32Array {
  const { uniform } = random(seed);
  return Float32Array.from({ length: count }, () => 2 * uniform() - 1);
}

/** What `compute` gives on WebGPU and on WASM. */
async function onBoth(compute: () => Tensor[]): Promise<[number[][], number[][]]> {
  const results: number[][][] = [];
  for (const name of ['webgpu', 'wasm']) {
    await setBackend(name);
    const made = compute();
    results.push(await Promise.all(made.map(async (each) => [...(await each.data())])));
  }
  return results as [number[][], number[][]];
}

function expectClose(ours: number[], theirs: ArrayLike<number>, tolerance: number): void {
  expect(ours).toHaveLength(theirs.length);
  ours.forEach((value, k) => expect(Math.abs(value - theirs[k])).toBeLessThanOrEqual(tolerance));
}

describe.skipIf(!gpu)('our shaders', () => {
  beforeAll(async () => {
    Object.assign(process.env, gpu);
    await chooseBackend('wasm');
    await chooseBackend('webgpu-software');
  });

  describe('UnsortedSegmentSum', () => {
    it.each([
      ['one column', 7, 1, 5],
      ['columns that fill no tile', 40, 5, 9],
      ['more columns than a tile has', 9, 70, 3],
      ['more rows than a workgroup has threads, most of them repeated', 600, 3, 4],
    ])('adds as WASM does: %s', async (_, rows, width, segments) => {
      const { integer } = random(3);
      const ids = Int32Array.from({ length: rows }, () => integer(segments));
      const x = drawn(rows * width, 4);
      const exact = new Float64Array(segments * width);
      ids.forEach((id, i) => {
        for (let j = 0; j < width; j++) exact[id * width + j] += x[i * width + j];
      });
      const [[ours], [theirs]] = await onBoth(() => [
        unsortedSegmentSum(tensor2d(x, [rows, width]), tensor1d(ids, 'int32'), segments),
      ]);
      expectClose(ours, theirs, 2e-5);
      expectClose(ours, exact, 2e-5);
    });

    it('leaves segments without rows zero, and drops rows with negative ids', async () => {
      const rows = [1, 2, 3, 4, 5, 6];
      const [[ours], [theirs]] = await onBoth(() => [
        unsortedSegmentSum(tensor2d(rows, [3, 2]), tensor1d([2, -1, 2], 'int32'), 4),
      ]);
      expect(ours).toEqual([0, 0, 0, 0, 6, 8, 0, 0]);
      expect(theirs).toEqual(ours);
    });
  });

  describe('Adam', () => {
    it.each([1, 300, 1000])('takes the step of the plain one: %i values', async (count) => {
      const settings = { rate: 0.01, decay: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
      const start = { values: drawn(count, 1), gradient: drawn(count, 2) };
      const moments = { first: drawn(count, 3), second: drawn(count, 4).map(Math.abs) };
      const given = { ...start, ...moments };
      await setBackend('webgpu');
      const tensors = Object.fromEntries(
        Object.entries(given).map(([name, numbers]) => [name, tensor1d(numbers.slice())]),
      );
      const run = () =>
        engine().runKernel(ADAM_STEP, tensors as NamedTensorMap, settings) as unknown as Tensor;
      const plain = () =>
        plainAdam(given.values, given.gradient, given.first, given.second, settings);
      // Twice, so that the second step starts from moments that the first one changed.
      const squares = [(await run().data())[0], (await run().data())[0]];
      const expected = [plain(), plain()];
      expectClose(squares, expected, 1e-5 * count);
      for (const name of ['values', 'first', 'second', 'gradient'] as const) {
        expectClose([...(await tensors[name].data())], given[name], 1e-6);
      }
    });
  });

  describe('LSTM', () => {
    const [batch, steps, units] = [3, 4, 5];
    const x = drawn(batch * steps * 4 * units, 5).map((value) => 2 * value);
    const u = drawn(units * 4 * units, 6);
    const weight = drawn(batch * units, 7);
    // Passed over at the start, in the middle, and throughout.
    const ids = [0, 0, 1, 2, 3, 0, 4, 5, 0, 0, 0, 0];
    const loss = (projected: Tensor, recurrent: Tensor) =>
      sum(
        mul(
          lstm(
            projected as Tensor3D,
            recurrent as Tensor2D,
            tensor2d(ids, [batch, steps], 'int32'),
          ),
          tensor2d(weight, [batch, units]),
        ),
      );
    const inputs = (a = x, b = u): [Tensor, Tensor] => [
      tensor(a, [batch, steps, 4 * units]),
      tensor(b, [units, 4 * units]),
    ];

    it('gives the values and gradients of the steps one after another on WASM', async () => {
      const [ours, theirs] = await onBoth(() => [
        loss(...inputs()),
        ...(grads(loss as never)(inputs()) as Tensor[]),
      ]);
      ours.forEach((values, i) => expectClose(values, theirs[i], 1e-5));
    });

    it('has the gradient of finite differences', async () => {
      await setBackend('webgpu');
      const gradients = grads(loss as never)(inputs()) as Tensor[];
      const [byX, byU] = await Promise.all(gradients.map((each) => each.data()));
      const step = 1e-2;
      const at = async (numbers: Float32Array, k: number, isX: boolean) => {
        const values = [];
        for (const sign of [1, -1]) {
          const moved = numbers.slice();
          moved[k] += sign * step;
          values.push((await loss(...(isX ? inputs(moved) : inputs(x, moved))).data())[0]);
        }
        return (values[0] - values[1]) / (2 * step);
      };
      for (const k of [41, 57, 63, 70, 99, 130]) {
        expect(Math.abs(byX[k] - (await at(x, k, true)))).toBeLessThan(2e-3);
      }
      for (const k of [0, 23, 47, 88]) {
        expect(Math.abs(byU[k] - (await at(u, k, false)))).toBeLessThan(2e-3);
      }
      expect([...byX].some((value) => Math.abs(value) > 0.05)).toBe(true);
    });
  });
});
