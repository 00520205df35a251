import { slice, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { Layout } from '../../../kernels/load.ts';
import type { Block } from '../layer.ts';
import { loadMachine, type Machine } from '../machine.ts';
import { Zeros } from '../zeros.ts';

/** A place in a net where values are dropped. */
export interface Place {
  share: number;
  /** The words of the generator's state at the start. */
  state: Uint32Array;
  /** Values that a draw for so many reviews goes through, those of padding among them. */
  count(batch: number): number;
}

/**
 * The zeros that dropout draws, as tensors of 0 and 1 / (1 − share): the very ones that the nets' own kernels draw
 * from the same seed, so that a net learns the same wherever it is computed.
 */
export class Masks {
  private constructor(
    private readonly machine: Machine,
    private readonly values: number,
    private readonly zeros: readonly Zeros[],
    private readonly places: readonly Place[],
  ) {}

  /** @param batch the largest for which is drawn */
  static async create(places: readonly Place[], batch: number): Promise<Masks> {
    const layout = new Layout();
    const zeros = places.map(({ share }) => new Zeros(layout, share));
    const values = layout.reserve(Math.max(4, ...places.map(({ count }) => count(batch))));
    const machine = await loadMachine(layout.bytes);
    places.forEach(({ state }, i) => zeros[i].words(machine).set(state));
    return new Masks(machine, values, zeros, places);
  }

  /** The next zeros of a place, one after another as its values lie. */
  draw(place: number, batch: number): Float32Array {
    const count = this.places[place].count(batch);
    const values = this.machine.floats(this.values, count).fill(1);
    this.zeros[place].draw(this.machine, this.values, count);
    return values;
  }
}

/** What is drawn for the rows of a block, without its padding: batch × length × columns. */
export function blockMask(drawn: Float32Array, { length, columns, stride, lead }: Block): Tensor {
  const rows = stride / columns;
  const batch = drawn.length / stride;
  // The machine draws into the same memory again.
  const padded = tensor(drawn.slice(), [batch, rows, columns]);
  return rows === length ? padded : slice(padded, [0, lead, 0], [batch, length, columns]);
}
