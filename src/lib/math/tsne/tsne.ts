import { unitRows, type Matrix } from '../matrix.ts';
import { checkFinite, neighbourGraph } from '../neighbourGraph.ts';
import type { Stop } from '../stop.ts';
import {
  conditionalAffinities,
  jointAffinities,
  largestPerplexity,
  neighboursFor,
  type Affinities,
} from './affinities.ts';
import { barnesHutRepulsion } from './barnesHut.ts';
import { exactRepulsion } from './exact.ts';
import { gradient, klDivergence, type Repulsion } from './gradient.ts';
import { given, initialise } from './initialisation.ts';
import { interpolatedRepulsion } from './interpolation.ts';
import { defaultLearningRate, optimiser } from './optimise.ts';

export interface TsneOptions {
  /** How many neighbours a row has, softly: 30. At most a third of the other rows is used. */
  perplexity?: number;
  /** How many the run is meant to have; `step` may go further: 1,000. */
  iterations?: number;
  seed?: number;
  /** Where the points begin: principal components, at random, or 2n values given. */
  initialisation?: 'pca' | 'random' | Float32Array;
  /** `cosine` is the Euclidean distance of the rows scaled to length 1; a row of zeros stays as it is. */
  metric?: 'euclidean' | 'cosine';
  /** What the affinities are multiplied by at first: 12. */
  earlyExaggeration?: number;
  /** For how many iterations: 250. */
  earlyIterations?: number;
  /** max(200, n / earlyExaggeration) when left out. */
  learningRate?: number;
  /**
   * The repulsive forces by Barnes and Hut's tree with this angle, 0 for every pair. When left out: every pair
   * for few points, interpolation on a grid for many.
   */
  theta?: number;
  onProgress?: (phase: TsnePhase, done: number, total: number) => void;
  /** Looked at while neighbours and affinities are computed. */
  stop?: Stop;
}

export type TsnePhase = 'neighbours' | 'affinities';

/** A t-SNE under way: `step` moves it on, and its state can be read between steps. */
export interface Tsne {
  readonly n: number;
  /** Done so far. */
  readonly iteration: number;
  /** Meant in all. */
  readonly iterations: number;
  /** The perplexity used: the one asked for, or a third of the other rows where that is less. */
  readonly effectivePerplexity: number;
  /** 2n: x and y of row i at 2i and 2i+1. The same array throughout. */
  readonly points: Float32Array;
  /** Does `n` iterations more. */
  step(n: number): void;
  /** Of the present points, without exaggeration, in nats. */
  klDivergence(): number;
}

/** How far the work before the first iteration has come, in rows. */
export interface Preparation {
  phase: TsnePhase;
  done: number;
  total: number;
}

/** Up to so many points, every pair takes less time than a grid. */
const MOST_EXACT = 1_000;

/**
 * A t-SNE of the rows (van der Maaten and Hinton 2008), ready for its first step. The same seed gives the same map.
 *
 * @param data n × d
 * @throws RangeError when an option is out of range, or a value is not finite, naming its row
 * @throws Error named AbortError when `stop` is aborted
 */
export function createTsne(data: Matrix, options: TsneOptions = {}): Tsne {
  const { onProgress, stop } = options;
  const preparing = prepareTsne(data, options);
  for (;;) {
    if (stop?.aborted) {
      throw Object.assign(new Error('t-SNE was stopped before its first iteration'), {
        name: 'AbortError',
      });
    }
    const next = preparing.next();
    if (next.done) return next.value;
    const { phase, done, total } = next.value;
    onProgress?.(phase, done, total);
  }
}

/**
 * `createTsne` in portions, for callers that must breathe in between: yields some 20 times a second how far it has
 * come, and returns the t-SNE. `onProgress` and `stop` are the caller's own affair here.
 */
export function* prepareTsne(
  data: Matrix,
  options: TsneOptions = {},
): Generator<Preparation, Tsne> {
  const settings = complete(data, options);
  checkFinite(data);
  const n = data.rows;
  const rows = settings.metric === 'cosine' ? unitRows(data) : data;
  const points =
    typeof settings.initialisation === 'string'
      ? initialise(rows, settings.initialisation, settings.seed)
      : given(settings.initialisation, n);
  const effectivePerplexity = Math.min(settings.perplexity, largestPerplexity(n));
  const graph = yield* reported(
    'neighbours',
    n,
    neighbourGraph(rows, neighboursFor(effectivePerplexity, n)),
  );
  const conditional = yield* reported(
    'affinities',
    n,
    conditionalAffinities(graph, effectivePerplexity),
  );
  return stepper(jointAffinities(graph, conditional), points, { ...settings, effectivePerplexity });
}

type Settings = Required<Omit<TsneOptions, 'onProgress' | 'stop' | 'theta'>> &
  Pick<TsneOptions, 'theta'>;

function complete(data: Matrix, options: TsneOptions): Settings {
  const earlyExaggeration = atLeast('earlyExaggeration', options.earlyExaggeration ?? 12, 1);
  const { learningRate = defaultLearningRate(data.rows, earlyExaggeration), theta } = options;
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRate is ${learningRate} (expected a number above 0)`);
  }
  if (theta !== undefined) atLeast('theta', theta, 0);
  return {
    perplexity: atLeast('perplexity', options.perplexity ?? 30, 1),
    iterations: whole('iterations', options.iterations ?? 1_000),
    seed: options.seed ?? 1,
    initialisation: options.initialisation ?? 'pca',
    metric: options.metric ?? 'euclidean',
    earlyExaggeration,
    earlyIterations: whole('earlyIterations', options.earlyIterations ?? 250),
    learningRate,
    theta,
  };
}

function atLeast(name: string, value: number, least: number): number {
  if (value >= least && value < Infinity) return value;
  throw new RangeError(`${name} is ${value} (expected a number from ${least})`);
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`${name} is ${value} (expected a whole number from 0)`);
}

function* reported<Result>(
  phase: TsnePhase,
  total: number,
  work: Generator<number, Result>,
): Generator<Preparation, Result> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    yield { phase, done: next.value, total };
  }
}

function stepper(
  affinities: Affinities,
  points: Float64Array,
  settings: Settings & { effectivePerplexity: number },
): Tsne {
  const { iterations, effectivePerplexity } = settings;
  const { n } = affinities;
  const repulsion = repulsionFor(n, settings.theta);
  const descent = optimiser(2 * n, settings);
  const slope = new Float64Array(2 * n);
  const shown = Float32Array.from(points);
  let iteration = 0;
  return {
    n,
    iterations,
    effectivePerplexity,
    points: shown,
    get iteration() {
      return iteration;
    },
    step(count) {
      whole('step', count);
      for (let i = 0; i < count; i++, iteration++) {
        if (n < 2) continue;
        gradient(affinities, descent.exaggeration, points, repulsion, slope);
        descent.move(points, slope);
      }
      shown.set(points);
    },
    klDivergence: () => klDivergence(affinities, points, repulsion),
  };
}

function repulsionFor(n: number, theta: number | undefined): Repulsion {
  if (theta === undefined) return n <= MOST_EXACT ? exactRepulsion : interpolatedRepulsion();
  return theta === 0 ? exactRepulsion : barnesHutRepulsion(theta);
}
