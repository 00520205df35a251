import type { Run } from '../../run/types.ts';
import type { Hyperparameters, Trainer } from '../types.ts';

export type Part = 'train' | 'test';

/** One review as the archive holds it. */
export interface Review {
  split: Part;
  /** 1 positive, 0 negative, undefined where there is none (`train/unsup`). */
  label: 1 | 0 | undefined;
  text: string;
  /** Its path in the data set, e.g. `train/pos/0_9.txt`. */
  name: string;
}

/** Reviews with their words as ids. */
export interface TokenisedReviews {
  /** The words of all reviews, one after another. */
  words: Uint32Array;
  /** Review i is `words[starts[i] … starts[i + 1])`. */
  starts: Uint32Array;
  /** One per review: 1 positive, 0 negative. */
  labels: Uint8Array;
}

/** The words of the training reviews, the most frequent first (ties in order of first appearance). */
export interface Vocabulary {
  words: string[];
  /** Occurrences in the training reviews. */
  counts: Uint32Array;
}

/**
 * The labelled reviews in an order of their own (positive before negative, then by file name), so that the order of an
 * archive's entries changes nothing. Ids are rows of the vocabulary; words that no training review has are left out.
 */
export interface Corpus {
  train: TokenisedReviews;
  test: TokenisedReviews;
  vocabulary: Vocabulary;
}

/** A line in the list of models that learn from reviews. */
export interface ReviewModel {
  name: string;
  /** One sentence: what the model computes. */
  description: string;
  /** What the losses in the curves are. */
  loss: string;
  /** Every hyperparameter with its default. */
  defaults: Hyperparameters;
  /**
   * All hyperparameters, those that are not given at their defaults.
   *
   * @throws InputError for an unknown name, or a value that is not possible
   */
  parse(given: Hyperparameters): Hyperparameters;
  /** Whether it starts from the vectors of another run: never, when one is given, or always. */
  vectors: 'none' | 'optional' | 'required';
  /** Whether it can compute on a tfjs backend (else only on our own kernels). */
  usesTensors: boolean;
  /**
   * What it learns has one vector per word of the vocabulary, or of its most frequent words.
   *
   * @param vectors a run of words
   * @param onTensors computes on the tfjs backend that is chosen, in place of our own kernels
   * @throws InputError when the vectors are not of use
   */
  create(
    corpus: Corpus,
    hyperparameters: Hyperparameters,
    seed: number,
    vectors?: Run,
    onTensors?: boolean,
  ): Promise<Trainer>;
}
