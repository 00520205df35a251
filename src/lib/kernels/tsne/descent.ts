import type { Affinities } from '../../math/tsne/affinities.ts';
import { barnesHutRepulsion } from '../../math/tsne/barnesHut.ts';
import type { Schedule } from '../../math/tsne/schedule.ts';
import { Layout } from '../load.ts';
import type { Team } from '../team.ts';
import {
  type Box,
  type GridShape,
  gridShape,
  gridSizes,
  inverseFilter,
  largestShape,
  workSize,
} from './grid.ts';
import type { Phases } from './phases.ts';
import { writePlan } from './plan.ts';
import { BLOCK, STATE_BYTES, stateAt } from './state.ts';

/**
 * How repulsive forces are computed: of every pair, by interpolation on a grid, by whichever of them is the cheaper for
 * the map as it is, or by Barnes and Hut's tree with an angle (on the calling thread).
 */
export type Repulsion = 'pairs' | 'grid' | 'cheaper' | { theta: number };

/** No point moves further in one iteration, so that a few points cannot throw one another away. */
const LONGEST_STEP = 5;
/** Where the points lie that fill up the last four: so far away that they repel nothing. */
const FAR = 1e18;

/** What the methods cost, measured, in nanoseconds on one thread; only their ratios matter. */
const PER_PAIR = 0.5;
const PER_NODE = 4;
const PER_POINT = 30;

/** A descent's memory: where everything lies, and how much it is. */
export function descentLayout({ n, columns }: Affinities, members: number) {
  const largest = largestShape(n);
  const blocks = Math.ceil(n / BLOCK);
  const paddedN = 4 * Math.ceil(n / 4);
  const work = workSize(largest);
  const sizes = {
    state: STATE_BYTES / 4,
    points: 2 * paddedN,
    velocity: 2 * n,
    gains: 2 * n,
    attraction: 2 * n,
    repulsion: 2 * n,
    starts: n + 1,
    columns: columns.length,
    values: columns.length,
    sums: 4 * blocks,
    boxes: 8 * blocks,
    ...gridSizes(largest),
    work: members * work,
  };
  const layout = new Layout();
  const offsets = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, layout.reserve(size)]),
  ) as Record<keyof typeof sizes, number>;
  return { offsets, bytes: layout.bytes, workBytes: 16 * Math.ceil(work / 4), paddedN, blocks };
}

export interface Descent {
  /** The points as they are, 2n. */
  points(): Float32Array;
  /** One iteration. */
  iterate(): void;
  /** Σ p ln(p / q) of the present points, in nats. */
  klDivergence(): number;
  /** A quarter of the gradient's two parts at the present points, and Z: for tests. */
  forces(): { attraction: Float32Array; repulsion: Float32Array; z: number };
}

/**
 * The descent of t-SNE on a kernel's memory: gradient descent with momentum and a gain for every coordinate (van der
 * Maaten and Hinton 2008, §3.4) on
 *
 *     Σ_j (e · p_ij − q_ij) (y_i − y_j) / (1 + |y_i − y_j|²),
 *
 * a quarter of the derivative, which is what the learning rates of the literature since 2014 are stated for. All in
 * single precision; sums over points in double precision. The map is the same however many members the team has.
 *
 * @param affinities P by rows, each row's pairs filled up to a multiple of four
 * @param start 2n
 */
