import { util, type DataType, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';

export type Values = Float32Array | Int32Array | Uint8Array;

/** What our kernels use of tfjs's WASM backend: its heap, on which every tensor has its place. */
export interface WasmBackend extends KernelBackend {
  wasm: {
    asm?: Record<string, unknown>;
    tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdMap: { get(dataId: object): { id: number; memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Values;
}

/**
 * A new tensor of zeros on the heap.
 *
 * Making it may move the heap, so take views (`typedArrayFromHeap`) only afterwards.
 */
export function zeros(backend: WasmBackend, shape: number[], dtype: DataType): TensorInfo {
  const output = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(output).fill(0);
  return output;
}

/**
 * Says that a tensor's values were changed in place.
 *
 * The backend keeps a packed copy of what a product or a convolution had on its right side, for as long as
 * that tensor is registered; without this they would go on computing with the old values.
 */
export function changed(backend: WasmBackend, tensor: TensorInfo): void {
  const { id, memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, util.sizeFromShape(tensor.shape), memoryOffset);
}
