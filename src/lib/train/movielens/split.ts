import type { Random } from '../../math/random.ts';
import type { Split } from '../types.ts';

/**
 * A random split as in the lesson: each of `count` ratings goes to the training part when its draw is below the share.
 *
 * Both parts are in the ratings' order; their sizes vary from seed to seed around the share.
 *
 * @throws RangeError when the share is not between 0 and 1
 */
export function randomSplit(count: number, random: Random, trainShare = 0.8): Split {
  if (!(trainShare > 0 && trainShare < 1)) {
    throw new RangeError(`the training share is ${trainShare} (expected a number between 0 and 1)`);
  }
  const parts = { train: new Int32Array(count), validation: new Int32Array(count) };
  let train = 0;
  let validation = 0;
  for (let i = 0; i < count; i++) {
    if (random.uniform() < trainShare) parts.train[train++] = i;
    else parts.validation[validation++] = i;
  }
  return {
    train: parts.train.slice(0, train),
    validation: parts.validation.slice(0, validation),
  };
}
