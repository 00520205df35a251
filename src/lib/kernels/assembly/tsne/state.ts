/** Where a descent keeps its memory; ../../tsne/state.ts writes it, field by field in this order. */
@unmanaged
export class State {
  /** Points, and points with those that fill up the last four, far away. */
  n: u32;
  paddedN: u32;
  /** x and y, float32, of each point. */
  points: usize;
  velocity: usize;
  gains: usize;
  attraction: usize;
  repulsion: usize;
  /** Affinities by rows: where each begins (uint32, multiples of 4), the other row (uint32), the value (float32). */
  starts: usize;
  columns: usize;
  values: usize;
  /** Sums of blocks of points: two float64 each (Z, divergence), and six float32 in a place for eight. */
  sums: usize;
  boxes: usize;

  /** The grid: the first point's place, one over the spacing, nodes that are used, and its lengths. */
  left: f32;
  bottom: f32;
  scale: f32;
  spacing: f32;
  width: u32;
  height: u32;
  /** Nodes from one column to the next, a multiple of 4. */
  stride: u32;
  lengthX: u32;
  lengthY: u32;
  /** Columns by fours, an even number of fours, and half the frequencies along y by fours. */
  columnFours: u32;
  rowFours: u32;
  nodesX: usize;
  nodesY: usize;
  spectrumX: usize;
  spectrumY: usize;
  /** The kernels' transforms. */
  potential: usize;
  forceX: usize;
  forceY: usize;
  /** Plans of the transforms. */
  planX: usize;
  planY: usize;
  /** A float64 for each four of frequencies: its part of Z. */
  parts: usize;
  /** One over the spline's response, squared, by frequency along x (float32) and along y. */
  filterX: usize;
  filterY: usize;
  /** Bytes of working memory that each thread has, and where it begins. */
  work: usize;
  workBytes: usize;
}

/** Points of which sums are formed together, so that they do not depend on who forms them. */
export const BLOCK: u32 = 128;
