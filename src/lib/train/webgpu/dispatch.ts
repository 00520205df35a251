import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** As far as we use them, the types of WebGPU, which this project's compiler does not know. */
interface Pipeline {
  getBindGroupLayout(group: number): object;
}

interface Pass {
  setPipeline(pipeline: Pipeline): void;
  setBindGroup(group: number, bindings: object): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
}

interface Device {
  readonly limits: Readonly<Record<string, number>>;
  createShaderModule(source: { code: string }): object;
  createComputePipeline(description: object): Pipeline;
  createBindGroup(description: object): object;
}

/** What our kernels use of tfjs's WebGPU backend: its buffers, and the commands it has not sent yet. */
export interface WebGpuBackend extends KernelBackend {
  device: Device;
  tensorMap: { get(dataId: object): { resource: object | null; values: unknown } };
  commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: { beginComputePass(): Pass } | null;
  computePassEncoder: Pass | null;
  dispatchCountInPass: number;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  makeUniforms(values: { type: 'uint32' | 'float32'; data: number[] }[]): object;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** Commands are sent in batches of so many, as by tfjs itself. */
const COMMANDS = 15;
/** Workgroups along one dimension, the least that a device allows. */
export const GRID = 65_535;

const pipelines = new WeakMap<Device, Map<string, Pipeline>>();

/**
 * Runs a compute shader after what tfjs has in its queue.
 *
 * @param code WGSL with the entry point `main`; bindings 0, 1, ... are `tensors`, the one after them a uniform
 *   structure of 32-bit numbers
 * @param tensors no two of which may share a buffer, where the shader writes to one
 * @param counts unsigned numbers of the structure, before its floats
 */
export function dispatch(
  backend: WebGpuBackend,
  code: string,
  tensors: readonly TensorInfo[],
  { counts, floats = [] }: { counts: readonly number[]; floats?: readonly number[] },
  [x, y = 1, z = 1]: readonly number[],
): void {
  const { device } = backend;
  const pipeline = compiled(device, code);
  for (const { dataId } of tensors) {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
  }
  const uniforms = backend.makeUniforms([
    ...counts.map((value) => ({ type: 'uint32' as const, data: [value] })),
    ...floats.map((value) => ({ type: 'float32' as const, data: [value] })),
  ]);
  const resources = [
    ...tensors.map(({ dataId }) => ({ buffer: backend.tensorMap.get(dataId).resource })),
    uniforms,
  ];
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  backend.computePassEncoder.setPipeline(pipeline);
  backend.computePassEncoder.setBindGroup(0, bindings);
  backend.computePassEncoder.dispatchWorkgroups(x, y, z);
  if (++backend.dispatchCountInPass < COMMANDS) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Says that a shader changed a tensor, of which tfjs may have kept a copy when it was read. */
export function changed(backend: WebGpuBackend, { dataId }: TensorInfo): void {
  backend.tensorMap.get(dataId).values = null;
}

function compiled(device: Device, code: string): Pipeline {
  let known = pipelines.get(device);
  if (!known) pipelines.set(device, (known = new Map()));
  let pipeline = known.get(code);
  if (!pipeline) {
    const module = device.createShaderModule({ code });
    const compute = { module, entryPoint: 'main' };
    known.set(code, (pipeline = device.createComputePipeline({ layout: 'auto', compute })));
  }
  return pipeline;
}
