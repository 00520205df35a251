import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { wasm as binary } from '../../kernels/generated/adam.ts';
import { changed, type WasmBackend } from './heap.ts';

export const ADAM_STEP = 'EmbedscopeAdamStep';

/** The settings of one step of Adam (Kingma and Ba 2015, as Keras 1 computes it). */
export interface AdamStep {
  /** The learning rate with the correction for the start in it: lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ). */
  rate: number;
  /** Added to the gradient as decay · value; for a penalty λ·Σw² it is 2λ. */
  decay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** `adam` of kernels/assembly/adam.ts. */
type Adam = (
  values: number,
  gradient: number,
  first: number,
  second: number,
  count: number,
  rate: number,
  decay: number,
  beta1: number,
  beta2: number,
  epsilon: number,
) => number;

/**
 * One step of Adam over a tensor, its gradient and its two moments, all of one size: values and moments
 * are changed in place, in one pass over memory, where tfjs would make a dozen.
 *
 * @returns a scalar, the sum of the squared values before the step
 */
export const adamStep: KernelConfig = {
  kernelName: ADAM_STEP,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { values, gradient, first, second } = inputs as Record<string, TensorInfo>;
    const { rate, decay, beta1, beta2, epsilon } = attrs as unknown as AdamStep;
    const wasm = backend as WasmBackend;
    const output = wasm.makeOutput([], 'float32');
    const places = [values, gradient, first, second].map((tensor) =>
      wasm.typedArrayFromHeap(tensor),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const [w, g, m, v] = places.map(({ byteOffset }) => byteOffset);
    const adam = compiled(wasm);
    const squares = adam
      ? adam(w, g, m, v, places[0].length, rate, decay, beta1, beta2, epsilon)
      : plainAdam(...places, { rate, decay, beta1, beta2, epsilon });
    wasm.typedArrayFromHeap(output)[0] = squares;
    for (const tensor of [values, first, second]) changed(wasm, tensor);
    return output;
  },
};

/** The same in plain JavaScript, for engines without SIMD and for memory that threads share. */
export function plainAdam(
  values: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  step: AdamStep,
): number {
  const { fround, sqrt } = Math;
  const [rate, decay, keep1, keep2, epsilon] = [
    step.rate,
    step.decay,
    step.beta1,
    step.beta2,
    step.epsilon,
  ].map(fround);
  const [take1, take2] = [fround(1 - keep1), fround(1 - keep2)];
  let squares = 0;
  // Rounded after every operation, so that it agrees with the compiled kernel bit for bit.
  for (let k = 0; k < values.length; k++) {
    const w = values[k];
    squares += fround(w * w);
    const g = fround(gradient[k] + fround(decay * w));
    const m = fround(fround(keep1 * first[k]) + fround(take1 * g));
    const v = fround(fround(keep2 * second[k]) + fround(take2 * fround(g * g)));
    first[k] = m;
    second[k] = v;
    values[k] = fround(w - fround(fround(rate * m) / fround(fround(sqrt(v)) + epsilon)));
  }
  return squares;
}

const instances = new WeakMap<WasmBackend, Adam | null>();

/** The compiled kernel on the backend's own memory; null where it cannot run there. */
function compiled(backend: WasmBackend): Adam | null {
  let adam = instances.get(backend);
  if (adam === undefined) {
    adam = instantiate(backend.wasm.asm?.memory);
    instances.set(backend, adam);
  }
  return adam;
}

function instantiate(memory: unknown): Adam | null {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  if (!(memory instanceof WebAssembly.Memory) || !WebAssembly.validate(bytes)) return null;
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    return instance.exports.adam as Adam;
  } catch {
    // Memory that threads share does not fit a kernel that was compiled for its own.
    return null;
  }
}
