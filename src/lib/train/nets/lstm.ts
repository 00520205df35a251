import type { Layout } from '../../kernels/load.ts';
import { PANEL_VALUES } from '../../kernels/matmul.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { block, drawGlorot, parameter, type Block, type Layer, type Parameter } from './layer.ts';
import type { Machine } from './machine.ts';

export interface LstmOptions {
  name: string;
  /** The name of the layer before it. */
  from: string;
  batch: number;
  /** A multiple of 4. */
  units: number;
  /** Byte offset of batch × length words; where the word is 0, the step is passed over. */
  ids: number;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) as Keras 1 computes it: hard sigmoid gates in the order input,
 * forget, fresh, output; the forget gate's bias starts at 1; orthogonal recurrent weights. What comes out is the
 * output after the last word.
 */
export class Lstm implements Layer {
  readonly output: Block;
  readonly weights: Parameter;
  readonly recurrent: Parameter;
  readonly bias: Parameter;
  readonly parameters: readonly Parameter[];
  readonly info: LayerInfo;
  private readonly panels: number;
  /** Step by step, batch rows each; hidden and cells with the start before them. */
  private readonly steps: number;
  private readonly gates: number;
  private readonly cells: number;
  private readonly squashed: number;
  private readonly hidden: number;
  private readonly hiddenGradient: number;
  private readonly cellGradient: number;

  constructor(
    layout: Layout,
    private readonly input: Block,
    private readonly options: LstmOptions,
  ) {
    const { name, from, batch, units } = options;
    if (units % 4 !== 0) throw new RangeError(`${units} units are not a multiple of 4`);
    const { length, columns } = input;
    this.weights = parameter(layout, columns * 4 * units);
    this.recurrent = parameter(layout, units * 4 * units);
    this.bias = parameter(layout, 4 * units);
    this.parameters = [this.weights, this.recurrent, this.bias];
    this.panels = layout.reserve(PANEL_VALUES);
    this.steps = layout.reserve(length * batch);
    this.gates = layout.reserve(length * batch * 4 * units);
    this.cells = layout.reserve((length + 1) * batch * units);
    this.squashed = layout.reserve(length * batch * units);
    this.hidden = layout.reserve((length + 1) * batch * units);
    this.hiddenGradient = layout.reserve(batch * units);
    this.cellGradient = layout.reserve(batch * units);
    this.output = block(layout, { batch, length: 1, columns: units });
    this.info = {
      name,
      kind: 'lstm',
      inputs: [from],
      shape: [null, units],
      parameters: this.weights.count + this.recurrent.count + this.bias.count,
      settings: { units, activation: 'tanh', gates: 'hard sigmoid', masked: true, steps: length },
    };
  }

  start(machine: Machine, random: Random): void {
    const { units } = this.options;
    const { columns } = this.input;
    const place = (parameter: Parameter) => machine.floats(parameter.values, parameter.count);
    const draw = new Float32Array(columns * units);
    // Keras 1 draws each gate's weights by themselves.
    for (let gate = 0; gate < 4; gate++) {
      drawGlorot(draw, columns, units, random);
      spread(draw, place(this.weights), gate, units);
      spread(orthogonal(units, random), place(this.recurrent), gate, units);
    }
    place(this.bias).fill(1, units, 2 * units);
  }

  forward(machine: Machine, batch: number): void {
    const { kernels } = machine;
    const { input, weights, recurrent, bias, panels } = this;
    const { units } = this.options;
    const { length, columns, stride } = input;
    this.sortSteps(machine, batch);
    const row = 4 * units;
    const gatesRow = 4 * row;
    machine.floats(this.cells, batch * units).fill(0);
    machine.floats(this.hidden, batch * units).fill(0);
    for (let t = 0; t < length; t++) {
      const { gates, cells, squashed, hidden, ids } = this.step(t, batch);
      const x = input.values + 4 * (input.lead + t) * columns;
      kernels.matmul(
        x,
        4 * stride,
        4,
        weights.values,
        gatesRow,
        4,
        gates,
        gatesRow,
        batch,
        4 * units,
        columns,
        0,
        panels,
      );
      kernels.matmul(
        hidden,
        row,
        4,
        recurrent.values,
        gatesRow,
        4,
        gates,
        gatesRow,
        batch,
        4 * units,
        units,
        1,
        panels,
      );
      kernels.addBias(gates, batch, 4 * units, bias.values, 0);
      const next = batch * row;
      kernels.lstmStep(
        ids,
        batch,
        units,
        gates,
        cells,
        hidden,
        cells + next,
        squashed,
        hidden + next,
      );
    }
    const last = this.step(length, batch).hidden;
    machine.floats(this.output.values, batch * units).set(machine.floats(last, batch * units));
  }

