import {
  engine,
  getBackend,
  getKernel,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { add, div, mul, sqrt, square, sub, sum, zeros } from '@tensorflow/tfjs-core';
import { ADAM_STEP, type AdamStep } from '../wasm/adamStep.ts';
import type { Parameter } from './parameter.ts';

/** Keras 1's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam as Keras 1 computes it: ε is added to √v without a correction of v, and every entry of a table
 * moves in every step, whether its row was in the batch or not.
 */
export class Adam {
  private readonly moments: { first: Tensor; second: Tensor }[];
  private steps = 0;

  constructor(private readonly parameters: readonly Parameter[]) {
    this.moments = parameters.map(({ values: { shape } }) => ({
      first: zeros(shape),
      second: zeros(shape),
    }));
  }

  /**
   * Moves every parameter by one step.
   *
   * @param gradients of the loss without its penalties, in the order of the parameters; undefined leaves one as it is
   * @returns the penalties Σ l2·Σw² as they were before the step
   */
  step(gradients: readonly (Tensor | undefined)[], learningRate: number): Scalar {
    this.steps++;
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** this.steps)) / (1 - BETA1 ** this.steps);
    return tidy(() => {
      let penalty: Tensor | number = 0;
      for (const [i, parameter] of this.parameters.entries()) {
        const gradient = gradients[i];
        if (!gradient) continue;
        const settings = {
          rate,
          decay: 2 * parameter.l2,
          beta1: BETA1,
          beta2: BETA2,
          epsilon: EPSILON,
        };
        const squares = this.move(i, gradient, settings);
        if (parameter.l2 > 0) penalty = add(mul(squares, parameter.l2), penalty);
      }
      return add(penalty, 0);
    });
  }

  dispose(): void {
    for (const { first, second } of this.moments) {
      first.dispose();
      second.dispose();
    }
  }

  /** Moves one parameter and returns the sum of its squares before. */
  private move(i: number, gradient: Tensor, settings: AdamStep): Tensor {
    const { values } = this.parameters[i];
    const { first, second } = this.moments[i];
    if (getKernel(ADAM_STEP, getBackend())) {
      const inputs = { values, gradient, first, second };
      return engine().runKernel(ADAM_STEP, inputs, { ...settings }) as Tensor;
    }
    const { rate, decay, beta1, beta2, epsilon } = settings;
    const g = add(gradient, mul(values, decay));
    const m = add(mul(first, beta1), mul(g, 1 - beta1));
    const v = add(mul(second, beta2), mul(square(g), 1 - beta2));
    const squares = sum(square(values));
    this.moments[i] = { first: replaced(first, m), second: replaced(second, v) };
    values.assign(sub(values, div(mul(m, rate), add(sqrt(v), epsilon))));
    return squares;
  }
}

/** Keeps what is new beyond the tidy around it, and frees what it replaces. */
function replaced(old: Tensor, fresh: Tensor): Tensor {
  old.dispose();
  return engine().keep(fresh);
}
