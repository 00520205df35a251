import type { Layout } from '../../kernels/load.ts';
import { PANEL_VALUES } from '../../kernels/matmul.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { block, drawGlorot, parameter, type Block, type Layer, type Parameter } from './layer.ts';
import type { Machine } from './machine.ts';

export interface ConvolutionOptions {
  name: string;
  /** The name of the layer before it. */
  from: string;
  batch: number;
  filters: number;
  width: number;
  /** Adds to the gradient of its input, which another layer has written. */
  addsGradient?: boolean;
}

/**
 * A convolution over the words of a review, as long as the review ("same"), with relu:
 * y[t] = max(0, b + Σ_j x[t + j − ⌊width / 2⌋]·W[j]).
 *
 * The rows of a padded block lie one after another, so that the window of width · columns values at each row is
 * a row of a matrix already, whose rows overlap, and the whole layer is one product. Rows that reach across two
 * reviews are computed along and never looked at; their gradient is zero.
 */
export class Convolution implements Layer {
  readonly output: Block;
  readonly weights: Parameter;
  readonly bias: Parameter;
  readonly parameters: readonly Parameter[];
  readonly info: LayerInfo;
  private readonly panels: number;
  /** The weights as the way back needs them: width (backwards) × filters × columns. */
  private readonly turned: number;
  /** From a row of the output to the first row of its window, in rows. */
  private readonly shift: number;
  /** Rows a review, padding included. */
  private readonly rows: number;

  constructor(
    layout: Layout,
    private readonly input: Block,
    private readonly options: ConvolutionOptions,
  ) {
    const { name, from, batch, filters, width } = options;
    const { length, columns, stride, lead } = input;
    this.weights = parameter(layout, width * columns * filters);
    this.bias = parameter(layout, filters);
    this.parameters = [this.weights, this.bias];
    this.turned = layout.reserve(this.weights.count);
    this.panels = layout.reserve(PANEL_VALUES);
    this.rows = stride / columns;
    this.shift = lead - (width >> 1);
    this.output = block(layout, {
      batch,
      length,
      columns: filters,
      padding: this.rows - length,
    });
    this.info = {
      name,
      kind: 'convolution',
      inputs: [from],
      shape: [null, length, filters],
      parameters: this.weights.count + this.bias.count,
      settings: { filters, width, padding: 'same', activation: 'relu' },
    };
  }

  start(machine: Machine, random: Random): void {
    const { filters, width } = this.options;
    const { values, count } = this.weights;
    // Keras 1 counts inputs and outputs so, having the weights as width × 1 × columns × filters: less than elsewhere.
    const inputs = this.input.columns * filters;
    drawGlorot(machine.floats(values, count), inputs, width * inputs, random);
  }

  forward({ kernels }: Machine, batch: number): void {
    const { input, output, weights, bias, panels } = this;
    const { filters, width } = this.options;
    const row = 4 * input.columns;
    const inner = width * input.columns;
    const rows = this.windows(batch);
    const x = input.values + this.shift * row;
    const { values: w } = weights;
    const { values: y } = output;
    kernels.matmul(x, row, 4, w, 4 * filters, 4, y, 4 * filters, rows, filters, inner, 0, panels);
    kernels.addBias(y, rows, filters, bias.values, 1);
  }

  backward(machine: Machine, batch: number): void {
    const { kernels } = machine;
    const { input, output, weights, bias, panels, turned } = this;
    const { filters, width, addsGradient } = this.options;
    const { columns } = input;
    const row = 4 * columns;
    const outRow = 4 * filters;
    const inner = width * columns;
    const rows = this.windows(batch);
    const { gradient: dy } = output;
    kernels.reluGradient(output.values, dy, rows * filters);
    // W' = windowsᵀ·y'
    const x = input.values + this.shift * row;
    const { gradient: dw } = weights;
    kernels.matmul(x, 4, row, dy, outRow, 4, dw, outRow, inner, filters, rows, 0, panels);
    machine.floats(bias.gradient, filters).fill(0);
    kernels.addColumns(dy, rows, filters, bias.gradient);
    if (!input.needsGradient) return;
    // x'[p] = Σ_j y'[p − shift − j]·W[j]ᵀ: windows of y', and the weights turned round.
    this.turn(machine);
    kernels.matmul(
      dy - (this.shift + width - 1) * outRow,
      outRow,
      4,
      turned,
      row,
      4,
      input.gradient,
      row,
      batch * this.rows,
      columns,
      width * filters,
      addsGradient ? 1 : 0,
      panels,
    );
  }

  /** Rows that have a window within the batch; the last review's last word is among them. */
  private windows(batch: number): number {
    return batch * this.rows - this.shift - this.options.width + 1;
  }

  private turn(machine: Machine): void {
    const { filters, width } = this.options;
    const { columns } = this.input;
    const from = machine.floats(this.weights.values, this.weights.count);
    const to = machine.floats(this.turned, this.weights.count);
    let k = 0;
    for (let j = width - 1; j >= 0; j--) {
      for (let filter = 0; filter < filters; filter++) {
        for (let column = 0; column < columns; column++) {
          to[k++] = from[(j * columns + column) * filters + filter];
        }
      }
    }
  }
}
