/**
 * What every member of a team does, in Node and in a browser alike: it waits for a job, runs a function of the kernel on
 * the memory that all share, and says that it is done. Plain JavaScript, since a thread of Node starts without the loader
 * that reads TypeScript. What is shared between the members, all in one block: team.ts writes it, this reads it.
 */

/** Places of the block's head, in words of 32 bits; those that different members write are 64 bytes apart. */
export const GENERATION = 0;
export const JOB = 1;
export const COUNT = 2;
export const SLEEPING = 16;
export const DONE = 32;
export const CALLER_SLEEPING = 48;
export const HEAD_BYTES = 256;

/** Each member's part: its status, its message's length, its result, its arguments and its message. */
export const MEMBER_BYTES = 1024;
export const STATUS = 0;
export const LENGTH = 1;
export const RESULT = 1;
export const ARGUMENTS = 2;
export const MOST_ARGUMENTS = 24;
export const MESSAGE_BYTES = 256;
export const MOST_LETTERS = (MEMBER_BYTES - MESSAGE_BYTES) / 2;

/** A job that is the last. */
export const CLOSE = -1;
export const WELL = 0;
export const FAILED = 1;

/** Looks at a word before one goes to sleep over it: some 50 µs. */
export const LOOKS = 20_000;

/** The names of the functions that a job's number counts, the same in all threads. */
export function functionNames(module) {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
}

/** Instantiates the kernel on the shared memory, says so, and does what it is told until it is told to close. */
export function work({ module, memory, control, member }, ready) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = functionNames(module).map((name) => exports[name]);
  const words = new Int32Array(control);
  const at = HEAD_BYTES + member * MEMBER_BYTES;
  const own = new Int32Array(control, at, 2);
  const numbers = new Float64Array(control, at, ARGUMENTS + MOST_ARGUMENTS);
  const letters = new Uint16Array(control, at + MESSAGE_BYTES, MOST_LETTERS);
  let generation = Atomics.load(words, GENERATION);
  ready();
  for (;;) {
    awaitChange(words, generation);
    generation = Atomics.load(words, GENERATION);
    const job = words[JOB];
    if (job === CLOSE) return;
    try {
      const values = Array.from(numbers.subarray(ARGUMENTS, ARGUMENTS + words[COUNT]));
      numbers[RESULT] = Number(functions[job](...values) ?? 0);
      own[STATUS] = WELL;
    } catch (error) {
      const message = String(error?.message ?? error).slice(0, MOST_LETTERS);
      for (let i = 0; i < message.length; i++) letters[i] = message.charCodeAt(i);
      own[LENGTH] = message.length;
      own[STATUS] = FAILED;
    }
    Atomics.add(words, DONE, 1);
    if (Atomics.load(words, CALLER_SLEEPING) !== 0) Atomics.notify(words, DONE);
  }
}

/** Returns when there is another generation than the one that was seen: hot for a moment, then asleep. */
function awaitChange(words, seen) {
  for (let look = 0; look < LOOKS; look++) {
    if (Atomics.load(words, GENERATION) !== seen) return;
  }
  Atomics.add(words, SLEEPING, 1);
  while (Atomics.load(words, GENERATION) === seen) Atomics.wait(words, GENERATION, seen);
  Atomics.sub(words, SLEEPING, 1);
}
