import { browserTeam } from '../kernels/team.browser.ts';
import { createTsne, type Tsne, type TsnePhase } from '../kernels/tsne/tsne.ts';
import { matrix } from '../math/matrix.ts';

/** What a live map is made from. */
export interface TsneRequest {
  /** rows × columns, row-major. */
  data: Float32Array;
  rows: number;
  columns: number;
  perplexity: number;
  iterations: number;
  seed: number;
}

/** How far a live map has come. */
export interface TsneState {
  iteration: number;
  iterations: number;
  effectivePerplexity: number;
  /** x and y of item i at 2i and 2i + 1. */
  points: Float32Array;
  /** Of a moment ago while it runs, exact once it is done. */
  klDivergence: number;
}

let tsne: Tsne | undefined;

/** The divergence costs about as much as an iteration: so many milliseconds may pass between two of them. */
const measuredEvery = 400;
let measured = { at: -Infinity, klDivergence: NaN };

function stateOf(live: Tsne): TsneState {
  const { iteration, iterations, effectivePerplexity, points } = live;
  const now = performance.now();
  if (iteration >= iterations || now - measured.at >= measuredEvery) {
    measured = { at: now, klDivergence: live.klDivergence() };
  }
  const { klDivergence } = measured;
  return { iteration, iterations, effectivePerplexity, points: points.slice(), klDivergence };
}

/** The functions of the t-SNE worker. It holds one map at a time and works only while it is asked to. */
export const tsneFunctions = {
  /** Finds neighbours and affinities; `onProgress` hears of both phases. */
  async start(
    request: TsneRequest,
    onProgress: (phase: TsnePhase, done: number, total: number) => void,
  ): Promise<TsneState> {
    const { data, rows, columns, perplexity, iterations, seed } = request;
    tsne?.close();
    tsne = await createTsne(matrix(rows, columns, data), {
      perplexity,
      iterations,
      seed,
      metric: 'cosine',
      team: browserTeam(),
      onProgress,
    });
    measured = { at: -Infinity, klDivergence: NaN };
    return stateOf(tsne);
  },
  /** As many iterations as fit into `milliseconds`, at least one unless all are done. */
  advance(milliseconds: number): TsneState {
    if (!tsne) throw new Error('No map has been started. Start one again.');
    const end = performance.now() + milliseconds;
    do {
      if (tsne.iteration >= tsne.iterations) break;
      tsne.step(1);
    } while (performance.now() < end);
    return stateOf(tsne);
  },
};

export type TsneFunctions = typeof tsneFunctions;
