import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { adamStep } from './adamStep.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';

const KERNELS: KernelConfig[] = [unsortedSegmentSum, adamStep];

/** Adds what tfjs's WASM backend lacks for training, and replaces what is slow there. Can be called again. */
export function registerWasmKernels(): void {
  for (const kernel of KERNELS) {
    const present = getKernel(kernel.kernelName, 'wasm');
    if (present?.kernelFunc === kernel.kernelFunc) continue;
    if (present) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}
