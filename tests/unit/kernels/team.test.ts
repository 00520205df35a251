import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import asc from 'assemblyscript/asc';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadTeam, soloTeam, startTeam, type Team } from '../../../src/lib/kernels/team.ts';
import { nodeTeam } from '../../../src/lib/kernels/team.node.ts';

interface Sums {
  sum(from: number, to: number, scale: number): number;
  fill(from: number, to: number, value: number): void;
  spin(rounds: number): number;
  read(at: number): number;
}

const SOURCE = `
  export function sum(from: usize, to: usize, scale: f64): f64 {
    let all: f64 = 0;
    for (let at = from; at < to; at += 8) all += scale * load<f64>(at);
    return all;
  }
  export function fill(from: usize, to: usize, value: f64): void {
    for (let at = from; at < to; at += 8) store<f64>(at, value);
  }
  export function spin(rounds: u32): u32 {
    let x: u32 = 1;
    for (let i: u32 = 0; i < rounds; i++) x = x * 1664525 + 1013904223;
    return x;
  }
  export function read(at: usize): f64 { return load<f64>(at); }`;

async function compiled(...more: string[]): Promise<string> {
  let binary: Uint8Array | undefined;
  const flags = ['--noAssert', '--runtime', 'stub', '--initialMemory', '1', '--importMemory'];
  const { error, stderr } = await asc.main(['a.ts', '--outFile', 'a.wasm', ...flags, ...more], {
    readFile: (name: string) => (name === 'a.ts' ? SOURCE : null),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(String(stderr));
  return Buffer.from(binary!).toString('base64');
}

function twin(buffer: ArrayBufferLike): Sums {
  const f = new Float64Array(buffer);
  return {
    sum: (from, to, scale) => f.subarray(from / 8, to / 8).reduce((all, x) => all + scale * x, 0),
    fill: (from, to, value) => void f.fill(value, from / 8, to / 8),
    spin: () => 0,
    read: (at) => f[at / 8],
  };
}

const BYTES = 2 ** 16;
let source: { wasm: string; sharedWasm: string; twin: typeof twin };
const open: Team[] = [];

beforeAll(async () => {
  source = {
    wasm: await compiled(),
    sharedWasm: await compiled('--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'),
    twin,
  };
});
afterEach(() => Promise.all(open.splice(0).map((team) => team.close())));

async function loaded(count: number, options: { plain?: boolean; patience?: number } = {}) {
  const starter = count === 1 ? soloTeam : nodeTeam(count, options.patience);
  const made = await loadTeam<Sums>(source, BYTES, { team: starter, plain: options.plain });
  open.push(made.team);
  return made;
}

/** The part of `BYTES` that a member takes. */
function share(member: number, count: number): [number, number] {
  const at = (m: number) => Math.floor((m * BYTES) / 8 / count) * 8;
  return [at(member), at(member + 1)];
}

describe.each([
  [1, false],
  [1, true],
  [2, false],
  [3, false],
])('a team of %i (plain twin: %s)', (count, plain) => {
  it('runs a function with each member’s arguments, hundreds of times', async () => {
    const { kernel, team } = await loaded(count, { plain });
    expect(team.count).toBe(count);
    expect(kernel.backend).toBe(plain ? 'javascript' : 'kernel');
    for (let round = 0; round < 500; round++) {
      // What one member wrote the next reads: all must have been done with it.
      team.run('fill', (member) => [...share(member, count), round + member]);
      const rotated = (member: number) => (member + 1) % count;
      const sums = team.run('sum', (member) => [...share(rotated(member), count), 2]);
      sums.forEach((sum, member) => {
        const [from, to] = share(rotated(member), count);
        expect(sum).toBe(((to - from) / 8) * 2 * (round + rotated(member)));
      });
    }
  });

  it('says which function the kernel lacks', async () => {
    const { team } = await loaded(count, { plain });
    expect(() => team.run('nothing', () => [])).toThrow('the kernel has no function "nothing"');
  });

  it('works no more once it is closed', async () => {
    const { team } = await loaded(count, { plain });
    await team.close();
    expect(() => team.run('read', () => [0])).toThrow('this team of threads has been closed');
    await team.close();
  });
});

describe('a team of threads', () => {
  it.each([0, 1, 2])('says that member %i failed, and goes on', async (bad) => {
    const { kernel, team } = await loaded(3);
    new Float64Array(kernel.buffer)[1] = 7;
    expect(() => team.run('read', (member) => [member === bad ? 2 ** 31 : 0])).toThrow(
      `thread ${bad + 1} of 3 failed in "read": memory access out of bounds`,
    );
    expect(team.run('read', () => [8])).toEqual([7, 7, 7]);
  });

  it('wakes after it has slept', async () => {
    const { team } = await loaded(2);
    const [one] = team.run('spin', () => [3]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(team.run('spin', () => [3])).toEqual([one, one]);
  });

  it('gives up a thread that does not answer, and says so from then on', async () => {
    const { team } = await loaded(2, { patience: 20 });
    const run = () => team.run('spin', (member) => [member === 1 ? 2 ** 32 - 1 : 1]);
    expect(run).toThrow('1 of 2 threads gave no answer in "spin"');
    expect(run).toThrow('1 of 2 threads gave no answer in "spin"');
  });

  it('says that a thread has died', async () => {
    let died!: (reason: string) => void;
    const { kernel } = await loaded(2);
    const team = await startTeam(kernel as never, 2, async (_membership, heard) => {
      died = heard;
      return { end() {} };
    });
    died('it ran out of memory');
    expect(() => team.run('read', () => [0])).toThrow(
      'thread 2 of 2 ended before its time: it ran out of memory',
    );
  });

  it('rejects when a thread does not start', async () => {
    const { kernel } = await loaded(2);
    const start = startTeam(kernel as never, 2, () => Promise.reject(new Error('no more threads')));
    await expect(start).rejects.toThrow('no more threads');
  });

  it('refuses arguments that do not fit', async () => {
    const { team } = await loaded(2);
    expect(() => team.run('read', (member) => (member === 0 ? [0] : []))).toThrow(
      '"read" is called with 1 and 0 arguments',
    );
    expect(() => team.run('read', () => new Array<number>(25).fill(0))).toThrow('at most 24');
  });

  it('is one thread where the plain twin is asked for, on memory of its own', async () => {
    const { kernel, team } = await loaded(3, { plain: true });
    expect(team.count).toBe(1);
    expect(kernel.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('two at once do not disturb each other', async () => {
    const [a, b] = await Promise.all([loaded(2), loaded(2)]);
    for (let round = 0; round < 100; round++) {
      a.team.run('fill', (member) => [...share(member, 2), 1]);
      b.team.run('fill', (member) => [...share(member, 2), 2]);
      expect(a.team.run('read', () => [8 * round])).toEqual([1, 1]);
      expect(b.team.run('read', () => [8 * round])).toEqual([2, 2]);
    }
  });

  it('does not keep the process alive, and ends when nobody holds it', async () => {
    const script = `
      import { Worker } from 'node:worker_threads';
      import { loadGlove } from './src/lib/kernels/glove.ts';
      import { nodeTeam } from './src/lib/kernels/team.node.ts';
      let ended = 0;
      const { emit } = Worker.prototype;
      Worker.prototype.emit = function (name, ...values) {
        if (name === 'exit') ended++;
        return emit.call(this, name, ...values);
      };
      const start = async () => nodeTeam(2).start(await loadGlove(65536));
      for (let i = 0; i < 10; i++) (await start()).run('shuffle', () => [0, 0, 1]);
      globalThis.held = await start();
      for (let i = 0; i < 500 && ended < 10; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(ended, 'of 11 ended');`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: fileURLToPath(new URL('../../../', import.meta.url)), timeout: 30_000 },
    );
    expect(stdout).toBe('10 of 11 ended\n');
  });
});