  backward(machine: Machine, batch: number): void {
    const { kernels } = machine;
    const { input, weights, recurrent, bias, panels, hiddenGradient, cellGradient } = this;
    const { units } = this.options;
    const { length, columns, stride } = input;
    const row = 4 * units;
    const gatesRow = 4 * row;
    const size = batch * units;
    machine.floats(hiddenGradient, size).set(machine.floats(this.output.gradient, size));
    machine.floats(cellGradient, size).fill(0);
    for (const { gradient, count } of [weights, bias]) machine.floats(gradient, count).fill(0);
    for (let t = length - 1; t >= 0; t--) {
      const { gates, cells, squashed, ids } = this.step(t, batch);
      kernels.lstmStepGradient(
        ids,
        batch,
        units,
        gates,
        cells,
        squashed,
        hiddenGradient,
        cellGradient,
      );
      kernels.matmul(
        gates,
        gatesRow,
        4,
        recurrent.values,
        4,
        gatesRow,
        hiddenGradient,
        row,
        batch,
        units,
        4 * units,
        1,
        panels,
      );
      const at = 4 * (input.lead + t) * columns;
      kernels.matmul(
        input.values + at,
        4,
        4 * stride,
        gates,
        gatesRow,
        4,
        weights.gradient,
        gatesRow,
        columns,
        4 * units,
        batch,
        1,
        panels,
      );
      if (!input.needsGradient) continue;
      kernels.matmul(
        gates,
        gatesRow,
        4,
        weights.values,
        4,
        gatesRow,
        input.gradient + at,
        4 * stride,
        batch,
        columns,
        4 * units,
        0,
        panels,
      );
    }
    // The outputs before each step lie one after another, as do the gradients of the gates.
    kernels.matmul(
      this.hidden,
      4,
      row,
      this.gates,
      gatesRow,
      4,
      recurrent.gradient,
      gatesRow,
      units,
      4 * units,
      length * batch,
      0,
      panels,
    );
    kernels.addColumns(this.gates, length * batch, 4 * units, bias.gradient);
  }

  /** Byte offsets of what belongs to a step. */
  private step(t: number, batch: number) {
    const at = 4 * t * batch;
    const { units } = this.options;
    return {
      ids: this.steps + at,
      gates: this.gates + at * 4 * units,
      cells: this.cells + at * units,
      squashed: this.squashed + at * units,
      hidden: this.hidden + at * units,
    };
  }

  /** The words by steps, where the embedding has them by reviews. */
  private sortSteps(machine: Machine, batch: number): void {
    const { length } = this.input;
    const ids = machine.integers(this.options.ids, batch * length);
    const steps = machine.integers(this.steps, batch * length);
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < length; t++) steps[t * batch + b] = ids[b * length + t];
    }
  }
}

/** Copies a matrix of `units` columns into those of a gate. */
function spread(from: Float32Array, to: Float32Array, gate: number, units: number): void {
  for (let i = 0; i < from.length; i++) {
    const row = Math.floor(i / units);
    to[row * 4 * units + gate * units + (i % units)] = from[i];
  }
}

/** A random orthogonal matrix, n × n: normal numbers, made orthonormal row by row (Gram and Schmidt), times 1.1 as in Keras 1. */
function orthogonal(n: number, random: Random): Float32Array {
  const rows = new Float32Array(n * n);
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) row[j] = random.normal();
    // Twice, for what rounding leaves over the first time.
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        let dot = 0;
        for (let j = 0; j < n; j++) dot += row[j] * rows[k * n + j];
        for (let j = 0; j < n; j++) row[j] -= dot * rows[k * n + j];
      }
    }
    let squares = 0;
    for (let j = 0; j < n; j++) squares += row[j] * row[j];
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < n; j++) rows[i * n + j] = row[j] * scale;
  }
  return rows.map((value) => ORTHOGONAL_SCALE * value);
}

const ORTHOGONAL_SCALE = 1.1;
