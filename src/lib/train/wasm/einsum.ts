import {
  backend_util,
  util,
  type EinsumAttrs,
  type KernelConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { zeros, type WasmBackend } from './heap.ts';

/**
 * Einstein summation of one or more tensors, e.g. `abc,cd->abd`: one loop over all dimensions, those of the
 * output first, in which every tensor has a stride per dimension (0 where it does not have the dimension).
 */
export const einsum: KernelConfig = {
  kernelName: 'Einsum',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { equation } = attrs as unknown as EinsumAttrs;
    const tensors = inputs as unknown as Tensor[];
    const wasm = backend as WasmBackend;
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
      equation,
      tensors.length,
    );
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
    const sizes = new Array<number>(allDims.length).fill(1);
    const strides = tensors.map(({ shape }, t) => {
      const own = new Array<number>(allDims.length).fill(0);
      const steps = rowMajor(shape);
      idDims[t].forEach((dimension, axis) => {
        own[dimension] = steps[axis];
        sizes[dimension] = shape[axis];
      });
      return own;
    });
    const shape = sizes.slice(0, sizes.length - summedDims.length);
    const output = zeros(wasm, shape, 'float32');
    const sums = wasm.typedArrayFromHeap(output);
    const values = tensors.map((tensor) => wasm.typedArrayFromHeap(tensor));
    const terms = util.sizeFromShape(sizes) / Math.max(1, sums.length);
    const at = tensors.map(() => 0);
    const index = new Array<number>(sizes.length).fill(0);
    for (let place = 0; place < sums.length; place++) {
      let sum = 0;
      for (let term = 0; term < terms; term++) {
        let product = 1;
        for (let t = 0; t < values.length; t++) product *= values[t][at[t]];
        sum += product;
        advance(index, sizes, at, strides);
      }
      sums[place] = sum;
    }
    return output;
  },
};

function rowMajor(shape: number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  }
  return strides;
}

/** Moves to the next index in row-major order, and each tensor's offset with it. */
function advance(index: number[], sizes: number[], at: number[], strides: number[][]): void {
  for (let d = index.length - 1; d >= 0; d--) {
    index[d]++;
    for (let t = 0; t < at.length; t++) at[t] += strides[t][d];
    if (index[d] < sizes[d]) return;
    for (let t = 0; t < at.length; t++) at[t] -= strides[t][d] * sizes[d];
    index[d] = 0;
  }
}
