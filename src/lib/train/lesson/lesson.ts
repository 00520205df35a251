import type { MovieModel } from '../types.ts';
import { lessonModel } from './model.ts';
import { nnNetwork } from './nn.ts';
import { dotBiasNetwork, dotNetwork } from './products.ts';

/** The lesson's models, with its settings as defaults; see docs/lesson-models.md. */

export const dot: MovieModel = lessonModel({
  name: 'dot',
  description: 'user · movie, by Adam on batches, with an L2 penalty on both tables of factors',
  schedule: [
    { epochs: 1, multiple: 1 },
    { epochs: 3, multiple: 10 },
    { epochs: 6, multiple: 1 },
  ],
  reading: 'constant',
  network: dotNetwork,
});

export const dotBias: MovieModel = lessonModel({
  name: 'dot-bias',
  description:
    'user · movie + user bias + movie bias, by Adam on batches, with an L2 penalty on both tables of factors',
  schedule: [
    { epochs: 1, multiple: 1 },
    { epochs: 6, multiple: 10 },
    { epochs: 15, multiple: 1 },
  ],
  reading: 'as-written',
  network: dotBiasNetwork,
});

export const nn: MovieModel = lessonModel({
  name: 'nn',
  description:
    'a net with one hidden layer on the concatenated factors of user and movie, with dropout, by Adam on batches',
  schedule: [{ epochs: 8, multiple: 1 }],
  reading: 'as-written',
  own: { hidden: 70, inputDropout: 0.3, hiddenDropout: 0.75, batchNorm: false },
  network: nnNetwork,
});
