import '@tensorflow/tfjs-backend-cpu';
import { memory, ready, setBackend, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { chooseBackend } from '../../../../src/lib/train/backend.node.ts';

/** Sets up the WASM backend with our kernels. */
export async function startWasm(): Promise<void> {
  await chooseBackend('wasm');
}

/**
 * Computes the same on the WASM backend and on tfjs's plain JavaScript backend, and expects equal shapes,
 * types and values, and no tensor left over.
 */
export async function expectSame(compute: () => Tensor, digits = 4): Promise<void> {
  const [ours, theirs] = [await on('wasm', compute), await on('cpu', compute)];
  expect(ours.shape).toEqual(theirs.shape);
  expect(ours.dtype).toBe(theirs.dtype);
  const scale = Math.max(1, ...theirs.values.map(Math.abs));
  expect(ours.values.length).toBe(theirs.values.length);
  for (const [k, value] of theirs.values.entries()) {
    expect(ours.values[k] / scale).toBeCloseTo(value / scale, digits);
  }
}

async function on(backend: string, compute: () => Tensor) {
  await setBackend(backend);
  await ready();
  const before = memory().numTensors;
  const tensor = tidy(compute);
  const values = [...(await tensor.data())];
  const { shape, dtype } = tensor;
  tensor.dispose();
  expect(memory().numTensors, `tensors left on ${backend}`).toBe(before);
  return { values, shape, dtype };
}
