import { tensor, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { Random } from '../../math/random.ts';

/** What a network learns: a tensor, and the weight of the penalty on its squares. */
export interface Parameter {
  values: Variable;
  /** λ in the penalty λ·Σw² over all entries, which is part of the loss of every batch. */
  l2: number;
}

/** A parameter with one row per user or per movie, of which a batch uses some. */
export interface Table extends Parameter {
  of: 'users' | 'movies';
}

/** Keras 1's `uniform` initialisation: between −scale and scale. */
export function uniform(shape: number[], scale: number, random: Random): Variable {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(size);
  for (let k = 0; k < size; k++) values[k] = (2 * random.uniform() - 1) * scale;
  return owned(tensor(values, shape));
}

/** Keras 1's `glorot_uniform` initialisation for a dense layer (Glorot and Bengio 2010, equation 16). */
export function glorotUniform(inputs: number, outputs: number, random: Random): Variable {
  return uniform([inputs, outputs], Math.sqrt(6 / (inputs + outputs)), random);
}

/** A variable over a tensor that nobody else needs. */
export function owned(values: Tensor): Variable {
  const made = variable(values);
  values.dispose();
  return made;
}
