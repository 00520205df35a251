import type { Matrix } from '../math/matrix.ts';
import type { Stop } from '../math/stop.ts';
import type { Epoch, LayerInfo } from '../run/types.ts';

/** Ratings with users and movies as indices in order of first appearance. All arrays have one entry a rating. */
export interface Ratings {
  users: Int32Array;
  movies: Int32Array;
  values: Float32Array;
  /** Seconds since 1970. */
  timestamps: Float64Array;
  userIds: string[];
  movieIds: string[];
}

export interface Movie {
  id: string;
  /** As in the file, without the year where one was found. */
  title: string;
  /** The title as published, with its year: `Toy Story (1995)`. */
  label: string;
  year?: number;
  genres: string[];
}

/** The parts of a random split, as indices into the ratings' arrays. */
export interface Split {
  train: Int32Array;
  validation: Int32Array;
}

/** What a model learnt of the movies, in the ratings' order of movies. */
export interface Learnt {
  /** movies × dimensions */
  itemFactors: Matrix;
  itemBias?: Float32Array;
  globalMean?: number;
  /** On the validation part of the split, e.g. `{ mse, rmse, mae }`. */
  metrics: Record<string, number>;
}

export interface EpochProgress {
  signal?: Stop;
  /** `loss` is the mean so far in this epoch. */
  onProgress?: (samplesDone: number, samplesTotal: number, loss: number) => void;
}

/** A model in training, advanced one epoch at a time. */
export interface Trainer {
  /** Planned; a trainer that stops early returns undefined from `epoch` sooner. */
  readonly epochs: number;
  readonly samplesPerEpoch: number;
  /** What computes, where the trainer chooses: `kernel` or `javascript`. */
  readonly backend?: string;
  /** What a person should know before the training starts, a sentence each. */
  readonly notices?: readonly string[];
  /** What the model computes, layer by layer, with the sizes that it has on this data. */
  readonly layers?: LayerInfo[];
  /**
   * Trains one epoch; undefined when there is nothing left to train.
   *
   * @throws Stopped when the signal is aborted; what was learnt so far is not to be used
   */
  epoch(progress: EpochProgress): Promise<Epoch | undefined>;
  learnt(): Promise<Learnt>;
  /** Frees what garbage collection does not. */
  dispose(): void;
}

/** Thrown when a signal stopped the work. */
export class Stopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'Stopped';
  }
}

export type Hyperparameters = Record<string, number | string | boolean | (number | string)[]>;

/** A line in the list of models (`models.ts`). */
export interface MovieModel {
  name: string;
  /** One sentence: what the model computes. */
  description: string;
  /** What the losses in the curves are. */
  loss: string;
  /** Whether it computes on a tfjs backend (else on our own kernel). */
  usesTensors: boolean;
  /** Every hyperparameter with its default; the command line overrides some of them. */
  defaults: Hyperparameters;
  create(
    ratings: Ratings,
    split: Split,
    hyperparameters: Hyperparameters,
    seed: number,
  ): Promise<Trainer>;
}
