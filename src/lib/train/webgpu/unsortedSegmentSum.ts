import {
  util,
  type KernelFunc,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { dispatch, GRID, type WebGpuBackend } from './dispatch.ts';

const THREADS = 256;
const MOST_COLUMNS = 64;

/**
 * One workgroup a segment and tile of columns: it looks through the ids in pieces of its own size, and adds the rows
 * that are its own in an order that is always the same, so that a training repeats to the bit.
 */
function shader(columns: number): string {
  const slices = THREADS / columns;
  return `
struct Sizes { rows: u32, width: u32, segments: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<i32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> own: array<u32, ${THREADS}>;
var<workgroup> any: atomic<u32>;
var<workgroup> parts: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_id) thread: vec3u, @builtin(workgroup_id) group: vec3u) {
  let segment = group.y * ${GRID} + group.x;
  if (segment >= sizes.segments) { return; }
  let column = group.z * ${columns} + thread.x % ${columns};
  let slice = thread.x / ${columns};
  var sum = 0.0;
  for (var start = 0u; start < sizes.rows; start += ${THREADS}) {
    if (thread.x == 0) { atomicStore(&any, 0u); }
    workgroupBarrier();
    let row = start + thread.x;
    var isOwn = false;
    if (row < sizes.rows) { isOwn = ids[row] == i32(segment); }
    own[thread.x] = select(0u, 1u, isOwn);
    if (isOwn) { atomicStore(&any, 1u); }
    workgroupBarrier();
    if (atomicLoad(&any) == 1u && column < sizes.width) {
      for (var k = slice; k < ${THREADS}; k += ${slices}) {
        if (own[k] == 1u) { sum += x[(start + k) * sizes.width + column]; }
      }
    }
    workgroupBarrier();
  }
  parts[thread.x] = sum;
  workgroupBarrier();
  if (slice == 0 && column < sizes.width) {
    for (var k = 1u; k < ${slices}; k += 1) { sum += parts[k * ${columns} + thread.x]; }
    sums[segment * sizes.width + column] = sum;
  }
}`;
}

/**
 * The sums of the rows of `x` by segment, as the WASM rung has them, in one launch without a transpose and without
 * atomic additions, whose order changes from run to run. Ids outside the segments drop their rows; other types than
 * float32 are left to the published kernel.
 */
export function unsortedSegmentSum(published: KernelFunc): KernelFunc {
  return (call) => {
    const { x, segmentIds } = call.inputs as Record<string, TensorInfo>;
    const { numSegments } = call.attrs as unknown as UnsortedSegmentSumAttrs;
    const gpu = call.backend as WebGpuBackend;
    const inner = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(inner);
    const rows = util.sizeFromShape(segmentIds.shape);
    if (x.dtype !== 'float32' || rows * width * numSegments === 0) return published(call);
    const sums = gpu.makeTensorInfo([numSegments, ...inner], 'float32');
    const columns = Math.min(MOST_COLUMNS, 2 ** Math.ceil(Math.log2(width)));
    const grid = [
      Math.min(GRID, numSegments),
      Math.ceil(numSegments / GRID),
      Math.ceil(width / columns),
    ];
    const sizes = { counts: [rows, width, numSegments] };
    dispatch(gpu, shader(columns), [x, segmentIds, sums], sizes, grid);
    return sums;
  };
}