export function descent(
  affinities: Affinities,
  start: Float32Array,
  schedule: Schedule,
  repulsion: Repulsion,
  buffer: ArrayBufferLike,
  team: Team,
): Descent {
  const { n } = affinities;
  const { offsets, workBytes, paddedN, blocks } = descentLayout(affinities, team.count);
  const at = offsets.state;
  const state = stateAt(buffer, at);
  Object.assign(state, offsets, { n, paddedN, workBytes });
  const floats = (offset: number, length: number) => new Float32Array(buffer, offset, length);
  const integers = (offset: number, length: number) => new Uint32Array(buffer, offset, length);

  integers(offsets.starts, n + 1).set(affinities.starts);
  integers(offsets.columns, affinities.columns.length).set(affinities.columns);
  floats(offsets.values, affinities.values.length).set(affinities.values);
  floats(offsets.gains, 2 * n).fill(1);
  floats(offsets.points, 2 * paddedN)
    .fill(FAR)
    .set(start);
  const points = floats(offsets.points, 2 * n);
  const sums = new Float64Array(buffer, offsets.sums, 2 * blocks);
  const boxes = floats(offsets.boxes, 8 * blocks);
  const entropy = negativeEntropy(affinities.values);

  const byBlocks = evenly(blocks, 1, team.count);
  const byPairs = evenPairs(affinities.starts, blocks, team.count);
  let box = boxOf(points);
  let shape: GridShape | undefined;
  let byColumns = byBlocks;
  let byFours = byBlocks;
  let byRows = byBlocks;
  let iteration = 0;
  const tree = typeof repulsion === 'object' ? barnesHutRepulsion(repulsion.theta) : undefined;
  const nobody = evenly(0, 1, team.count);

  const run = (name: keyof Phases, share: number[], ...rest: number[]) =>
    void team.run(name, (member) => [at, share[member], share[member + 1], ...rest]);
  const runWith = (name: keyof Phases, share: number[], ...rest: number[]) =>
    void team.run(name, (member) => [at, member, share[member], share[member + 1], ...rest]);

  /** Lays the grid for the map as it is; kernels are computed anew where the one before does not fit. */
  function fitGrid(next: GridShape): void {
    const isNew =
      shape?.spacing !== next.spacing ||
      shape.lengthX !== next.lengthX ||
      shape.lengthY !== next.lengthY;
    const isLaidAnew =
      isNew || shape?.columnFours !== next.columnFours || shape.stride !== next.stride;
    shape = next;
    const { spacing, width, height, stride, lengthX, lengthY, columnFours, rowFours } = next;
    // The first point lies in the middle of the second cell: its spline needs a node before.
    const left = box.left - 1.5 * spacing;
    const bottom = box.bottom - 1.5 * spacing;
    const scale = 1 / spacing;
    Object.assign(state, { left, bottom, scale, spacing });
    Object.assign(state, { width, height, stride, lengthX, lengthY, columnFours, rowFours });
    byColumns = evenly(columnFours / 2, 8, team.count);
    byFours = evenly(columnFours, 1, team.count);
    byRows = evenly(rowFours, 1, team.count);
    if (isLaidAnew) {
      // Rows that fill up the last four are never written.
      floats(offsets.spectrumX, gridSizes(next).spectrumX).fill(0);
    }
    if (isNew) {
      writePlan(buffer, offsets.planX, lengthX);
      writePlan(buffer, offsets.planY, lengthY);
      floats(offsets.filterX, lengthX / 2 + 1).set(inverseFilter(lengthX));
      floats(offsets.filterY, 4 * rowFours)
        .fill(0)
        .set(inverseFilter(lengthY));
      runWith('kernelsAlongY', evenly(next.kernelFours, 1, team.count));
      runWith('kernelsAlongX', byRows);
    }
  }

  /** Whether the grid is to be used, which then is laid. */
  function chooseGrid(): boolean {
    if (repulsion === 'pairs') return false;
    const next = gridShape(box, n);
    const pairs = PER_PAIR * n * n;
    const nodes = PER_NODE * next.lengthX * next.lengthY + PER_POINT * n;
    if (repulsion === 'cheaper' && pairs <= nodes) return false;
    fitGrid(next);
    return true;
  }

  /** Attraction of some blocks, and masses on some columns, convolved with the kernels; returns Z. */
  function attractAndConvolve(blocks: number[], columns: number[]): number {
    void team.run('attractAndSpread', (member) => [
      at,
      member,
      blocks[member],
      blocks[member + 1],
      columns[member],
      columns[member + 1],
    ]);
    if (columns === nobody) return 0;
    runWith('convolveRows', byRows);
    runWith('returnColumns', byFours);
    let z = -n;
    for (const part of new Float64Array(buffer, offsets.parts, state.rowFours)) z += part;
    return z;
  }

  /** The repulsion by the tree; returns Z. */
  function repelByTree(): number {
    if (!tree) return 0;
    const forces = new Float64Array(2 * n);
    const z = tree(Float64Array.from(points), forces);
    floats(offsets.repulsion, 2 * n).set(forces);
    return z;
  }

  /** Both forces, or repulsion alone; those of the grid are still on its nodes. */
  function computeForces(isAttracting: boolean): { isGrid: boolean; z: number } {
    if (tree) {
      if (isAttracting) attractAndConvolve(byPairs, nobody);
      return { isGrid: false, z: repelByTree() };
    }
    const isGrid = chooseGrid();
    if (isGrid) {
      return { isGrid, z: attractAndConvolve(isAttracting ? byPairs : nobody, byColumns) };
    }
    run(isAttracting ? 'allPairs' : 'pairsOnly', byBlocks);
    return { isGrid, z: everyOther(sums, 0, blocks) };
  }

  const inverse = (z: number) => (z > 0 ? 1 / z : 0);

  return {
    points: () => points.slice(),
    iterate() {
      const { isGrid, z } = computeForces(true);
      const { exaggeration, momentum } = schedule.at(iteration++);
      const { learningRate } = schedule;
      const rest = [exaggeration, inverse(z), momentum, learningRate, LONGEST_STEP];
      run('gatherAndMove', byBlocks, isGrid ? 1 : 0, ...rest);
      let x = 0;
      let y = 0;
      for (let block = 0; block < blocks; block++) {
        x += boxes[8 * block];
        y += boxes[8 * block + 1];
      }
      x = Math.fround(x / n);
      y = Math.fround(y / n);
      run('centre', byBlocks, x, y);
      box = boxAround(boxes, blocks, x, y);
    },
    klDivergence() {
      if (n < 2) return 0;
      run('divergences', byBlocks);
      const attracted = everyOther(sums, 1, blocks);
      const { z } = computeForces(false);
      return entropy.sum + attracted + entropy.total * Math.log(z);
    },
    forces() {
      const { isGrid, z } = computeForces(true);
      if (isGrid) run('gatherForces', byBlocks);
      const copy = (offset: number) => floats(offset, 2 * n).slice();
      return { attraction: copy(offsets.attraction), repulsion: copy(offsets.repulsion), z };
    },
  };
}

