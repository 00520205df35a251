import {
  getKernel,
  type BatchMatMulAttrs,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.ts';

/**
 * Matrix products with a matrix to be transposed, as in every gradient of a product: it is transposed
 * first, since the published kernel has a path of its own for such products, which is many times slower.
 */
export function batchMatMul(published: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { transposeA, transposeB } = attrs as unknown as BatchMatMulAttrs;
    const temporary: TensorInfo[] = [];
    const transposed = (x: TensorInfo) => {
      const rank = x.shape.length;
      const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
      const transpose = getKernel('Transpose', 'wasm').kernelFunc;
      const made = transpose({ inputs: { x }, attrs: { perm }, backend }) as TensorInfo;
      temporary.push(made);
      return made;
    };
    const { a, b } = inputs as Record<string, TensorInfo>;
    const product = published({
      inputs: { a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b },
      attrs: { transposeA: false, transposeB: false },
      backend,
    });
    for (const { dataId } of temporary) (backend as WasmBackend).disposeData(dataId);
    return product;
  };
}
