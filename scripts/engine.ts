import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** What the processor and Node's engine offer to our kernels. */
export interface Engine {
  platform: string;
  processor: string;
  /** As many as this process may use at once. */
  threads: number;
  sharedArrayBuffer: boolean;
  wasm: { simd: boolean; relaxedSimd: boolean; threads: boolean };
  /** In bytes. */
  memory: { total: number; free: number; heapLimit: number };
}

/** This machine and this Node. */
export function engine(): Engine {
  return {
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? process.arch,
    threads: availableParallelism(),
    sharedArrayBuffer: typeof SharedArrayBuffer !== 'undefined',
    wasm: {
      simd: isKnown([...SPLAT, DROP]),
      relaxedSimd: isKnown([...SPLAT, ...SPLAT, ...RELAXED_SWIZZLE, DROP]),
      threads: WebAssembly.validate(Uint8Array.from([...HEAD, ...SHARED_MEMORY])),
    },
    memory: {
      total: totalmem(),
      free: freemem(),
      heapLimit: getHeapStatistics().heap_size_limit,
    },
  };
}

/** `\0asm`, version 1 */
const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** A memory section with one memory of one page, shared. */
const SHARED_MEMORY = [0x05, 0x04, 0x01, 0x03, 0x01, 0x01];
/** `i32.const 0`, `i8x16.splat` */
const SPLAT = [0x41, 0x00, 0xfd, 0x0f];
/** `i8x16.relaxed_swizzle` */
const RELAXED_SWIZZLE = [0xfd, 0x80, 0x02];
const DROP = 0x1a;
const END = 0x0b;

/** Whether a function without arguments and results may have this body. */
function isKnown(instructions: readonly number[]): boolean {
  const body = [0x00, ...instructions, END];
  const type = [0x01, 0x04, 0x01, 0x60, 0x00, 0x00];
  const declaration = [0x03, 0x02, 0x01, 0x00];
  const code = [0x0a, body.length + 2, 0x01, body.length, ...body];
  return WebAssembly.validate(Uint8Array.from([...HEAD, ...type, ...declaration, ...code]));
}
