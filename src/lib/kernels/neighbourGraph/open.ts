import { wasm } from '../generated/neighbourGraph.ts';
import { wasm as relaxedWasm } from '../generated/neighbourGraph.relaxed.ts';
import { wasm as relaxedSharedWasm } from '../generated/neighbourGraph.relaxed.shared.ts';
import { wasm as sharedWasm } from '../generated/neighbourGraph.shared.ts';
import type { Matrix } from '../../math/matrix.ts';
import { MEMORY_LIMIT } from '../load.ts';
import { loadTeam, type TeamKernelSource, type TeamStarter } from '../team.ts';
import {
  EMPTY,
  type GraphLayout,
  graphLayout,
  type GraphPlan,
  type GraphSearch,
  type GraphShape,
  writePlan,
} from './plan.ts';
import { graphSearchTwin } from './twin.ts';

const source: TeamKernelSource<GraphSearch> = { wasm, sharedWasm, twin: graphSearchTwin };
const relaxed = { wasm: relaxedWasm, sharedWasm: relaxedSharedWasm };

/** About 25 ms of one thread's work with the compiled kernel, in products. */
const PRODUCTS_AT_A_TIME = 2.5e8;
/** What else a row costs, in products. */
const PRODUCTS_A_ROW = 5e4;
/** Rows that are asked about at a time, at most. */
const LISTED = 4096;

/** A question about some rows. */
export interface Question {
  ask: 'neighboursOf' | 'cellsOf';
  /** The rows asked about. */
  rows: Uint32Array;
  /** What the function is asked with: see `GraphSearch`. */
  argument: number;
  /** Rows or centroids that one row is held against, about. */
  against: number;
  /** Takes the answers to `count` rows from place `from` on, and may use them until it returns. */
  take(from: number, count: number): void;
  signal?: AbortSignal;
}

/** A search with its rows in memory. */
export interface OpenSearch {
  readonly layout: GraphLayout;
  readonly buffer: ArrayBufferLike;
  /** Lays the rows that `ids` names into panels of eight, EMPTY for a place that has none. */
  arrange(ids: Uint32Array): void;
  /** Sets how many cells there are, and how many a row looks into. */
  set(plan: Pick<GraphPlan, 'cells' | 'probes'>): void;
  /**
   * Asks in portions so small that timers, signals and messages have their turn.
   *
   * @throws the signal's reason when it is aborted
   */
  ask(question: Question): Promise<void>;
  close(): void;
}

/**
 * @param m n × columns, finite
 * @throws RangeError when there is no memory for it
 */
export async function openSearch(
  m: Matrix,
  shape: Omit<GraphShape, 'n' | 'columns' | 'listed' | 'threads'>,
  team: TeamStarter,
  plain?: boolean,
): Promise<OpenSearch> {
  const n = m.rows;
  const layout = graphLayout({
    ...shape,
    n,
    columns: m.columns,
    listed: Math.min(n, LISTED),
    threads: team.count,
  });
  const { kernel, team: members } = await load(layout, team, plain);
  const { buffer } = kernel;
  const plan: GraphPlan = { positions: 0, cells: 0, probes: 0, scale: prepare(buffer, layout, m) };
  const run = (name: keyof GraphSearch, count: number, ...rest: number[]) => {
    writePlan(buffer, layout, plan);
    const share = (member: number) => Math.floor((count * member) / members.count);
    members.run(name, (member) => [
      layout.at.plan,
      member,
      share(member),
      share(member + 1),
      ...rest,
    ]);
  };
  return {
    layout,
    buffer,
    arrange(ids) {
      plan.positions = Math.ceil(ids.length / 8) * 8;
      new Uint32Array(buffer, layout.at.ids, plan.positions).fill(EMPTY).set(ids);
      run('fillPanels', plan.positions / 8);
    },
    set(changed) {
      Object.assign(plan, changed);
    },
    async ask({ ask, rows, argument, against, take, signal }) {
      const perRow = against * m.columns + PRODUCTS_A_ROW;
      const fitting = Math.floor((PRODUCTS_AT_A_TIME * members.count) / perRow);
      const most = Math.max(1, Math.min(layout.listed, fitting));
      const list = new Uint32Array(buffer, layout.at.list, layout.listed);
      for (let from = 0; from < rows.length; from += most) {
        const some = rows.subarray(from, from + most);
        list.set(some);
        run(ask, some.length, argument);
        take(from, some.length);
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
    },
    close() {
      void members.close();
    },
  };
}

/** Copies the rows, and sets what they are scanned with; returns what differences are multiplied by. */
function prepare(
  buffer: ArrayBufferLike,
  { at, n, columns, metric }: GraphLayout,
  m: Matrix,
): number {
  new Float32Array(buffer, at.rows, n * columns).set(m.data.subarray(0, n * columns));
  const means = new Float64Array(buffer, at.means, columns);
  const scales = new Float64Array(buffer, at.scales, n);
  const norms = new Float64Array(buffer, at.norms, n);
  const { data } = m;
  if (metric === 'euclidean') {
    for (let i = 0, from = 0; i < n; i++) {
      for (let j = 0; j < columns; j++) means[j] += data[from++];
    }
    for (let j = 0; j < columns; j++) means[j] /= n;
  }
  let longest = 0;
  for (let i = 0, from = 0; i < n; i++) {
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[from++] - means[j];
      squares += value * value;
    }
    norms[i] = squares;
    if (squares > longest) longest = squares;
  }
  if (metric === 'cosine') {
    for (let i = 0; i < n; i++) scales[i] = norms[i] === 0 ? 0 : 1 / Math.sqrt(norms[i]);
    return 1;
  }
  // A power of two, so that no digit is lost; lengths become 1 or less.
  const scale = longest === 0 ? 1 : 2 ** -Math.ceil(Math.log2(longest) / 2 + 1e-9);
  scales.fill(scale);
  for (let i = 0; i < n; i++) norms[i] = Math.sqrt(norms[i]) * scale;
  return scale;
}

async function load(
  { bytes, n, columns, k, cells }: GraphLayout,
  team: TeamStarter,
  plain?: boolean,
) {
  try {
    // Which cell is nearest may hang on a rounding, and is to be the same in every engine.
    const used = cells > 0 ? source : { ...source, relaxed };
    return await loadTeam(used, bytes, { team, plain });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const gibibytes = (bytes / 2 ** 30).toFixed(1);
    throw new RangeError(
      `the ${k} neighbours of ${n} × ${columns} values need ${gibibytes} GiB (this machine gave less, ` +
        `and ${(MEMORY_LIMIT / 2 ** 30).toFixed(1)} GiB are the most that can be addressed)`,
      { cause },
    );
  }
}
