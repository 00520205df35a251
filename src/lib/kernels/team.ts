import type { Kernel, KernelSource, LoadOptions, SharedKernel } from './load.ts';
import { isRunnable, loadKernel, loadSharedKernel } from './load.ts';
import * as shared from './teamMember.mjs';

/** Threads that run the functions of one kernel together on its memory. The calling thread is one of them. */
export interface Team {
  /** Threads, the calling one with them. */
  readonly count: number;
  /**
   * Runs a function of the kernel on every member at once, each with its own arguments, and returns what each
   * returned, once all are done. Members are numbered from 0, the calling thread.
   *
   * @param values a member's arguments, at most 24
   * @throws Error when there is no such function, a member's call threw, or a thread gave no answer in time, after
   *   which the team works no more
   */
  run(name: string, values: (member: number) => number[]): number[];
  /** Ends the threads. A team that nobody holds any more ends by itself. */
  close(): void | Promise<void>;
}

/** Starts teams; how, depends on the platform. */
export interface TeamStarter {
  /** Members that a team will have; where threads cannot be started there is one. */
  readonly count: number;
  start<Functions>(kernel: Kernel<Functions> | SharedKernel<Functions>): Promise<Team>;
}

type Callable = Record<string, ((...values: number[]) => number) | undefined>;

function functionOf(kernel: { functions: unknown }, name: string) {
  const found = (kernel.functions as Callable)[name];
  if (!found) throw new Error(`the kernel has no function "${name}"`);
  return found;
}

/** The calling thread alone; works with every kernel, the plain twin included. */
export const soloTeam: TeamStarter = {
  count: 1,
  async start(kernel) {
    let closed = false;
    return {
      count: 1,
      run(name, values) {
        if (closed) throw new Error(CLOSED);
        return [functionOf(kernel, name)(...values(0))];
      },
      close() {
        closed = true;
      },
    };
  },
};

/** A kernel that can be loaded for one thread or for several: the same source, compiled twice. */
export interface TeamKernelSource<Functions> extends Omit<KernelSource<Functions>, 'twin'> {
  /** The binary for shared memory as base64, from `generated/NAME.shared.ts`. */
  sharedWasm: string;
  /**
   * The same with fused products, for engines that have relaxed SIMD: sums are as near to the true ones or nearer, but
   * not the same.
   */
  relaxed?: { wasm: string; sharedWasm: string };
  twin: (buffer: ArrayBufferLike) => Functions;
}

/** A kernel with those that run it. */
export interface TeamKernel<Functions> {
  kernel: Kernel<Functions> | SharedKernel<Functions>;
  team: Team;
}

/**
 * A kernel on `bytes` bytes of fresh memory (zeros), shared where the starter has more than one thread, with its team:
 * one thread on memory of its own, or the plain twin, where there is no more.
 *
 * @throws RangeError when there is no memory of that size
 */
export async function loadTeam<Functions>(
  source: TeamKernelSource<Functions>,
  bytes: number,
  { team = soloTeam, ...options }: LoadOptions & { team?: TeamStarter } = {},
): Promise<TeamKernel<Functions>> {
  const { relaxed, twin } = source;
  const { wasm, sharedWasm } = relaxed && isRunnable(relaxed.wasm) ? relaxed : source;
  if (team.count > 1 && !options.plain) {
    const kernel = await loadSharedKernel(sharedWasm, twin, bytes, options);
    return { kernel, team: await (kernel.code ? team : soloTeam).start(kernel) };
  }
  const kernel = await loadKernel(wasm, twin, bytes, options);
  return { kernel, team: await soloTeam.start(kernel) };
}

const CLOSED = 'this team of threads has been closed';
/** Milliseconds that the caller sleeps at a time while it waits for others. */
const NAP = 100;
/** Milliseconds that a thread may need longer than the caller, before it is taken for dead. */
const PATIENCE = 60_000;

/** How a platform keeps a thread. */
export interface Helper {
  end(): void | Promise<unknown>;
}

/** Starts the thread of one member, and resolves when it is ready. `died` is called when it ends before its time. */
export type HelperStarter = (
  membership: shared.Membership,
  died: (reason: string) => void,
) => Promise<Helper>;

/** Those whose team nobody holds any more. */
const abandoned = new FinalizationRegistry<() => void>((dismiss) => dismiss());

/**
 * A team of the calling thread, which must be one that may wait (not a page's own), and `count` − 1 threads.
 *
 * @param patience milliseconds that a thread may need longer than the caller
 * @throws Error when a thread does not start
 */
