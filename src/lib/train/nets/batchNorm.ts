import type { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { block, parameter, type Block, type Layer, type Parameter } from './layer.ts';
import type { Machine } from './machine.ts';

/** Keras 1's defaults. */
const MOMENTUM = 0.99;
const EPSILON = 1e-3;

/**
 * Batch normalisation of each column over the rows of a batch (Ioffe and Szegedy 2015), with running means for use
 * after training.
 */
export class BatchNorm implements Layer {
  readonly output: Block;
  readonly scale: Parameter;
  readonly offset: Parameter;
  readonly parameters: readonly Parameter[];
  readonly info: LayerInfo;
  private readonly means: number;
  private readonly sums: number;
  private readonly factors: number;
  private readonly slopes: number;
  private readonly shifts: number;
  private readonly runningMeans: Float64Array;
  private readonly runningVariances: Float64Array;
  private readonly deviations: Float64Array;

  constructor(
    layout: Layout,
    name: string,
    from: string,
    private readonly input: Block,
    batch: number,
  ) {
    const { length, columns, stride, lead } = input;
    this.scale = parameter(layout, columns);
    this.offset = parameter(layout, columns);
    this.parameters = [this.scale, this.offset];
    [this.means, this.sums, this.factors, this.slopes, this.shifts] = [0, 1, 2, 3, 4].map(() =>
      layout.reserve(columns),
    );
    this.runningMeans = new Float64Array(columns);
    this.runningVariances = new Float64Array(columns).fill(1);
    this.deviations = new Float64Array(columns);
    const padding = stride / columns - length;
    this.output = block(layout, { batch, length, columns, padding, lead });
    this.info = {
      name,
      kind: 'batch-norm',
      inputs: [from],
      shape: length === 1 ? [null, columns] : [null, length, columns],
      parameters: 4 * columns,
      settings: { momentum: MOMENTUM, epsilon: EPSILON },
    };
  }

  start(machine: Machine, _random: Random): void {
    machine.floats(this.scale.values, this.scale.count).fill(1);
  }

  forward(machine: Machine, batch: number, isTraining: boolean): void {
    const { kernels } = machine;
    const { columns, length } = this.input;
    const rows = batch * length;
    const means = machine.floats(this.means, columns);
    const sums = machine.floats(this.sums, columns);
    if (isTraining) {
      means.fill(0);
      this.reviews(batch, (at) =>
        kernels.addColumns(this.input.values + at, length, columns, this.means),
      );
      for (let j = 0; j < columns; j++) means[j] /= rows;
      sums.fill(0);
      this.reviews(batch, (at) =>
        kernels.addSquares(this.input.values + at, length, columns, this.means, this.sums),
      );
    }
    const scale = machine.floats(this.scale.values, columns);
    const offset = machine.floats(this.offset.values, columns);
    const factors = machine.floats(this.factors, columns);
    const shifts = machine.floats(this.shifts, columns);
    for (let j = 0; j < columns; j++) {
      let mean = this.runningMeans[j];
      let variance = this.runningVariances[j];
      if (isTraining) {
        mean = means[j];
        variance = sums[j] / rows;
        this.runningMeans[j] += (1 - MOMENTUM) * (mean - this.runningMeans[j]);
        this.runningVariances[j] += (1 - MOMENTUM) * (variance - this.runningVariances[j]);
      }
      this.deviations[j] = Math.sqrt(variance + EPSILON);
      factors[j] = scale[j] / this.deviations[j];
      shifts[j] = offset[j] - mean * factors[j];
    }
    this.reviews(batch, (at) =>
      kernels.scaleColumns(
        this.input.values + at,
        length,
        columns,
        this.factors,
        this.shifts,
        this.output.values + at,
      ),
    );
  }

  backward(machine: Machine, batch: number): void {
    const { kernels } = machine;
    const { columns, length } = this.input;
    const rows = batch * length;
    const { gradient: dy } = this.output;
    const offset = machine.floats(this.offset.gradient, columns).fill(0);
    const sums = machine.floats(this.sums, columns).fill(0);
    this.reviews(batch, (at) => {
      kernels.addColumns(dy + at, length, columns, this.offset.gradient);
      const x = this.input.values + at;
      kernels.addProducts(x, dy + at, length, columns, this.means, this.sums);
    });
    const means = machine.floats(this.means, columns);
    const factors = machine.floats(this.factors, columns);
    const slopes = machine.floats(this.slopes, columns);
    const shifts = machine.floats(this.shifts, columns);
    const scale = machine.floats(this.scale.gradient, columns);
    for (let j = 0; j < columns; j++) {
      // x' = (γ / σ) (y' − mean(y') − x̂ mean(x̂ y')), as a line in x.
      scale[j] = sums[j] / this.deviations[j];
      slopes[j] = (-factors[j] * sums[j]) / (rows * this.deviations[j] ** 2);
      shifts[j] = (-factors[j] * offset[j]) / rows - slopes[j] * means[j];
    }
    if (!this.input.needsGradient) return;
    this.reviews(batch, (at) =>
      kernels.combineColumns(
        dy + at,
        this.input.values + at,
        length,
        columns,
        this.factors,
        this.slopes,
        this.shifts,
        this.input.gradient + at,
      ),
    );
  }

  /** Calls `each` with the byte offset of every review's first row. */
  private reviews(batch: number, each: (at: number) => void): void {
    const { stride, lead, columns } = this.input;
    for (let b = 0; b < batch; b++) each(4 * (b * stride + lead * columns));
  }
}
