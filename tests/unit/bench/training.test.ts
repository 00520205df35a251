import { describe, expect, it } from 'vitest';
import { row } from '../../../bench/training.ts';
import type { Measured } from '../../../bench/training/measure.ts';

const wasm: Measured = {
  task: 'conv',
  samples: 25_000,
  start: 0.69,
  seconds: [9, 8, 6, 7],
  processorSeconds: [9, 7, 6, 7],
  trainLosses: [0.6, 0.5, 0.4, 0.35],
  losses: [0.6, 0.5, 0.4, 0.3],
};
const on = (rung: string, changes: Partial<Measured>) =>
  row({ ...wasm, ...changes }, rung, 'a device', [wasm]);

describe('the benchmark of trainings', () => {
  it('quotes the median of the epochs after the first, beside WASM and the goal', () => {
    expect(on('webgpu', { seconds: [30, 2, 1, 3], start: 0.6901, losses: [0.6, 0.31] })).toEqual({
      name: 'conv',
      rung: 'webgpu',
      device: 'a device',
      goal: 2,
      n: 25_000,
      seconds: 2,
      quality: {
        loss: 0.31,
        wasmLoss: 0.3,
        samplesPerSecond: 12_500,
        processorSeconds: 7,
        timesWasm: 3.5,
      },
    });
    expect(on('wasm', {})).toMatchObject({ seconds: 7, quality: { timesWasm: 1 } });
    expect(on('wasm', {})).not.toHaveProperty('goal');
    expect(on('webgpu', { samples: 500 })).not.toHaveProperty('goal');
  });

  it.each<[string, string, Partial<Measured>, string]>([
    [
      'learns something else from the start',
      'webgpu',
      { start: 0.6 },
      'the loss after a short training is 0.6000, on WASM 0.6900',
    ],
    [
      'comes to something else',
      'webgpu',
      { losses: [0.6, 0.2] },
      'the loss at the end is 0.2000, on WASM 0.3000',
    ],
    [
      'computes no number',
      'webgpu',
      { start: NaN },
      'the loss after a short training is NaN, on WASM 0.6900',
    ],
    [
      'learns nothing',
      'wasm',
      { trainLosses: [0.6, 0.7] },
      'the loss in training does not fall: 0.6000, 0.7000',
    ],
  ])('quotes no speed of a rung that %s', (_, rung, changes, fault) => {
    expect(on(rung, changes)).toMatchObject({ seconds: NaN, fault });
  });

  it('passes on why a model was not trained', () => {
    const failed = { task: 'lstm', failure: 'its process ended with SIGSEGV' };
    expect(row(failed, 'webgpu', 'a device', [wasm])).toEqual({
      name: 'lstm',
      rung: 'webgpu',
      device: 'a device',
      seconds: NaN,
      fault: 'its process ended with SIGSEGV',
    });
  });
});
