import type { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import type { Machine } from './machine.ts';
import type { Zeros } from './zeros.ts';

/** Numbers that training moves. Offsets are in bytes of the machine's memory. */
export interface Parameter {
  values: number;
  gradient: number;
  /** Adam's moments. */
  first: number;
  second: number;
  count: number;
  isTrainable: boolean;
}

export function parameter(layout: Layout, count: number): Parameter {
  const [values, gradient, first, second] = [0, 1, 2, 3].map(() => layout.reserve(count));
  return { values, gradient, first, second, count, isTrainable: true };
}

/**
 * What one layer hands the next, and the gradient that comes back: for every review of a batch `length` rows of
 * `columns` values, row-major. Review b starts at value b · stride, its first row `lead` rows later; what lies between
 * reviews is padding, of which values and gradient are zero or not looked at.
 */
export interface Block {
  /** Byte offsets. */
  values: number;
  gradient: number;
  length: number;
  columns: number;
  /** In values, from review to review. */
  stride: number;
  /** In rows. */
  lead: number;
  /** Whether what lies below learns from the gradient. */
  needsGradient: boolean;
}

/** Rows of zeros before the gradient, into which the windows of a convolution's way back reach. */
const HEADROOM = 16;

export interface BlockShape {
  batch: number;
  length: number;
  columns: number;
  /** Rows of padding a review, `lead` of them before its first row. */
  padding?: number;
  lead?: number;
}

export function block(
  layout: Layout,
  { batch, length, columns, padding = 0, lead = 0 }: BlockShape,
): Block {
  const stride = (length + padding) * columns;
  const values = layout.reserve(batch * stride);
  layout.reserve(HEADROOM * columns);
  const gradient = layout.reserve(batch * stride);
  return { values, gradient, length, columns, stride, lead, needsGradient: true };
}

/** The same memory as one row a review. */
export function flat(input: Block): Block {
  return { ...input, length: 1, columns: input.length * input.columns };
}

/** A part of a net. It reserves its memory when it is made, and computes on the machine that it is then given. */
export interface Layer {
  readonly info: LayerInfo;
  readonly parameters: readonly Parameter[];
  /** What it drops while training. */
  readonly zeros?: Zeros;
  /** Draws the start. */
  start?(machine: Machine, random: Random): void;
  forward(machine: Machine, batch: number, isTraining: boolean): void;
  /** Turns the gradient of what it gave into the gradient of what it got and of its parameters. */
  backward(machine: Machine, batch: number): void;
}

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010). */
export function drawGlorot(
  values: Float32Array,
  inputs: number,
  outputs: number,
  random: Random,
): void {
  const most = Math.sqrt(6 / (inputs + outputs));
  for (let i = 0; i < values.length; i++) values[i] = most * (2 * random.uniform() - 1);
}
