// t-SNE's forces and descent, AssemblyScript with SIMD, in phases that threads share. Meaning, arguments and memory:
// ../tsne/phases.ts; its plain JavaScript twin does the same operations in the same order.

import { attract, divergence, move, repel, shift } from './tsne/descent';
import { backward, convolve, forward, gather, spread } from './tsne/grid';
import { endKernels, startKernels } from './tsne/gridKernels';
import { BLOCK, State } from './tsne/state';

function workOf(s: State, member: u32): usize {
  return s.work + <usize>member * s.workBytes;
}

/** The point with which a block begins, or the end. */
function pointsTo(s: State, block: u32): u32 {
  return min(block * BLOCK, s.n);
}

export function allPairs(state: usize, fromBlock: u32, toBlock: u32): void {
  const s = changetype<State>(state);
  attract(s, pointsTo(s, fromBlock), pointsTo(s, toBlock));
  repel(s, fromBlock, toBlock);
}

export function pairsOnly(state: usize, fromBlock: u32, toBlock: u32): void {
  repel(changetype<State>(state), fromBlock, toBlock);
}

export function attractAndSpread(
  state: usize,
  member: u32,
  fromBlock: u32,
  toBlock: u32,
  fromColumn: u32,
  toColumn: u32,
): void {
  const s = changetype<State>(state);
  attract(s, pointsTo(s, fromBlock), pointsTo(s, toBlock));
  if (fromColumn < toColumn) {
    spread(s, fromColumn, toColumn);
    forward(s, fromColumn, toColumn, workOf(s, member));
  }
}

export function convolveRows(state: usize, member: u32, from: u32, to: u32): void {
  const s = changetype<State>(state);
  convolve(s, from, to, workOf(s, member));
}

export function returnColumns(state: usize, member: u32, from: u32, to: u32): void {
  const s = changetype<State>(state);
  backward(s, from, to, workOf(s, member));
}

export function gatherAndMove(
  state: usize,
  fromBlock: u32,
  toBlock: u32,
  isGrid: u32,
  exaggeration: f32,
  perZ: f32,
  momentum: f32,
  rate: f32,
  longest: f32,
): void {
  const s = changetype<State>(state);
  if (isGrid) gather(s, pointsTo(s, fromBlock), pointsTo(s, toBlock));
  move(s, fromBlock, toBlock, exaggeration, perZ, momentum, rate, longest);
}

export function gatherForces(state: usize, fromBlock: u32, toBlock: u32): void {
  const s = changetype<State>(state);
  gather(s, pointsTo(s, fromBlock), pointsTo(s, toBlock));
}

export function centre(state: usize, fromBlock: u32, toBlock: u32, x: f32, y: f32): void {
  const s = changetype<State>(state);
  shift(s, pointsTo(s, fromBlock), pointsTo(s, toBlock), x, y);
}

export function divergences(state: usize, fromBlock: u32, toBlock: u32): void {
  divergence(changetype<State>(state), fromBlock, toBlock);
}

export function kernelsAlongY(state: usize, member: u32, from: u32, to: u32): void {
  const s = changetype<State>(state);
  startKernels(s, from, to, workOf(s, member));
}

export function kernelsAlongX(state: usize, member: u32, from: u32, to: u32): void {
  const s = changetype<State>(state);
  endKernels(s, from, to, workOf(s, member));
}
