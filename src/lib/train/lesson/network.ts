import {
  gather,
  mean,
  squaredDifference,
  unsortedSegmentSum,
  valueAndGrads,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayerInfo } from '../../run/types.ts';
import type { Parameter, Table } from './parameter.ts';

/** A model of ratings as a function of rows of tables and of weights. */
export interface Network {
  /** Of each table a batch gathers the rows of its users or movies. */
  readonly tables: readonly Table[];
  readonly weights: readonly Parameter[];
  /** Its parts, as a page draws them. */
  readonly layers: LayerInfo[];
  /** The table of movie factors, one of `tables`. */
  readonly itemFactors: Table;
  /** One of `tables`, with one column. */
  readonly itemBias?: Table;
  /** What is kept beside parameters, such as moving averages. */
  readonly state?: readonly Variable[];
  /**
   * Predicted ratings, one per row.
   *
   * @param rows the batch's rows of each table
   * @param weights as in `weights`
   * @param training whether dropout and batch statistics apply
   */
  predict(rows: Tensor[], weights: Tensor[], training: boolean): Tensor1D;
}

/** Ratings to be learnt or predicted together: int32 indices and float32 values. */
export interface Batch {
  users: Tensor1D;
  movies: Tensor1D;
  values: Tensor1D;
}

/** Predictions for a batch with what is learnt so far. */
export function predictions(network: Network, batch: Batch): Tensor1D {
  return network.predict(rowsOf(network, batch), valuesOf(network.weights), false);
}

/**
 * The mean squared error on a batch and its gradient by each parameter, tables before weights.
 *
 * Differentiated are the gathered rows alone, whose gradients are then summed into a table's rows.
 */
export function batchGradients(
  network: Network,
  batch: Batch,
): { mse: Scalar; gradients: Tensor[] } {
  const { tables } = network;
  const error = valueAndGrads((...inputs: Tensor[]) => {
    const rows = inputs.slice(0, tables.length);
    const predicted = network.predict(rows, inputs.slice(tables.length), true);
    return mean(squaredDifference(predicted, batch.values)) as Scalar;
  });
  const { value, grads } = error([...rowsOf(network, batch), ...valuesOf(network.weights)]);
  const gradients = grads.map((gradient, i) =>
    i < tables.length
      ? unsortedSegmentSum(gradient, batch[tables[i].of], tables[i].values.shape[0])
      : gradient,
  );
  return { mse: value as Scalar, gradients };
}

function rowsOf({ tables }: Network, batch: Batch): Tensor[] {
  return tables.map(({ values, of }) => gather(values, batch[of]));
}

function valuesOf(parameters: readonly Parameter[]): Tensor[] {
  return parameters.map(({ values }) => values);
}
