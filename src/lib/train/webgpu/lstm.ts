import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { LSTM_BACKWARD, LSTM_FORWARD } from '../nets/tensors/lstm.ts';
import { dispatch, GRID, type WebGpuBackend } from './dispatch.ts';

const THREADS = 256;

/** Reviews do not wait for each other, so that one workgroup takes one of them through all of its words. */
const HEAD = `
struct Sizes { batch: u32, steps: u32 }

fn squash(x: f32) -> f32 {
  let e = exp(-2 * min(abs(x), 40.0));
  return sign(x) * (1 - e) / (1 + e);
}

fn hardSigmoid(x: f32) -> f32 { return clamp(0.2 * x + 0.5, 0.0, 1.0); }

fn hardSlope(y: f32) -> f32 { return select(0.0, 0.2, y > 0 && y < 1); }
`;

const forward = (units: number) => `${HEAD}
@group(0) @binding(0) var<storage, read> projected: array<f32>;
@group(0) @binding(1) var<storage, read> recurrent: array<f32>;
@group(0) @binding(2) var<storage, read> words: array<i32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> cells: array<f32>;
@group(0) @binding(5) var<storage, read_write> hidden: array<f32>;
@group(0) @binding(6) var<uniform> sizes: Sizes;
const UNITS = ${units}u;
var<workgroup> h: array<f32, UNITS>;
var<workgroup> c: array<f32, UNITS>;
var<workgroup> z: array<f32, 4 * UNITS>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_id) thread: vec3u, @builtin(workgroup_id) group: vec3u) {
  let review = group.y * ${GRID} + group.x;
  if (review >= sizes.batch) { return; }
  let before = review * (sizes.steps + 1) * UNITS;
  for (var j = thread.x; j < UNITS; j += ${THREADS}) {
    h[j] = 0;
    c[j] = 0;
    cells[before + j] = 0;
    hidden[before + j] = 0;
  }
  workgroupBarrier();
  for (var t = 0u; t < sizes.steps; t += 1) {
    let step = review * sizes.steps + t;
    let after = before + (t + 1) * UNITS;
    let isWord = words[step] != 0;
    if (isWord) {
      for (var o = thread.x; o < 4 * UNITS; o += ${THREADS}) {
        var sum = projected[step * 4 * UNITS + o];
        for (var k = 0u; k < UNITS; k += 1) { sum += h[k] * recurrent[k * 4 * UNITS + o]; }
        z[o] = sum;
      }
    }
    workgroupBarrier();
    for (var j = thread.x; j < UNITS; j += ${THREADS}) {
      if (isWord) {
        let input = hardSigmoid(z[j]);
        let forget = hardSigmoid(z[UNITS + j]);
        let fresh = squash(z[2 * UNITS + j]);
        let output = hardSigmoid(z[3 * UNITS + j]);
        let at = step * 4 * UNITS + j;
        gates[at] = input;
        gates[at + UNITS] = forget;
        gates[at + 2 * UNITS] = fresh;
        gates[at + 3 * UNITS] = output;
        c[j] = forget * c[j] + input * fresh;
        h[j] = output * squash(c[j]);
      }
      cells[after + j] = c[j];
      hidden[after + j] = h[j];
    }
    workgroupBarrier();
  }
}`;

