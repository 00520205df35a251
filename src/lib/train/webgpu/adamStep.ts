import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { ADAM_STEP, type AdamStep } from '../wasm/adamStep.ts';
import { changed, dispatch, type WebGpuBackend } from './dispatch.ts';

const THREADS = 256;
const MOST_GROUPS = 1024;

const STEP = `
struct Step { count: u32, rate: f32, decay: f32, beta1: f32, beta2: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<f32>;
@group(0) @binding(3) var<storage, read_write> second: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;
@group(0) @binding(5) var<uniform> step: Step;
var<workgroup> parts: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(
  @builtin(local_invocation_id) thread: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  var squares = 0.0;
  for (var k = group.x * ${THREADS} + thread.x; k < step.count; k += groups.x * ${THREADS}) {
    let w = values[k];
    let g = gradient[k] + step.decay * w;
    let m = step.beta1 * first[k] + (1 - step.beta1) * g;
    let v = step.beta2 * second[k] + (1 - step.beta2) * g * g;
    first[k] = m;
    second[k] = v;
    values[k] = w - step.rate * m / (sqrt(v) + step.epsilon);
    squares += w * w;
  }
  parts[thread.x] = squares;
  for (var half = ${THREADS / 2}u; half > 0; half >>= 1) {
    workgroupBarrier();
    if (thread.x < half) { parts[thread.x] += parts[thread.x + half]; }
  }
  if (thread.x == 0) { sums[group.x] = parts[0]; }
}`;

const TOTAL = `
struct Size { count: u32 }
@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> total: array<f32>;
@group(0) @binding(2) var<uniform> size: Size;
var<workgroup> parts: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_id) thread: vec3u) {
  var sum = 0.0;
  for (var k = thread.x; k < size.count; k += ${THREADS}) { sum += sums[k]; }
  parts[thread.x] = sum;
  for (var half = ${THREADS / 2}u; half > 0; half >>= 1) {
    workgroupBarrier();
    if (thread.x < half) { parts[thread.x] += parts[thread.x + half]; }
  }
  if (thread.x == 0) { total[0] = parts[0]; }
}`;

/**
 * The step of Adam that the WASM rung has, in place and in two launches where tfjs would need a dozen, each with
 * a new buffer.
 *
 * @returns a scalar, the sum of the squared values before the step
 */
export const adamStep: KernelConfig = {
  kernelName: ADAM_STEP,
  backendName: 'webgpu',
  kernelFunc({ inputs, attrs, backend }) {
    const { values, gradient, first, second } = inputs as Record<string, TensorInfo>;
    const { rate, decay, beta1, beta2, epsilon } = attrs as unknown as AdamStep;
    const gpu = backend as WebGpuBackend;
    const count = values.shape.reduce((size, length) => size * length, 1);
    const groups = Math.max(1, Math.min(MOST_GROUPS, Math.ceil(count / THREADS)));
    const sums = gpu.makeTensorInfo([groups], 'float32');
    const total = gpu.makeTensorInfo([], 'float32');
    const settings = { counts: [count], floats: [rate, decay, beta1, beta2, epsilon] };
    dispatch(gpu, STEP, [values, gradient, first, second, sums], settings, [groups]);
    dispatch(gpu, TOTAL, [sums, total], { counts: [groups] }, [1]);
    for (const tensor of [values, first, second]) changed(gpu, tensor);
    gpu.disposeData(sums.dataId);
    return total;
  },
};
