import { checkFinite, type Matrix, unitRows } from '../../math/matrix.ts';
import {
  type Affinities,
  conditionalAffinities,
  jointAffinities,
  largestPerplexity,
  neighboursFor,
  type Neighbourhoods,
} from '../../math/tsne/affinities.ts';
import { given, initialise } from '../../math/tsne/initialisation.ts';
import { defaultLearningRate, schedule } from '../../math/tsne/schedule.ts';
import { neighbourGraph } from '../neighbourGraph.ts';
import { kernelProducts } from '../products.ts';
import { loadTeam, soloTeam, type TeamStarter } from '../team.ts';
import { descent, descentLayout, type Repulsion } from './descent.ts';
import { source } from './phases.ts';

export interface TsneOptions {
  /** How many neighbours a row has, softly. When left out: 30, or a third of the other rows where that is less. */
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
  /** What they are multiplied by in the end, which packs clusters more tightly: 1, so not at all. */
  lateExaggeration?: number;
  /** In how many of the last `iterations`, and whatever may come after: 250. */
  lateIterations?: number;
  /** max(200, n / earlyExaggeration) when left out. */
  learningRate?: number;
  /**
   * The repulsive forces: of every pair, by Barnes and Hut's tree with an angle, by interpolation on a grid, or, when
   * left out, of every pair or by the grid, whichever is the cheaper for the map as it is.
   */
  repulsion?: Repulsion;
  /** Threads to share the work; the map is the same without. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twins of the kernels. */
  plain?: boolean;
  /** Hears of rows, in both phases before the first iteration. */
  onProgress?: (phase: TsnePhase, done: number, total: number) => void;
  /** Heard until the first iteration. */
  signal?: AbortSignal;
}

export type TsnePhase = 'neighbours' | 'affinities';

/** A t-SNE under way: `step` moves it on, and its state can be read between steps. */
export interface Tsne {
  readonly n: number;
  /** Done so far. */
  readonly iteration: number;
  /** Meant in all. */
  readonly iterations: number;
  /** The perplexity used: the one asked for, or a third of the other rows where none was asked for. */
  readonly effectivePerplexity: number;
  /** The share of rows' neighbours that was found: 1 up to 50,000 rows, then as `neighbourGraph` has measured it. */
  readonly neighbourRecall: number;
  /** 2n: x and y of row i at 2i and 2i+1. The same array throughout. */
  readonly points: Float32Array;
  /** Does `n` iterations more. */
  step(n: number): void;
  /** Of the present points, without exaggeration, in nats. */
  klDivergence(): number;
  /** Lets go of memory and threads; only `points` is left. */
  close(): void;
}

/** Blocks of rows between two pauses in which a signal is heard. */
const BLOCKS_AT_A_TIME = 8;
/** The perplexity where none is asked for. */
const USUAL_PERPLEXITY = 30;

/**
 * A t-SNE of the rows (van der Maaten and Hinton 2008), ready for its first step. The same seed gives the same map, to
 * the bit, with threads or without, compiled or plain.
 *
 * @param data n × d
 * @throws RangeError when an option is out of range, or a value is not finite, naming its row
 * @throws the signal's reason when it is aborted
 */
export async function createTsne(data: Matrix, options: TsneOptions = {}): Promise<Tsne> {
  const settings = complete(data, options);
  checkFinite(data);
  options.signal?.throwIfAborted();
  const n = data.rows;
  const rows = settings.metric === 'cosine' ? unitRows(data) : data;
  const start =
    typeof settings.initialisation === 'string'
      ? initialise(rows, settings.initialisation, settings.seed, kernelProducts)
      : given(settings.initialisation, n);
  const { affinities, recall } = await affinitiesOf(rows, settings, options);
  return running(affinities, recall, start, settings, options);
}

type Settings = ReturnType<typeof complete>;