const backward = (units: number, slices: number) => `${HEAD}
@group(0) @binding(0) var<storage, read> outputGradient: array<f32>;
@group(0) @binding(1) var<storage, read> recurrent: array<f32>;
@group(0) @binding(2) var<storage, read> words: array<i32>;
@group(0) @binding(3) var<storage, read> gates: array<f32>;
@group(0) @binding(4) var<storage, read> cells: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(6) var<uniform> sizes: Sizes;
const UNITS = ${units}u;
const SLICES = ${slices}u;
var<workgroup> dh: array<f32, UNITS>;
var<workgroup> dc: array<f32, UNITS>;
var<workgroup> dz: array<f32, 4 * UNITS>;
var<workgroup> parts: array<f32, SLICES * UNITS>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_id) thread: vec3u, @builtin(workgroup_id) group: vec3u) {
  let review = group.y * ${GRID} + group.x;
  if (review >= sizes.batch) { return; }
  let before = review * (sizes.steps + 1) * UNITS;
  for (var j = thread.x; j < UNITS; j += ${THREADS}) {
    dh[j] = outputGradient[review * UNITS + j];
    dc[j] = 0;
  }
  workgroupBarrier();
  for (var t = sizes.steps; t > 0; t -= 1) {
    let step = review * sizes.steps + t - 1;
    let at = step * 4 * UNITS;
    let isWord = words[step] != 0;
    for (var j = thread.x; j < UNITS; j += ${THREADS}) {
      if (isWord) {
        let input = gates[at + j];
        let forget = gates[at + UNITS + j];
        let fresh = gates[at + 2 * UNITS + j];
        let output = gates[at + 3 * UNITS + j];
        let flat = squash(cells[before + t * UNITS + j]);
        let down = dc[j] + dh[j] * output * (1 - flat * flat);
        dz[j] = down * fresh * hardSlope(input);
        dz[UNITS + j] = down * cells[before + (t - 1) * UNITS + j] * hardSlope(forget);
        dz[2 * UNITS + j] = down * input * (1 - fresh * fresh);
        dz[3 * UNITS + j] = dh[j] * flat * hardSlope(output);
        dc[j] = down * forget;
      } else {
        dz[j] = 0;
        dz[UNITS + j] = 0;
        dz[2 * UNITS + j] = 0;
        dz[3 * UNITS + j] = 0;
      }
      for (var gate = 0u; gate < 4; gate += 1) {
        gradient[at + gate * UNITS + j] = dz[gate * UNITS + j];
      }
    }
    workgroupBarrier();
    if (isWord) {
      for (var k = thread.x; k < SLICES * UNITS; k += ${THREADS}) {
        let j = k % UNITS;
        var sum = 0.0;
        for (var o = k / UNITS; o < 4 * UNITS; o += SLICES) { sum += dz[o] * recurrent[o * UNITS + j]; }
        parts[k] = sum;
      }
    }
    workgroupBarrier();
    if (isWord) {
      for (var j = thread.x; j < UNITS; j += ${THREADS}) {
        var sum = 0.0;
        for (var slice = 0u; slice < SLICES; slice += 1) { sum += parts[slice * UNITS + j]; }
        dh[j] = sum;
      }
    }
    workgroupBarrier();
  }
}`;

function grid(batch: number): number[] {
  return [Math.min(GRID, batch), Math.ceil(batch / GRID)];
}

/** All steps of an LSTM in one launch; see `LSTM_FORWARD`. */
export const lstmForward: KernelConfig = {
  kernelName: LSTM_FORWARD,
  backendName: 'webgpu',
  kernelFunc({ inputs, backend }) {
    const { projected, recurrent, words } = inputs as Record<string, TensorInfo>;
    const gpu = backend as WebGpuBackend;
    const [batch, steps, width] = projected.shape;
    const units = width / 4;
    const gates = gpu.makeTensorInfo([batch, steps, width], 'float32');
    const cells = gpu.makeTensorInfo([batch, steps + 1, units], 'float32');
    const hidden = gpu.makeTensorInfo([batch, steps + 1, units], 'float32');
    const tensors = [projected, recurrent, words, gates, cells, hidden];
    dispatch(gpu, forward(units), tensors, { counts: [batch, steps] }, grid(batch));
    return [gates, cells, hidden];
  },
};

/** The way back through all steps in one launch; see `LSTM_BACKWARD`. */
export const lstmBackward: KernelConfig = {
  kernelName: LSTM_BACKWARD,
  backendName: 'webgpu',
  kernelFunc({ inputs, backend }) {
    const { outputGradient, turned, words, gates, cells } = inputs as Record<string, TensorInfo>;
    const gpu = backend as WebGpuBackend;
    const [batch, steps, width] = gates.shape;
    const units = width / 4;
    const gradient = gpu.makeTensorInfo([batch, steps, width], 'float32');
    const tensors = [outputGradient, turned, words, gates, cells, gradient];
    const code = backward(units, Math.max(1, Math.floor(THREADS / units)));
    dispatch(gpu, code, tensors, { counts: [batch, steps] }, grid(batch));
    return gradient;
  },
};
