import { planSize, transformLength } from './plan.ts';

/** The widest distance between nodes, on the scale on which the kernel 1 / (1 + d²) has width 1. */
const WIDEST_SPACING = 0.35;
/** A small map gets at least so many nodes along its longer side. */
const FEWEST_NODES = 48;
/** A cubic spline reaches from one node before a point's cell to one after it. */
const REACH = 4;
/** Nodes that the transforms leave free, where the spline's inverse filter would carry the seam: 0.27^8 of it. */
const MARGIN = 8;

/** The smallest box around a map. */
export interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/**
 * The grid for a map: repulsive forces come from interpolation on it and from Fourier transforms (Linderman, Rachh,
 * Hoskins, Steinerberger and Kluger 2019, "Fast interpolation-based t-SNE"). Each point's mass is spread over the nodes
 * around it, the masses are convolved with the kernels, and the result is interpolated at the points.
 *
 * Three things are done otherwise than in that paper, and make it cheaper. Where it convolves four charges with one
 * kernel, here one mass is convolved with the two components of d / (1 + d²)², and Z comes from the spectra by
 * Parseval's theorem. Where it interpolates by Lagrange's polynomials of three nodes, here it is by cardinal cubic
 * splines, whose inverse filter is part of the kernels' transforms, so that fewer nodes give the same error. And four
 * transforms are done at once, one in each lane of a vector.
 *
 * Relative error of the forces: under 1e-2. Cost: linear in the points, and n log n in the map's area.
 */
export interface GridShape {
  spacing: number;
  /** Nodes along x and y that points are spread over. */
  width: number;
  height: number;
  /** Lengths of the transforms: at least twice as many nodes, so that nothing wraps around. */
  lengthX: number;
  lengthY: number;
  /** From one column of nodes to the next. */
  stride: number;
  /** Columns by fours, an even number of them, and half the frequencies along y by fours. */
  columnFours: number;
  rowFours: number;
  /** Columns by fours that the kernels' transforms have along x, which is half of them. */
  kernelFours: number;
}

/** How many nodes a grid has along its longer side at most; a map beyond gets wider spacing. */
export function mostNodes(n: number): number {
  return n > 100_000 ? 2048 : 1024;
}

/** The shape of the grid for a map of n points. */
export function gridShape({ left, bottom, right, top }: Box, n: number): GridShape {
  const across = right - left;
  const up = top - bottom;
  const longer = Math.max(across, up, 1e-30);
  let spacing = WIDEST_SPACING;
  while (longer / spacing < FEWEST_NODES) spacing /= 2;
  while (longer / spacing > mostNodes(n)) spacing *= 2;
  return shapeOf(spacing, Math.floor(across / spacing), Math.floor(up / spacing));
}

/** The largest shape that a map of n points can have. */
export function largestShape(n: number): GridShape {
  return shapeOf(WIDEST_SPACING, mostNodes(n), mostNodes(n));
}

function shapeOf(spacing: number, cellsX: number, cellsY: number): GridShape {
  const width = cellsX + 1 + REACH;
  const height = cellsY + 1 + REACH;
  const lengthX = transformLength(2 * (width + MARGIN));
  const lengthY = transformLength(2 * (height + MARGIN));
  return {
    spacing,
    width,
    height,
    lengthX,
    lengthY,
    stride: 4 * Math.ceil(height / 4),
    columnFours: 2 * Math.ceil(width / 8),
    rowFours: Math.ceil((lengthY / 2 + 1) / 4),
    kernelFours: Math.ceil((lengthX / 2 + 1) / 4),
  };
}

/** How many values of four bytes each part of a grid's memory has. */
export function gridSizes(shape: GridShape) {
  const { lengthX, lengthY, stride, columnFours, rowFours, kernelFours } = shape;
  const nodes = 4 * columnFours * stride;
  const spectrum = 4 * rowFours * columnFours * 8;
  const kernel = 4 * rowFours * kernelFours * 4;
  return {
    nodesX: nodes,
    nodesY: nodes,
    spectrumX: spectrum,
    spectrumY: spectrum,
    potential: kernel,
    forceX: kernel,
    forceY: kernel,
    planX: planSize(lengthX),
    planY: planSize(lengthY),
    parts: 2 * rowFours,
    filterX: lengthX / 2 + 1,
    filterY: 4 * rowFours,
  };
}

/** Values of four bytes that a thread needs to work with. */
export function workSize({ lengthX, lengthY }: GridShape): number {
  return 4 * 8 * Math.max(lengthX, lengthY) + 32;
}

/**
 * The inverse filter of the spline by frequency 0 … length / 2, over the length. Masses are spread by the spline and
 * forces gathered by it, so that its response counts twice; its samples are 1/6, 4/6, 1/6.
 */
export function inverseFilter(length: number): Float32Array {
  return Float32Array.from({ length: length / 2 + 1 }, (_, k) => {
    const response = (2 + Math.cos((2 * Math.PI * k) / length)) / 3;
    return 1 / (response ** 2 * length);
  });
}