export async function startTeam<Functions>(
  kernel: SharedKernel<Functions>,
  count: number,
  startHelper: HelperStarter,
  patience = PATIENCE,
): Promise<Team> {
  const { code } = kernel;
  if (!code) throw new Error('a kernel without compiled code runs on one thread alone');
  const control = new SharedArrayBuffer(shared.HEAD_BYTES + count * shared.MEMBER_BYTES);
  const state: TeamState = { helpers: [], words: new Int32Array(control) };
  const starting = Array.from({ length: count - 1 }, async (_, helper) => {
    const member = helper + 1;
    const died = (reason: string) =>
      (state.fault ??= `thread ${member + 1} of ${count} ended before its time: ${reason}`);
    state.helpers.push(await startHelper({ ...code, control, member }, died));
  });
  const started = await Promise.allSettled(starting);
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed) {
    await Promise.all(state.helpers.map((helper) => helper.end()));
    throw (failed as PromiseRejectedResult).reason;
  }
  const team = new ThreadTeam(kernel, count, control, state, shared.functionNames(code.module));
  team.patience = patience;
  abandoned.register(team, () => dismiss(state.words));
  return team;
}

interface TeamState {
  helpers: Helper[];
  words: Int32Array;
  /** Why the team works no more. */
  fault?: string;
}

/** Gives a job to all threads. */
function announce(words: Int32Array): void {
  Atomics.add(words, shared.GENERATION, 1);
  if (Atomics.load(words, shared.SLEEPING) !== 0) Atomics.notify(words, shared.GENERATION);
}

function dismiss(words: Int32Array): void {
  words[shared.JOB] = shared.CLOSE;
  announce(words);
}

class ThreadTeam<Functions> implements Team {
  patience = PATIENCE;
  private readonly numbers: Float64Array;

  constructor(
    private readonly kernel: SharedKernel<Functions>,
    readonly count: number,
    private readonly control: SharedArrayBuffer,
    private readonly state: TeamState,
    private readonly names: string[],
  ) {
    this.numbers = new Float64Array(control);
  }

  run(name: string, values: (member: number) => number[]): number[] {
    const { words, fault } = this.state;
    if (fault !== undefined) throw new Error(fault);
    const own = functionOf(this.kernel, name);
    const first = values(0);
    for (let member = 1; member < this.count; member++) {
      const given = values(member);
      if (given.length !== first.length || given.length > shared.MOST_ARGUMENTS) {
        throw new RangeError(
          `"${name}" is called with ${first.length} and ${given.length} arguments (expected as many for each ` +
            `member, and at most ${shared.MOST_ARGUMENTS})`,
        );
      }
      this.numbers.set(given, this.placeOf(member) + shared.ARGUMENTS);
    }
    words[shared.JOB] = this.names.indexOf(name);
    words[shared.COUNT] = first.length;
    Atomics.store(words, shared.DONE, 0);
    announce(words);
    const results = new Array<number>(this.count);
    let thrown: unknown;
    let threw = false;
    try {
      results[0] = Number(own(...first) ?? 0);
    } catch (error) {
      threw = true;
      thrown = error;
    }
    this.awaitOthers(name);
    if (threw) throw this.failure(name, 0, String((thrown as Error)?.message ?? thrown), thrown);
    for (let member = 1; member < this.count; member++) {
      const at = 2 * this.placeOf(member);
      if (words[at + shared.STATUS] === shared.FAILED) {
        throw this.failure(name, member, this.messageOf(member));
      }
      results[member] = this.numbers[this.placeOf(member) + shared.RESULT];
    }
    return results;
  }

  async close(): Promise<void> {
    this.state.fault ??= CLOSED;
    dismiss(this.state.words);
    await Promise.all(this.state.helpers.splice(0).map((helper) => helper.end()));
  }

  /** Where a member's part begins, in numbers of 64 bits. */
  private placeOf(member: number): number {
    return (shared.HEAD_BYTES + member * shared.MEMBER_BYTES) / 8;
  }

  private awaitOthers(name: string): void {
    const { words } = this.state;
    const others = this.count - 1;
    for (let look = 0; look < shared.LOOKS; look++) {
      if (Atomics.load(words, shared.DONE) === others) return;
    }
    Atomics.store(words, shared.CALLER_SLEEPING, 1);
    // A machine that was asleep itself has lost one nap, whatever its clock says.
    let left = this.patience;
    for (;;) {
      const done = Atomics.load(words, shared.DONE);
      if (done === others) break;
      if (left <= 0) {
        this.state.fault = `${others - done} of ${this.count} threads gave no answer in "${name}"`;
        throw new Error(this.state.fault);
      }
      const nap = Math.min(NAP, left);
      if (Atomics.wait(words, shared.DONE, done, nap) === 'timed-out') left -= nap;
    }
    Atomics.store(words, shared.CALLER_SLEEPING, 0);
  }

  private messageOf(member: number): string {
    const at = shared.HEAD_BYTES + member * shared.MEMBER_BYTES;
    const [length] = new Int32Array(this.control, at + 4 * shared.LENGTH, 1);
    const letters = new Uint16Array(this.control, at + shared.MESSAGE_BYTES, length);
    return String.fromCharCode(...letters);
  }

  private failure(name: string, member: number, message: string, cause?: unknown): Error {
    return new Error(`thread ${member + 1} of ${this.count} failed in "${name}": ${message}`, {
      cause,
    });
  }
}
