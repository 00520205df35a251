/**
 * What a descent's phases find in memory, each four bytes, in the order of assembly/tsne/state.ts: counts and places
 * are uint32, in bytes; `left`, `bottom`, `scale` and `spacing` float32.
 */
const FIELDS = [
  'n',
  'paddedN',
  'points',
  'velocity',
  'gains',
  'attraction',
  'repulsion',
  'starts',
  'columns',
  'values',
  'sums',
  'boxes',
  'left',
  'bottom',
  'scale',
  'spacing',
  'width',
  'height',
  'stride',
  'lengthX',
  'lengthY',
  'columnFours',
  'rowFours',
  'nodesX',
  'nodesY',
  'spectrumX',
  'spectrumY',
  'potential',
  'forceX',
  'forceY',
  'planX',
  'planY',
  'parts',
  'filterX',
  'filterY',
  'work',
  'workBytes',
] as const;
const FRACTIONS: readonly string[] = ['left', 'bottom', 'scale', 'spacing'];

export type State = Record<(typeof FIELDS)[number], number>;

export const STATE_BYTES = 4 * FIELDS.length;

/** Points of which sums are formed together, so that they do not depend on how threads share the work. */
export const BLOCK = 128;

/** The state that lies at `offset` of a memory; writing a field writes the memory. */
export function stateAt(buffer: ArrayBufferLike, offset: number): State {
  const view = new DataView(buffer, offset, STATE_BYTES);
  const state = {} as State;
  FIELDS.forEach((name, i) => {
    const isFraction = FRACTIONS.includes(name);
    Object.defineProperty(state, name, {
      enumerable: true,
      get: () => (isFraction ? view.getFloat32(4 * i, true) : view.getUint32(4 * i, true)),
      set: (value: number) =>
        isFraction ? view.setFloat32(4 * i, value, true) : view.setUint32(4 * i, value, true),
    });
  });
  return state;
}
