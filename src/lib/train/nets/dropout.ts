import type { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import type { Block, Layer } from './layer.ts';
import type { Machine } from './machine.ts';
import { Zeros } from './zeros.ts';

/** Sets a share of what it gets to zero while training, and scales the rest; in place. */
export class Dropout implements Layer {
  readonly parameters = [];
  readonly info: LayerInfo;
  readonly zeros: Zeros;

  constructor(
    layout: Layout,
    name: string,
    input: string,
    readonly block: Block,
    share: number,
  ) {
    this.zeros = new Zeros(layout, share);
    const { length, columns } = block;
    this.info = {
      name,
      kind: 'dropout',
      inputs: [input],
      shape: length === 1 ? [null, columns] : [null, length, columns],
      parameters: 0,
      settings: { share },
    };
  }

  start(machine: Machine, random: Random): void {
    this.zeros.start(machine, random);
  }

  forward(machine: Machine, batch: number, isTraining: boolean): void {
    if (!isTraining || this.zeros.share === 0) return;
    this.zeros.draw(machine, this.block.values, batch * this.block.stride);
  }

  backward(machine: Machine, batch: number): void {
    if (this.zeros.share === 0 || !this.block.needsGradient) return;
    this.zeros.repeat(machine, this.block.gradient, batch * this.block.stride);
  }
}
