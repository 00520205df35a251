import type { Layout } from '../../kernels/load.ts';
import { PANEL_VALUES } from '../../kernels/matmul.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { block, drawGlorot, parameter, type Block, type Layer, type Parameter } from './layer.ts';
import type { Machine } from './machine.ts';

export interface DenseOptions {
  name: string;
  /** The name of the layer before it. */
  from: string;
  batch: number;
  units: number;
  relu: boolean;
  /** What follows, where it is not part of the layer: named in the layer's description. */
  activation?: string;
}

/** y = x·W + b, and what is below zero becomes zero where `relu` is set. The input is one row a review. */
export class Dense implements Layer {
  readonly output: Block;
  readonly weights: Parameter;
  readonly bias: Parameter;
  readonly parameters: readonly Parameter[];
  readonly info: LayerInfo;
  private readonly panels: number;

  constructor(
    layout: Layout,
    private readonly input: Block,
    private readonly options: DenseOptions,
  ) {
    const { name, from, batch, units, relu, activation = relu ? 'relu' : 'linear' } = options;
    this.weights = parameter(layout, input.columns * units);
    this.bias = parameter(layout, units);
    this.parameters = [this.weights, this.bias];
    this.output = block(layout, { batch, length: 1, columns: units });
    this.panels = layout.reserve(PANEL_VALUES);
    this.info = {
      name,
      kind: 'dense',
      inputs: [from],
      shape: [null, units],
      parameters: this.weights.count + this.bias.count,
      settings: { units, activation },
    };
  }

  start(machine: Machine, random: Random): void {
    const { values, count } = this.weights;
    drawGlorot(machine.floats(values, count), this.input.columns, this.options.units, random);
  }

  forward({ kernels }: Machine, batch: number): void {
    const { input, output, weights, bias, panels } = this;
    const { columns: inner } = input;
    const { columns } = output;
    const wRow = 4 * columns;
    const { values: x } = input;
    const { values: y } = output;
    kernels.matmul(
      x,
      4 * input.stride,
      4,
      weights.values,
      wRow,
      4,
      y,
      wRow,
      batch,
      columns,
      inner,
      0,
      panels,
    );
    kernels.addBias(y, batch, columns, bias.values, this.options.relu ? 1 : 0);
  }

  backward(machine: Machine, batch: number): void {
    const { kernels } = machine;
    const { input, output, weights, bias, panels } = this;
    const { columns: inner } = input;
    const { columns, gradient: dy } = output;
    const row = 4 * columns;
    const inputRow = 4 * input.stride;
    if (this.options.relu) kernels.reluGradient(output.values, dy, batch * columns);
    // W' = xᵀ·y'
    const { gradient: dw } = weights;
    kernels.matmul(
      input.values,
      4,
      inputRow,
      dy,
      row,
      4,
      dw,
      row,
      inner,
      columns,
      batch,
      0,
      panels,
    );
    machine.floats(bias.gradient, columns).fill(0);
    kernels.addColumns(dy, batch, columns, bias.gradient);
    if (!input.needsGradient) return;
    // x' = y'·Wᵀ
    const { values: w } = weights;
    const { gradient: dx } = input;
    kernels.matmul(dy, row, 4, w, 4, row, dx, inputRow, batch, inner, columns, 0, panels);
  }
}
