import { wasm as adamWasm } from '../../kernels/generated/adam.ts';
import { layersSource, type LayerKernels } from '../../kernels/layers.ts';
import { loadTogether, type KernelSource } from '../../kernels/load.ts';
import { matmulSource, type Matmul } from '../../kernels/matmul.ts';
import { plainAdam } from '../wasm/adamStep.ts';

interface AdamKernel {
  /** One step of Adam in place, see kernels/assembly/adam.ts. */
  adam(
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
  ): number;
}

const adamSource: KernelSource<AdamKernel> = {
  wasm: adamWasm,
  twin: (buffer) => ({
    adam(values, gradient, first, second, count, rate, decay, beta1, beta2, epsilon) {
      const at = (offset: number) => new Float32Array(buffer, offset, count);
      const settings = { rate, decay, beta1, beta2, epsilon };
      return plainAdam(at(values), at(gradient), at(first), at(second), settings);
    },
  }),
};

/** The memory of a net and what computes on it. */
export interface Machine {
  kernels: Matmul & LayerKernels & AdamKernel;
  backend: 'kernel' | 'javascript';
  floats(offset: number, count: number): Float32Array;
  integers(offset: number, count: number): Uint32Array;
}

/** A machine with `bytes` bytes of memory, all zero. */
export async function loadMachine(bytes: number, options?: { plain?: boolean }): Promise<Machine> {
  const sources: [KernelSource<Matmul>, KernelSource<LayerKernels>, KernelSource<AdamKernel>] = [
    matmulSource,
    layersSource,
    adamSource,
  ];
  const { buffer, functions, backend } = await loadTogether(sources, bytes, options);
  return {
    kernels: functions,
    backend,
    floats: (offset, count) => new Float32Array(buffer, offset, count),
    integers: (offset, count) => new Uint32Array(buffer, offset, count),
  };
}
