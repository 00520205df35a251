import type { Repulsion } from './gradient.ts';

/** Points nearer to one another than the map's extent over 2 to this power count as one place. */
const DEEPEST = 40;

/**
 * Repulsive forces by Barnes and Hut's quadtree (van der Maaten 2014): a cell that a point sees under a small angle
 * counts by its mass, its centre of mass and, beyond that paper, by the second moments of its points, which take
 * the error from the order of theta² to that of theta³.
 *
 * @param theta the diagonal of a cell over its distance, up to which that holds; 0.5 gives errors under 1e-3
 */
export function barnesHutRepulsion(theta: number): Repulsion {
  const tree = new Quadtree();
  return (points, forces) => {
    tree.build(points);
    return tree.repel(points, forces, theta * theta);
  };
}

/** A cell's record: mass, centre of mass, second moments about it, squared diagonal, where its part of the list ends. */
const MASS = 0;
const X = 1;
const Y = 2;
const XX = 3;
const XY = 4;
const YY = 5;
const DIAGONAL = 6;
const END = 7;
const RECORD = 8;

/**
 * A region quadtree in typed arrays, which is then written out as a list in depth-first order: a cell's inside lies
 * behind it, up to its `END`, so that a walk needs no stack and reads memory forwards. Cells with a single occupied
 * child are left out.
 */
