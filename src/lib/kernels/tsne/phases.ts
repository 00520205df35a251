import { wasm } from '../generated/tsne.ts';
import { wasm as sharedWasm } from '../generated/tsne.shared.ts';
import type { TeamKernelSource } from '../team.ts';
import { phasesTwin } from './twin.ts';

/**
 * The phases of a descent. All take the offset of its state (see state.ts) first. Blocks, columns and rows of `from` …
 * `to` (half open) are one member's share of the work; what a phase computes does not depend on how it is shared. A
 * `member` (0, 1, …) has working memory of its own.
 */
export interface Phases {
  /** Attraction and the repulsion of every pair. */
  allPairs(state: number, fromBlock: number, toBlock: number): void;
  /** The repulsion of every pair alone. */
  pairsOnly(state: number, fromBlock: number, toBlock: number): void;

  /** Attraction, and the masses of some columns (multiples of 8) of the grid, transformed along y. */
  attractAndSpread(
    state: number,
    member: number,
    fromBlock: number,
    toBlock: number,
    fromColumn: number,
    toColumn: number,
  ): void;
  /** The convolution of fours of frequencies along y with the kernels. */
  convolveRows(state: number, member: number, from: number, to: number): void;
  /** Fours of columns of both forces, transformed back along y. */
  returnColumns(state: number, member: number, from: number, to: number): void;
  /** The forces at the points, from the grid. */
  gatherForces(state: number, fromBlock: number, toBlock: number): void;

  /** `gatherForces` where there is a grid, and the step of the descent. */
  gatherAndMove(
    state: number,
    fromBlock: number,
    toBlock: number,
    isGrid: number,
    exaggeration: number,
    perZ: number,
    momentum: number,
    rate: number,
    longest: number,
  ): void;
  /** Moves the points by (−x, −y). */
  centre(state: number, fromBlock: number, toBlock: number, x: number, y: number): void;

  /** Σ p ln(1 + d²) of each block. */
  divergences(state: number, fromBlock: number, toBlock: number): void;

  /** The kernels' transforms, for fours of columns of half the grid, then for fours of rows. */
  kernelsAlongY(state: number, member: number, from: number, to: number): void;
  kernelsAlongX(state: number, member: number, from: number, to: number): void;
}

/** The phases, for one thread or several; see `loadTeam`. */
export const source: TeamKernelSource<Phases> = { wasm, sharedWasm, twin: phasesTwin };
