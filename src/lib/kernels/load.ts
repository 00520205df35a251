/** Functions that compute on one block of memory, addressed by byte offsets. */
export interface Kernel<Functions> {
  /** The memory that the functions read and write; views on it stay valid. */
  buffer: ArrayBuffer;
  functions: Functions;
  /** `kernel`: WebAssembly with SIMD; `javascript`: the plain twin, which gives the same answers. */
  backend: 'kernel' | 'javascript';
  /** Where other kernels can be put beside this one; a twin has none. */
  memory?: WebAssembly.Memory;
}

/** A kernel that can share a memory with others. */
export interface KernelSource<Functions> {
  /** The binary as base64, from `generated/`. */
  wasm: string;
  /** The same functions in plain JavaScript over a given memory. */
  twin: (buffer: ArrayBuffer) => Functions;
}

export interface LoadOptions {
  /** Takes the plain twin in any case. */
  plain?: boolean;
}

/** What a 32-bit WebAssembly memory can hold at most. */
export const MEMORY_LIMIT = 2 ** 32;
const PAGE = 2 ** 16;

/**
 * A compiled kernel on `bytes` bytes of fresh memory (zeros), or its plain JavaScript twin where
 * WebAssembly with SIMD is missing.
 *
 * @param wasm the binary as base64, from `generated/`
 * @param twin makes the same functions over a given memory
 * @param plain takes the twin in any case
 * @throws RangeError when there is no memory of that size
 */
export async function loadKernel<Functions>(
  wasm: string,
  twin: (buffer: ArrayBuffer) => Functions,
  bytes: number,
  { plain = false }: { plain?: boolean } = {},
): Promise<Kernel<Functions>> {
  const binary = decode(wasm, bytes);
  if (plain || !runs(binary)) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 16) * 16);
    return { buffer, functions: twin(buffer), backend: 'javascript' };
  }
  const memory = new WebAssembly.Memory({ initial: pages(bytes) });
  return {
    buffer: memory.buffer,
    functions: (await instantiate(binary, memory)) as unknown as Functions,
    backend: 'kernel',
    memory,
  };
}

/**
 * The functions of a small kernel on `bytes` bytes of fresh memory (zeros), at once, for callers that cannot wait;
 * undefined where WebAssembly with SIMD is missing.
 *
 * @throws RangeError when there is no memory of that size
 */
export function instantiateNow<Functions>(
  wasm: string,
  bytes: number,
): { buffer: ArrayBuffer; functions: Functions } | undefined {
  const binary = decode(wasm, bytes);
  if (!runs(binary)) return undefined;
  const memory = new WebAssembly.Memory({ initial: pages(bytes) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return { buffer: memory.buffer, functions: exports as unknown as Functions };
}

/** A kernel whose memory several threads can work on. */
export interface SharedKernel<Functions> {
  buffer: SharedArrayBuffer;
  functions: Functions;
  backend: 'kernel' | 'javascript';
  /** What a thread needs to run the same functions on the same memory; absent with the plain twin. */
  code?: { module: WebAssembly.Module; memory: WebAssembly.Memory };
}

/**
 * As `loadKernel`, for a kernel that is built for shared memory.
 *
 * @throws RangeError when there is no memory of that size
 */
export async function loadSharedKernel<Functions>(
  wasm: string,
  twin: (buffer: SharedArrayBuffer) => Functions,
  bytes: number,
  { plain = false }: { plain?: boolean } = {},
): Promise<SharedKernel<Functions>> {
  const binary = decode(wasm, bytes);
  if (plain || !runs(binary)) {
    const buffer = new SharedArrayBuffer(Math.ceil(bytes / 16) * 16);
    return { buffer, functions: twin(buffer), backend: 'javascript' };
  }
  const size = pages(bytes);
  const memory = new WebAssembly.Memory({ initial: size, maximum: size, shared: true });
  const module = await WebAssembly.compile(binary);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return {
    buffer: memory.buffer as unknown as SharedArrayBuffer,
    functions: instance.exports as unknown as Functions,
    backend: 'kernel',
    code: { module, memory },
  };
}

function decode(wasm: string, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes > MEMORY_LIMIT) {
    throw new RangeError(`a kernel's memory holds at most ${MEMORY_LIMIT} bytes, not ${bytes}`);
  }
  return Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
}

/** Whether this engine knows all that a binary (as base64) is made of. */
export function isRunnable(wasm: string): boolean {
  return runs(decode(wasm, 0));
}

/** An engine without SIMD refuses the binary. */
function runs(binary: Uint8Array<ArrayBuffer>): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(binary);
}

function pages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE));
}

type Together<Sources extends KernelSource<unknown>[]> = Sources extends [
  KernelSource<infer First>,
  ...infer Rest extends KernelSource<unknown>[],
]
  ? First & Together<Rest>
  : unknown;

/**
 * Several kernels on one memory of `bytes` bytes (zeros), their functions side by side; the plain twins of all of them
 * where WebAssembly with SIMD is missing.
 *
 * @throws RangeError when there is no memory of that size
 */
export async function loadTogether<Sources extends KernelSource<unknown>[]>(
  sources: [...Sources],
  bytes: number,
  options: { plain?: boolean } = {},
): Promise<Kernel<Together<Sources>>> {
  const [first, ...others] = sources;
  const { buffer, functions, backend, memory } = await loadKernel(
    first.wasm,
    first.twin,
    bytes,
    options,
  );
  const all = [functions];
  for (const { wasm, twin } of others) {
    all.push(memory ? await instantiate(decode(wasm, bytes), memory) : twin(buffer));
  }
  const together = Object.assign({}, ...all.map((own) => ({ ...(own as object) })));
  return { buffer, functions: together as Together<Sources>, backend };
}

async function instantiate(
  binary: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
): Promise<WebAssembly.Exports> {
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  return instance.exports;
}

/** Hands out places in a kernel's memory, one after another, each at a multiple of 16 bytes. */
export class Layout {
  bytes = 0;

  /** The offset of `count` values of four bytes. */
  reserve(count: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(count / 4) * 16;
    return offset;
  }
}