class Quadtree {
  /** The tree as it grows: a cell's four children lie together. */
  private cells = 0;
  private firstChild = new Int32Array(0);
  private count = new Int32Array(0);
  /** In a leaf, the index of its first point's x; the others, all on the same place, follow by `next`. */
  private first = new Int32Array(0);
  private next = new Int32Array(0);
  /** The list. */
  private records = new Float64Array(0);
  private length = 0;
  /** The points, x's index, in the order of their leaves: neighbours walk alike. */
  private order = new Int32Array(0);
  private ordered = 0;

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
    if (this.order.length !== points.length / 2) {
      this.order = new Int32Array(points.length / 2);
      this.next = new Int32Array(points.length / 2);
    }
    this.reserve(1);
    this.add();
    for (let i = 0; i < points.length; i += 2) {
      this.insert(i, points, (left + right) / 2, (bottom + top) / 2, side / 2);
    }
    // Of cells that are written out, each has at least two children or is a leaf: there are fewer than 2n.
    if (this.records.length < RECORD * points.length) {
      this.records = new Float64Array(RECORD * points.length);
    }
    this.length = 0;
    this.ordered = 0;
    if (points.length > 0) this.write(0, points, 2 * side * side);
  }

  /** @param half of the side of the cell */
  private insert(at: number, points: Float64Array, midX: number, midY: number, half: number): void {
    const { next } = this;
    const x = points[at];
    const y = points[at + 1];
    next[at >> 1] = -1;
    let cell = 0;
    for (let depth = 0; ; depth++) {
      if (this.count[cell]++ === 0) {
        this.first[cell] = at;
        return;
      }
      if (this.firstChild[cell] < 0) {
        const other = this.first[cell];
        if (depth === DEEPEST || (points[other] === x && points[other + 1] === y)) {
          next[at >> 1] = next[other >> 1];
          next[other >> 1] = at;
          return;
        }
        // The points of a leaf that is split go to the child that holds their place.
        const child = this.split(cell) + quadrant(points[other], points[other + 1], midX, midY);
        this.count[child] = this.count[cell] - 1;
        this.first[child] = other;
      }
      half /= 2;
      cell = this.firstChild[cell] + quadrant(x, y, midX, midY);
      midX += x >= midX ? half : -half;
      midY += y >= midY ? half : -half;
    }
  }

  private split(cell: number): number {
    this.reserve(this.cells + 4);
    const child = this.cells;
    this.firstChild[cell] = child;
    for (let i = 0; i < 4; i++) this.add();
    return child;
  }

  private add(): void {
    const cell = this.cells++;
    this.firstChild[cell] = -1;
    this.count[cell] = 0;
  }

  private reserve(cells: number): void {
    if (cells <= this.count.length) return;
    const grow = (values: Int32Array) => {
      const larger = new Int32Array(Math.max(1024, 2 * cells));
      larger.set(values);
      return larger;
    };
    this.firstChild = grow(this.firstChild);
    this.count = grow(this.count);
    this.first = grow(this.first);
  }

  /** Appends a cell and what is in it to the list. */
  private write(cell: number, points: Float64Array, squaredDiagonal: number): void {
    const { records, count } = this;
    const child = this.firstChild[cell];
    const at = RECORD * this.length;
    if (child < 0) {
      this.length++;
      const first = this.first[cell];
      records.fill(0, at, at + RECORD);
      records[at + MASS] = count[cell];
      records[at + X] = points[first];
      records[at + Y] = points[first + 1];
      records[at + END] = at + RECORD;
      for (let i = first; i >= 0; i = this.next[i >> 1]) this.order[this.ordered++] = i;
      return;
    }
    for (let i = child; i < child + 4; i++) {
      if (count[i] === count[cell]) return this.write(i, points, squaredDiagonal / 4);
    }
    this.length++;
    for (let i = child; i < child + 4; i++) {
      if (count[i] > 0) this.write(i, points, squaredDiagonal / 4);
    }
    const end = RECORD * this.length;
    let x = 0;
    let y = 0;
    for (let part = at + RECORD; part < end; part = records[part + END]) {
      x += records[part + MASS] * records[part + X];
      y += records[part + MASS] * records[part + Y];
    }
    x /= count[cell];
    y /= count[cell];
    let xx = 0;
    let xy = 0;
    let yy = 0;
    for (let part = at + RECORD; part < end; part = records[part + END]) {
      const mass = records[part + MASS];
      const dx = records[part + X] - x;
      const dy = records[part + Y] - y;
      xx += records[part + XX] + mass * dx * dx;
      xy += records[part + XY] + mass * dx * dy;
      yy += records[part + YY] + mass * dy * dy;
    }
    records[at + MASS] = count[cell];
    records[at + X] = x;
    records[at + Y] = y;
    records[at + XX] = xx;
    records[at + XY] = xy;
    records[at + YY] = yy;
    records[at + DIAGONAL] = squaredDiagonal;
    records[at + END] = end;
  }

  /** Adds the forces on every point, and returns Z. */
  repel(points: Float64Array, forces: Float64Array, squaredTheta: number): number {
    const { records, order } = this;
    const end = RECORD * this.length;
    // What a point does to itself, as one of its own leaf.
    let z = -order.length;
    for (let i = 0; i < order.length; i++) {
      const x = points[order[i]];
      const y = points[order[i] + 1];
      let forceX = 0;
      let forceY = 0;
      let at = 0;
      while (at < end) {
        const dx = x - records[at + X];
        const dy = y - records[at + Y];
        const squared = dx * dx + dy * dy;
        const diagonal = records[at + DIAGONAL];
        if (diagonal > squaredTheta * squared) {
          at += RECORD;
          continue;
        }
        const w = 1 / (1 + squared);
        const square = w * w;
        const mass = records[at + MASS];
        z += mass * w;
        let push = mass * square;
        if (diagonal > 0) {
          // Taylor's series of w and of d w² about the centre of mass, whose first order vanishes.
          const xy = records[at + XY];
          const alongX = records[at + XX] * dx + xy * dy;
          const alongY = xy * dx + records[at + YY] * dy;
          const along = dx * alongX + dy * alongY;
          const trace = records[at + XX] + records[at + YY];
          const cube = square * w;
          z += 4 * cube * along - square * trace;
          push += cube * (12 * w * along - 2 * trace);
          forceX -= 4 * cube * alongX;
          forceY -= 4 * cube * alongY;
        }
        forceX += push * dx;
        forceY += push * dy;
        at = records[at + END];
      }
      forces[order[i]] += forceX;
      forces[order[i] + 1] += forceY;
    }
    return z;
  }
}

function quadrant(x: number, y: number, midX: number, midY: number): number {
  return (x >= midX ? 1 : 0) + (y >= midY ? 2 : 0);
}
