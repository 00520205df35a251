import type { LayerInfo } from '../../run/types.ts';
import type { Block, Layer } from './layer.ts';
import type { Machine } from './machine.ts';

/** The larger value of each two neighbouring rows, column by column; an odd last row is left out. */
export class MaxPool implements Layer {
  readonly parameters = [];
  readonly info: LayerInfo;

  /** @param output ⌊length / 2⌋ rows a review */
  constructor(
    name: string,
    from: string,
    private readonly input: Block,
    private readonly output: Block,
  ) {
    const { length, columns } = output;
    this.info = {
      name,
      kind: 'max-pool',
      inputs: [from],
      shape: [null, length, columns],
      parameters: 0,
      settings: { size: 2 },
    };
  }

  forward({ kernels }: Machine, batch: number): void {
    const { input, output } = this;
    for (let b = 0; b < batch; b++) {
      const x = input.values + 4 * b * input.stride;
      const y = output.values + 4 * b * output.stride;
      kernels.maxPairs(x, output.length, output.columns, y);
    }
  }

  backward({ kernels }: Machine, batch: number): void {
    const { input, output } = this;
    for (let b = 0; b < batch; b++) {
      const at = 4 * b * input.stride;
      const dy = output.gradient + 4 * b * output.stride;
      const { length, columns } = output;
      kernels.maxPairsGradient(input.values + at, length, columns, dy, input.gradient + at);
    }
  }
}
