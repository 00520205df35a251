import type { Repulsion } from './gradient.ts';

/** Points that are nearer than the map's extent over 2 to this power share a leaf. */
const DEEPEST = 48;

/**
 * Repulsive forces by Barnes and Hut's quadtree (van der Maaten 2014): a cell that a point sees under a small angle
 * counts as one point at its centre of mass.
 *
 * @param theta the side of a cell over its distance, below which that holds; 0.5 gives errors under 1e-2
 */
export function barnesHutRepulsion(theta: number): Repulsion {
  const tree = new Quadtree();
  return (points, forces) => {
    tree.build(points);
    let z = 0;
    for (let i = 0; i < points.length; i += 2) z += tree.repel(i, points, forces, theta * theta);
    return z;
  };
}

/** A region quadtree in typed arrays; the root is cell 0, a cell's four children lie together. */
class Quadtree {
  private cells = 0;
  private firstChild = new Int32Array(0);
  /** Points in the cell, and the sums of their coordinates, later the means. */
  private count = new Int32Array(0);
  private x = new Float64Array(0);
  private y = new Float64Array(0);
  /** In a leaf, the coordinates' index of its first point. */
  private point = new Int32Array(0);
  private squaredSide = new Float64Array(0);
  private readonly stack = new Int32Array(4 * (DEEPEST + 2));

  build(points: Float64Array): void {
    let left = Infinity;
    let right = -Infinity;
    let bottom = Infinity;
    let top = -Infinity;
    for (let i = 0; i < points.length; i += 2) {
      left = Math.min(left, points[i]);
      right = Math.max(right, points[i]);
      bottom = Math.min(bottom, points[i + 1]);
      top = Math.max(top, points[i + 1]);
    }
    const side = Math.max(right - left, top - bottom);
    this.cells = 0;
    this.reserve(4 * points.length + 64);
    this.add(side);
    for (let i = 0; i < points.length; i += 2) {
      this.insert(i, points, (left + right) / 2, (bottom + top) / 2, side);
    }
    for (let cell = 0; cell < this.cells; cell++) {
      this.x[cell] /= this.count[cell];
      this.y[cell] /= this.count[cell];
    }
  }

  private insert(at: number, points: Float64Array, midX: number, midY: number, side: number): void {
    const x = points[at];
    const y = points[at + 1];
    let cell = 0;
    for (let depth = 0; ; depth++) {
      const isEmpty = this.count[cell] === 0;
      const isLeaf = this.firstChild[cell] < 0;
      this.count[cell]++;
      this.x[cell] += x;
      this.y[cell] += y;
      if (isEmpty) {
        this.point[cell] = at;
        return;
      }
      if (depth === DEEPEST) return;
      if (isLeaf) {
        const other = this.point[cell];
        if (points[other] === x && points[other + 1] === y) return;
        this.split(cell, side / 2);
        this.moveDown(cell, points, midX, midY);
      }
      side /= 2;
      const child = this.firstChild[cell] + quadrant(x, y, midX, midY);
      midX += x >= midX ? side / 2 : -side / 2;
      midY += y >= midY ? side / 2 : -side / 2;
      cell = child;
    }
  }

  /** The points of a leaf that is split, all on one place, go to the child that holds them. */
  private moveDown(cell: number, points: Float64Array, midX: number, midY: number): void {
    const other = this.point[cell];
    const x = points[other];
    const y = points[other + 1];
    const child = this.firstChild[cell] + quadrant(x, y, midX, midY);
    // The point that is on its way down was counted already.
    const moved = this.count[cell] - 1;
    this.count[child] = moved;
    this.x[child] = moved * x;
    this.y[child] = moved * y;
    this.point[child] = other;
  }

  private split(cell: number, side: number): void {
    this.reserve(this.cells + 4);
    this.firstChild[cell] = this.cells;
    for (let child = 0; child < 4; child++) this.add(side);
  }

  private add(side: number): void {
    const cell = this.cells++;
    this.firstChild[cell] = -1;
    this.count[cell] = 0;
    this.x[cell] = 0;
    this.y[cell] = 0;
    this.squaredSide[cell] = side * side;
  }

  private reserve(cells: number): void {
    if (cells <= this.count.length) return;
    const grow = <Values extends Int32Array | Float64Array>(values: Values): Values => {
      const larger = new (values.constructor as new (length: number) => Values)(2 * cells);
      larger.set(values);
      return larger;
    };
    this.firstChild = grow(this.firstChild);
    this.count = grow(this.count);
    this.x = grow(this.x);
    this.y = grow(this.y);
    this.point = grow(this.point);
    this.squaredSide = grow(this.squaredSide);
  }

  /** Adds the forces on one point, and returns its part of Z. */
  repel(at: number, points: Float64Array, forces: Float64Array, squaredTheta: number): number {
    const { stack, firstChild, count, squaredSide } = this;
    const x = points[at];
    const y = points[at + 1];
    let forceX = 0;
    let forceY = 0;
    // What the point does to itself, as one of its own cell.
    let z = -1;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const cell = stack[--top];
      const here = count[cell];
      if (here === 0) continue;
      const dx = x - this.x[cell];
      const dy = y - this.y[cell];
      const squared = dx * dx + dy * dy;
      const first = firstChild[cell];
      if (first < 0 || squaredSide[cell] < squaredTheta * squared) {
        const w = 1 / (1 + squared);
        z += here * w;
        forceX += here * w * w * dx;
        forceY += here * w * w * dy;
        continue;
      }
      for (let child = 0; child < 4; child++) stack[top++] = first + child;
    }
    forces[at] += forceX;
    forces[at + 1] += forceY;
    return z;
  }
}

function quadrant(x: number, y: number, midX: number, midY: number): number {
  return (x >= midX ? 1 : 0) + (y >= midY ? 2 : 0);
}
