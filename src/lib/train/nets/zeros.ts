import type { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { Machine } from './machine.ts';

const WORDS = 16;

/** Sets a share of values to zero at random and scales the others by 1 / (1 − share). */
export class Zeros {
  private readonly state: number;
  private readonly before: number;
  private readonly below: number;

  constructor(
    layout: Layout,
    readonly share: number,
  ) {
    this.state = layout.reserve(WORDS);
    this.before = layout.reserve(WORDS);
    this.below = Math.floor(share * 2 ** 32);
  }

  /** The state of the generator, a view. */
  words(machine: Machine): Uint32Array {
    return machine.integers(this.state, WORDS);
  }

  start(machine: Machine, random: Random): void {
    const state = this.words(machine);
    // A lane whose words are all zero would stay so.
    for (let i = 0; i < WORDS; i++) state[i] = random.seed() | 1;
  }

  draw(machine: Machine, values: number, count: number): void {
    machine.integers(this.before, WORDS).set(this.words(machine));
    machine.kernels.dropout(values, count, this.below, 1 / (1 - this.share), this.state);
  }

  /** The same zeros and the same scale as in the last draw. */
  repeat(machine: Machine, values: number, count: number): void {
    const { kernels } = machine;
    kernels.dropout(values, count, this.below, 1 / (1 - this.share), this.before);
  }
}
