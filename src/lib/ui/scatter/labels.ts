/** Where labels stand on a picture: never over each other, the most important first. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PlacedLabel extends Box {
  /** Index of the point that it names. */
  index: number;
}

export interface LabelPlacement {
  /** Indices of the points to name, the most important first. */
  order: Iterable<number>;
  /** Pixel position of a point. */
  position: (index: number) => readonly [x: number, y: number];
  /** Width of a point's label in pixels. */
  width: (index: number) => number;
  /** Height of every label in pixels. */
  height: number;
  /** Distance from a point's centre to its label. */
  offset: number;
  /** Free space kept around every label. */
  gap: number;
  /** Where labels may stand; points outside get none. */
  area: Box;
  /** No more labels than this. */
  limit: number;
  /** No more points than this are looked at. */
  tries?: number;
  /** Pixel positions, x and y in turn, that labels leave free where they have a choice. */
  avoid?: ArrayLike<number>;
}

/** Whether two boxes are closer than `gap` both across and down. */
export function tooClose(a: Box, b: Box, gap: number): boolean {
  return (
    a.left < b.left + b.width + gap &&
    b.left < a.left + a.width + gap &&
    a.top < b.top + b.height + gap &&
    b.top < a.top + a.height + gap
  );
}

function inside(box: Box, area: Box): boolean {
  return (
    box.left >= area.left &&
    box.top >= area.top &&
    box.left + box.width <= area.left + area.width &&
    box.top + box.height <= area.top + area.height
  );
}

/** The places for a label around its point, the preferred first: right, left, above, below. */
export function places(
  x: number,
  y: number,
  width: number,
  height: number,
  offset: number,
): readonly Box[] {
  return [
    { left: x + offset, top: y - height / 2, width, height },
    { left: x - offset - width, top: y - height / 2, width, height },
    { left: x - width / 2, top: y - offset - height, width, height },
    { left: x - width / 2, top: y + offset, width, height },
  ];
}

function covered(box: Box, points: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] - box.left;
    const y = points[i + 1] - box.top;
    if (x > -2 && x < box.width + 2 && y > -2 && y < box.height + 2) count++;
  }
  return count;
}

/** Boxes inside an area, on a grid of cells, so that only those nearby are compared. */
class Occupied {
  #cells: (Box[] | undefined)[] = [];
  #area: Box;
  #gap: number;
  #columns: number;
  /** About the size of a label. */
  #cell = { width: 64, height: 24 };

  constructor(area: Box, gap: number) {
    this.#area = area;
    this.#gap = gap;
    this.#columns = Math.ceil(area.width / this.#cell.width) + 1;
  }

  /** Whether a box is closer than the gap to one that was added. */
  meets(box: Box): boolean {
    const { left, top, width, height } = box;
    const gap = this.#gap;
    const lastRow = this.#row(top + height + gap);
    const lastColumn = this.#column(left + width + gap);
    const firstColumn = this.#column(left - gap);
    for (let row = this.#row(top - gap); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const cell = this.#cells[row * this.#columns + column];
        if (!cell) continue;
        for (let i = 0; i < cell.length; i++) if (tooClose(box, cell[i], gap)) return true;
      }
    }
    return false;
  }

  add(box: Box): void {
    const lastRow = this.#row(box.top + box.height);
    const lastColumn = this.#column(box.left + box.width);
    for (let row = this.#row(box.top); row <= lastRow; row++) {
      for (let column = this.#column(box.left); column <= lastColumn; column++) {
        (this.#cells[row * this.#columns + column] ??= []).push(box);
      }
    }
  }

  #row(y: number): number {
    return Math.max(0, Math.floor((y - this.#area.top) / this.#cell.height));
  }

  #column(x: number): number {
    const column = Math.floor((x - this.#area.left) / this.#cell.width);
    return Math.min(this.#columns - 1, Math.max(0, column));
  }
}

/**
 * Greedy placement in order of importance (point-feature labelling with four places, Christensen, Marks and
 * Shieber 1995): a label takes the free place that covers the fewest points, or is left out.
 *
 * @returns the labels placed, in order; no two are closer than `gap`, all are inside `area`
 */
export function placeLabels(placement: LabelPlacement): PlacedLabel[] {
  const { order, position, width, height, offset, gap, area, limit, avoid } = placement;
  const placed: PlacedLabel[] = [];
  const occupied = new Occupied(area, gap);
  let tries = placement.tries ?? Infinity;
  for (const index of order) {
    if (placed.length >= limit || tries-- <= 0) break;
    const [x, y] = position(index);
    if (!inside({ left: x, top: y, width: 0, height: 0 }, area)) continue;
    let best: Box | undefined;
    let fewest = Infinity;
    for (const box of places(x, y, width(index), height, offset)) {
      if (!inside(box, area) || occupied.meets(box)) continue;
      const count = avoid ? covered(box, avoid) : 0;
      if (count < fewest) {
        best = box;
        fewest = count;
      }
      if (fewest === 0) break;
    }
    if (!best) continue;
    placed.push({ index, ...best });
    occupied.add(best);
  }
  return placed;
}

/** The text in at most `longest` characters: what is too long loses its middle, where titles differ least. */
export function cutMiddle(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  const kept = longest - 1;
  const front = Math.ceil(kept / 2);
  const start = characters.slice(0, front).join('').trimEnd();
  const end = characters.slice(characters.length - (kept - front)).join('');
  return `${start}…${end.trimStart()}`;
}
