import type { Phases } from './phases.ts';
import { BLOCK, stateAt } from './state.ts';
import { attract, divergence, move, repel, shift } from './twin/descent.ts';
import {
  backward,
  convolve,
  endKernels,
  forward,
  gather,
  type Memory,
  spread,
  startKernels,
} from './twin/grid.ts';

/**
 * The phases in plain JavaScript. Every operation is rounded to single precision, and sums are formed in the kernel's
 * order, so that the answers are the kernel's to the bit.
 */
export function phasesTwin(buffer: ArrayBufferLike): Phases {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);
  const of = (state: number): Memory => ({ f, u, s: { ...stateAt(buffer, state) } });
  const pointsTo = ({ s }: Memory, block: number) => Math.min(block * BLOCK, s.n);
  const workOf = ({ s }: Memory, member: number) => (s.work + member * s.workBytes) >>> 2;

  return {
    allPairs(state, from, to) {
      const memory = of(state);
      attract(memory, pointsTo(memory, from), pointsTo(memory, to));
      repel(memory, from, to);
    },
    pairsOnly: (state, from, to) => repel(of(state), from, to),
    attractAndSpread(state, member, fromBlock, toBlock, fromColumn, toColumn) {
      const memory = of(state);
      attract(memory, pointsTo(memory, fromBlock), pointsTo(memory, toBlock));
      if (fromColumn >= toColumn) return;
      spread(memory, fromColumn, toColumn);
      forward(memory, fromColumn, toColumn, workOf(memory, member));
    },
    convolveRows(state, member, from, to) {
      const memory = of(state);
      convolve(memory, from, to, workOf(memory, member));
    },
    returnColumns(state, member, from, to) {
      const memory = of(state);
      backward(memory, from, to, workOf(memory, member));
    },
    gatherForces(state, from, to) {
      const memory = of(state);
      gather(memory, pointsTo(memory, from), pointsTo(memory, to));
    },
    gatherAndMove(state, from, to, isGrid, exaggeration, perZ, momentum, rate, longest) {
      const memory = of(state);
      if (isGrid) gather(memory, pointsTo(memory, from), pointsTo(memory, to));
      const single = Object.entries({ exaggeration, perZ, momentum, rate, longest }).map(
        ([name, value]) => [name, Math.fround(value)],
      );
      move(memory, from, to, Object.fromEntries(single));
    },
    centre(state, from, to, x, y) {
      const memory = of(state);
      shift(memory, pointsTo(memory, from), pointsTo(memory, to), x, y);
    },
    divergences: (state, from, to) => divergence(of(state), from, to),
    kernelsAlongY(state, member, from, to) {
      const memory = of(state);
      startKernels(memory, from, to, workOf(memory, member));
    },
    kernelsAlongX(state, member, from, to) {
      const memory = of(state);
      endKernels(memory, from, to, workOf(memory, member));
    },
  };
}
