// The published kernels, which ours add to.
import '@tensorflow/tfjs-backend-wasm';
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { adamStep } from './adamStep.ts';
import { batchMatMul } from './batchMatMul.ts';
import { conv2DBackpropFilter } from './conv2DBackpropFilter.ts';
import { conv2DBackpropInput } from './conv2DBackpropInput.ts';
import { einsum } from './einsum.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';

/** What training needs and the WASM backend lacks. */
const ADDED: KernelConfig[] = [unsortedSegmentSum, conv2DBackpropFilter, einsum, adamStep];

/** What it has but slowly: ours, made from the published one. */
const WRAPPED: Record<string, (published: KernelFunc) => KernelFunc> = {
  BatchMatMul: batchMatMul,
  Conv2DBackpropInput: conv2DBackpropInput,
};

let registered = false;

/** Completes tfjs's WASM backend for training. A second call changes nothing. */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  for (const kernel of ADDED) registerKernel(kernel);
  for (const [name, wrap] of Object.entries(WRAPPED)) {
    const published = getKernel(name, 'wasm');
    unregisterKernel(name, 'wasm');
    registerKernel({ ...published, kernelFunc: wrap(published.kernelFunc) });
  }
}
