import { getBackend } from '@tensorflow/tfjs-core';
import { InputError } from '../../errors.ts';
import { random, type Random } from '../../math/random.ts';
import type { Hyperparameters, MovieModel } from '../types.ts';
import type { Network } from './network.ts';
import { parseOptions, type LessonOptions } from './options.ts';
import type { Stretch } from './schedule.ts';
import { LessonTrainer } from './trainer.ts';

interface LessonModel {
  name: string;
  description: string;
  /** As the lesson's cells have it; its epochs are the default number. */
  schedule: readonly Stretch[];
  /** Which reading of it is the default: the one that comes nearer to the lesson's figure. */
  reading: LessonOptions['schedule'];
  /** Hyperparameters beside those that all of the lesson's models have. */
  own?: Hyperparameters;
  network(users: number, movies: number, options: LessonOptions, random: Random): Network;
}

const CONSTANT: readonly Stretch[] = [{ epochs: Infinity, multiple: 1 }];

/** One of the lesson's models as a line for the list of models. */
export function lessonModel({
  name,
  description,
  schedule,
  reading,
  own,
  network,
}: LessonModel): MovieModel {
  const defaults: Hyperparameters = {
    factors: 50,
    batch: 64,
    epochs: schedule.reduce((sum, { epochs }) => sum + epochs, 0),
    learningRate: 0.001,
    l2: 1e-4,
    schedule: reading,
    ...own,
  };
  return {
    name,
    description,
    loss: 'mean squared error, in training plus the L2 penalty on the factors',
    usesTensors: true,
    defaults,
    async create(ratings, split, hyperparameters, seed) {
      const options = parseOptions(name, defaults, hyperparameters);
      if (split.train.length === 0) {
        throw new InputError(`${name}: there are no ratings to train on (expected at least one)`);
      }
      if (!getBackend()) {
        throw new Error(`${name}: nothing to compute with (call chooseBackend first)`);
      }
      const { userIds, movieIds } = ratings;
      const seeds = random(seed);
      const draws = random(seeds.seed());
      return new LessonTrainer(
        network(userIds.length, movieIds.length, options, draws),
        options.schedule === 'constant' ? CONSTANT : schedule,
        ratings,
        split,
        options,
        seeds.seed(),
      );
    },
  };
}