/** Where each member's share of `count` things begins, and the last one's ends, times `size`. */
function evenly(count: number, size: number, members: number): number[] {
  return Array.from({ length: members + 1 }, (_, member) =>
    Math.min(size * Math.round((count * member) / members), size * count),
  );
}

/** Blocks by their pairs, so that members have about as many. */
function evenPairs(starts: Int32Array, blocks: number, members: number): number[] {
  const n = starts.length - 1;
  const total = starts[n];
  const shares = Array.from({ length: members + 1 }, () => 0);
  let block = 0;
  for (let member = 1; member < members; member++) {
    while (block < blocks && starts[Math.min(n, block * BLOCK)] < (total * member) / members) {
      block++;
    }
    shares[member] = block;
  }
  shares[members] = blocks;
  return shares;
}

function everyOther(sums: Float64Array, first: number, blocks: number): number {
  let sum = 0;
  for (let block = 0; block < blocks; block++) sum += sums[2 * block + first];
  return sum;
}

/** Σ p ln p and Σ p. */
function negativeEntropy(values: Float32Array): { sum: number; total: number } {
  let sum = 0;
  let total = 0;
  for (const p of values) {
    if (p > 0) sum += p * Math.log(p);
    total += p;
  }
  return { sum, total };
}

function boxOf(points: Float32Array): Box {
  const box = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    box.left = Math.min(box.left, points[i]);
    box.right = Math.max(box.right, points[i]);
    box.bottom = Math.min(box.bottom, points[i + 1]);
    box.top = Math.max(box.top, points[i + 1]);
  }
  return box;
}

/** The box around all blocks, moved by (−x, −y) as the points are, in single precision. */
function boxAround(boxes: Float32Array, blocks: number, x: number, y: number): Box {
  const box = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity };
  for (let block = 0; block < blocks; block++) {
    box.left = Math.min(box.left, boxes[8 * block + 2]);
    box.bottom = Math.min(box.bottom, boxes[8 * block + 3]);
    box.right = Math.max(box.right, boxes[8 * block + 4]);
    box.top = Math.max(box.top, boxes[8 * block + 5]);
  }
  return {
    left: Math.fround(box.left - x),
    bottom: Math.fround(box.bottom - y),
    right: Math.fround(box.right - x),
    top: Math.fround(box.top - y),
  };
}
