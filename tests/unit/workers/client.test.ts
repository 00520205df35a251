import { expose } from 'comlink';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import { WorkerClient, WorkStopped } from '../../../src/lib/workers/client.ts';

const functions = {
  double: (value: number) => value * 2,
  async refuse(file: string): Promise<void> {
    throw new InputError(`${file} has 12 bytes, run.json says 24: copy the folder again`);
  },
  fail() {
    throw new RangeError('row 7 is out of range');
  },
  never: () => new Promise<number>(() => {}),
  async count(to: number, onProgress: (done: number) => void) {
    for (let done = 1; done <= to; done++) await onProgress(done);
    return to;
  },
};

const ports: MessagePort[] = [];

/** What a client sees of a worker, with the functions at the other end of a channel. */
class FakeWorker extends EventTarget {
  terminated = false;
  #port: MessagePort;

  constructor() {
    super();
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    expose(functions, port2);
    this.#port = port1;
    port1.addEventListener('message', ({ data }) =>
      this.dispatchEvent(new MessageEvent('message', { data })),
    );
    port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[]) {
    if (!this.terminated) this.#port.postMessage(message, transfer as never);
  }

  terminate() {
    this.terminated = true;
    this.#port.close();
  }

  die(message: string) {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

function client() {
  const workers: FakeWorker[] = [];
  const made = new WorkerClient<typeof functions>(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as unknown as Worker;
  });
  return { made, workers };
}

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

describe('a worker that answers', () => {
  test('is started by the first question only, and once', async () => {
    const { made, workers } = client();
    expect(workers).toHaveLength(0);
    expect(await Promise.all([made.ask('double', 4), made.ask('double', 5)])).toEqual([8, 10]);
    expect(workers).toHaveLength(1);
  });

  test('calls back here', async () => {
    const heard: number[] = [];
    expect(await client().made.ask('count', 3, (done) => void heard.push(done))).toBe(3);
    expect(heard).toEqual([1, 2, 3]);
  });
});

describe('a worker that does not', () => {
  test('rejects with what a function threw; an InputError stays one', async () => {
    const { made } = client();
    const refused = await made.ask('refuse', 'items.arrow').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as Error).message).toBe(
      'items.arrow has 12 bytes, run.json says 24: copy the folder again',
    );
    const failed = await made.ask('fail').catch((error: unknown) => error);
    expect(failed).not.toBeInstanceOf(InputError);
    expect((failed as Error).message).toBe('row 7 is out of range');
  });

  test('rejects everything that waits when it dies, and the next question starts another', async () => {
    const { made, workers } = client();
    const waiting = [made.ask('never'), made.ask('never')];
    const settled = Promise.allSettled(waiting);
    workers[0].die('out of memory');
    for (const result of await settled) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          message: 'The analysis stopped working: out of memory. Ask again to start it anew.',
        },
      });
    }
    expect(workers[0].terminated).toBe(true);
    expect(await made.ask('double', 21)).toBe(42);
    expect(workers).toHaveLength(2);
  });

  test('is ended by a stop, whatever it is at', async () => {
    const { made, workers } = client();
    const waiting = made.ask('never').catch((error: unknown) => error);
    made.stop();
    expect(await waiting).toBeInstanceOf(WorkStopped);
    expect(workers[0].terminated).toBe(true);
    expect(await made.ask('double', 1)).toBe(2);
  });

  test('an old worker that dies late disturbs nobody', async () => {
    const { made, workers } = client();
    await made.ask('double', 1);
    made.stop();
    const answer = made.ask('double', 3);
    workers[0].die('late');
    expect(await answer).toBe(6);
    expect(workers).toHaveLength(2);
  });
});