function complete(data: Matrix, options: TsneOptions) {
  const n = data.rows;
  const most = largestPerplexity(n);
  const perplexity = atLeast(
    'perplexity',
    options.perplexity ?? Math.min(USUAL_PERPLEXITY, most),
    1,
  );
  if (perplexity > most) {
    throw new RangeError(
      `perplexity is ${perplexity} (expected at most ${Math.floor(most * 100) / 100}, a third of each row's others, ` +
        `for ${n} ${n === 1 ? 'row' : 'rows'})`,
    );
  }
  const earlyExaggeration = atLeast('earlyExaggeration', options.earlyExaggeration ?? 12, 1);
  const { learningRate = defaultLearningRate(n, earlyExaggeration) } = options;
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRate is ${learningRate} (expected a number above 0)`);
  }
  const { repulsion = 'cheaper' } = options;
  if (typeof repulsion === 'object') atLeast('theta', repulsion.theta, 0);
  const iterations = whole('iterations', options.iterations ?? 1_000);
  const lateIterations = whole('lateIterations', options.lateIterations ?? 250);
  return {
    perplexity,
    iterations,
    seed: options.seed ?? 1,
    initialisation: options.initialisation ?? 'pca',
    metric: options.metric ?? 'euclidean',
    earlyExaggeration,
    earlyIterations: whole('earlyIterations', options.earlyIterations ?? 250),
    lateExaggeration: atLeast('lateExaggeration', options.lateExaggeration ?? 1, 1),
    lateFrom: Math.max(0, iterations - lateIterations),
    learningRate,
    repulsion,
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

/** P of the rows, with pauses in which timers, signals and messages have their turn. */
async function affinitiesOf(
  rows: Matrix,
  { perplexity, seed }: Settings,
  { team, plain, signal, onProgress }: TsneOptions,
): Promise<{ affinities: Affinities; recall: number }> {
  const n = rows.rows;
  let recall = 1;
  const k = neighboursFor(perplexity, n);
  let neighbours: Neighbourhoods = { n, k, rows: new Int32Array(0), values: new Float32Array(0) };
  if (k > 0) {
    const graph = await neighbourGraph(rows, k, 'euclidean', {
      seed,
      signal,
      plain,
      team,
      onProgress: (done, total) => onProgress?.('neighbours', done, total),
    });
    neighbours = { n, k, rows: graph.rows, values: graph.values };
    recall = graph.recall;
    signal?.throwIfAborted();
  }
  const work = conditionalAffinities(neighbours, perplexity);
  for (let blocks = 1; ; blocks++) {
    const next = work.next();
    if (next.done) return { affinities: jointAffinities(neighbours, next.value), recall };
    onProgress?.('affinities', next.value, n);
    signal?.throwIfAborted();
    if (blocks % BLOCKS_AT_A_TIME > 0) continue;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

async function running(
  affinities: Affinities,
  neighbourRecall: number,
  start: Float32Array,
  settings: Settings,
  { team: starter = soloTeam, plain }: TsneOptions,
): Promise<Tsne> {
  const { n } = affinities;
  const { iterations, perplexity, repulsion } = settings;
  const { bytes } = descentLayout(affinities, starter.count);
  const { kernel, team } = await loadTeam(source, bytes, { team: starter, plain });
  let live: ReturnType<typeof descent> | undefined = descent(
    affinities,
    start,
    schedule(settings),
    repulsion,
    kernel.buffer,
    team,
  );
  const points = live.points();
  let iteration = 0;
  const alive = () => {
    if (!live) throw new Error('this t-SNE has been closed');
    return live;
  };
  return {
    n,
    iterations,
    effectivePerplexity: perplexity,
    neighbourRecall,
    points,
    get iteration() {
      return iteration;
    },
    step(count) {
      whole('step', count);
      const own = alive();
      for (let i = 0; i < count; i++, iteration++) if (n > 1) own.iterate();
      points.set(own.points());
    },
    klDivergence: () => alive().klDivergence(),
    close() {
      live = undefined;
      void team.close();
    },
  };
}
