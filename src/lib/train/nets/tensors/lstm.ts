import {
  add,
  clipByValue,
  customGrad,
  engine,
  getBackend,
  getKernel,
  matMul,
  mul,
  reshape,
  slice,
  split,
  squeeze,
  tanh,
  transpose,
  unstack,
  where,
  zeros,
  expandDims,
  greater,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/**
 * A kernel that takes all reviews through all steps at once.
 *
 * Inputs: `projected` batch × steps × 4·units, the words' part of the gates' sums with their bias; `recurrent`
 * units × 4·units; `words` batch × steps, 0 where a step is passed over. Outputs: the gates' values, where there is a
 * word, and cells and hidden values of batch × (steps + 1) × units, the start before them.
 */
export const LSTM_FORWARD = 'EmbedscopeLstm';

/**
 * The way back: from `outputGradient` batch × units, the recurrent weights `turned` to 4·units × units, `words`,
 * and `gates` and `cells` of the way there to the gradient of `projected`.
 */
export const LSTM_BACKWARD = 'EmbedscopeLstmGradient';

/** More do not fit into the least memory that a workgroup has. */
const MOST_UNITS = 585;

/**
 * What an LSTM gives after the last word, see `Lstm`: hard sigmoid gates in the order input, forget, fresh, output.
 *
 * @param projected batch × steps × 4·units, words times weights plus bias
 * @param recurrent units × 4·units
 * @param words batch × steps, int32; where 0, the step is passed over
 * @returns batch × units
 */
export function lstm(projected: Tensor3D, recurrent: Tensor2D, words: Tensor2D): Tensor2D {
  const units = recurrent.shape[0];
  const isFused = units <= MOST_UNITS && getKernel(LSTM_FORWARD, getBackend()) !== undefined;
  return isFused ? fused(projected, recurrent, words) : stepwise(projected, recurrent, words);
}

function fused(projected: Tensor3D, recurrent: Tensor2D, words: Tensor2D): Tensor2D {
  const [batch, steps, width] = projected.shape;
  const units = width / 4;
  const run = customGrad((...inputs: unknown[]) => {
    const [x, u] = inputs as Tensor[];
    const save = inputs[2] as (tensors: Tensor[]) => void;
    const given = { projected: x, recurrent: u, words } as unknown as NamedTensorMap;
    const [gates, cells, hidden] = engine().runKernel(LSTM_FORWARD, given, {}) as Tensor[];
    save([gates, cells, hidden, u]);
    const value = squeeze(slice(hidden, [0, steps, 0], [batch, 1, units]), [1]);
    return {
      value,
      gradFunc: (outputGradient: Tensor, saved: Tensor[]) => {
        const [gates, cells, hidden, u] = saved;
        const back = { outputGradient, turned: transpose(u), words, gates, cells };
        const gradient = engine().runKernel(
          LSTM_BACKWARD,
          back as unknown as NamedTensorMap,
          {},
        ) as Tensor;
        const rows = batch * steps;
        const before = reshape(slice(hidden, 0, [batch, steps, units]), [rows, units]);
        const recurrentGradient = matMul(before, reshape(gradient, [rows, width]), true);
        return [gradient, recurrentGradient];
      },
    };
  });
  return run(projected, recurrent) as Tensor2D;
}

/** The same, one operation after another. */
function stepwise(projected: Tensor3D, recurrent: Tensor2D, words: Tensor2D): Tensor2D {
  const [batch, , width] = projected.shape;
  const units = width / 4;
  const sums = unstack(projected, 1);
  const isWord = unstack(expandDims(greater(words, 0), 2), 1);
  let hidden: Tensor = zeros([batch, units]);
  let cell: Tensor = zeros([batch, units]);
  for (const [t, x] of sums.entries()) {
    const gates = add(x, matMul(hidden as Tensor2D, recurrent));
    const [i, f, g, o] = split(gates, 4, 1);
    const fresh = add(mul(hardSigmoid(f), cell), mul(hardSigmoid(i), tanh(g)));
    hidden = where(isWord[t], mul(hardSigmoid(o), tanh(fresh)), hidden);
    cell = where(isWord[t], fresh, cell);
  }
  return hidden as Tensor2D;
}

function hardSigmoid(x: Tensor): Tensor {
  return clipByValue(add(mul(x, 0.2), 0.5), 0, 1);
}
