import {
  util,
  type KernelConfig,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { zeros, type WasmBackend } from './heap.ts';

/**
 * Row s of the output is the sum of the rows of `x` whose segment id is s; it is the gradient of `gather`.
 *
 * As in TensorFlow, `segmentIds` has the leading dimensions of `x`, a negative id drops its row, and a
 * segment without rows is zero. The cost is that of the rows of `x`, beside zeroing the output.
 *
 * @throws RangeError for an id of `numSegments` or above
 */
export const unsortedSegmentSum: KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { x, segmentIds } = inputs as Record<string, TensorInfo>;
    const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
    const wasm = backend as WasmBackend;
    const inner = x.shape.slice(segmentIds.shape.length);
    const output = zeros(wasm, [numSegments, ...inner], x.dtype);
    const width = util.sizeFromShape(inner);
    const ids = wasm.typedArrayFromHeap(segmentIds);
    const rows = wasm.typedArrayFromHeap(x);
    const sums = wasm.typedArrayFromHeap(output);
    for (let k = 0; k < ids.length; k++) {
      if (ids[k] < 0) continue;
      if (ids[k] >= numSegments) {
        wasm.disposeData(output.dataId);
        throw new RangeError(
          `UnsortedSegmentSum: segment id ${ids[k]} at ${k} (expected less than ${numSegments})`,
        );
      }
      const to = ids[k] * width;
      const from = k * width;
      for (let j = 0; j < width; j++) sums[to + j] += rows[from + j];
    }
    return output;
  },
};
