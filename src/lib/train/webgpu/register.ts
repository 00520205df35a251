import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { adamStep } from './adamStep.ts';
import { lstmForward, lstmBackward } from './lstm.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';

let registered = false;

/** Puts our shaders beside those of tfjs's WebGPU backend, which is imported before. A second call changes nothing. */
export function registerWebGpuKernels(): void {
  if (registered) return;
  registered = true;
  for (const kernel of [adamStep, lstmForward, lstmBackward]) registerKernel(kernel);
  const published = getKernel('UnsortedSegmentSum', 'webgpu');
  unregisterKernel('UnsortedSegmentSum', 'webgpu');
  registerKernel({ ...published, kernelFunc: unsortedSegmentSum(published.kernelFunc) });
}
