import { describe, expect, it } from 'vitest';
import { Layout, loadTogether } from '../../../src/lib/kernels/load.ts';
import { matmulSource, PANEL_VALUES } from '../../../src/lib/kernels/matmul.ts';
import { random } from '../../../src/lib/math/random.ts';

interface Shape {
  rows: number;
  columns: number;
  inner: number;
  /** In values: from row to row and from column to column. */
  a: [number, number];
  b: [number, number];
  accumulate?: boolean;
}

/** C from the kernel and from its twin, and in double precision. */
async function products({ rows, columns, inner, a, b, accumulate = false }: Shape, seed: number) {
  const sizeOf = (n: number, m: number, [row, column]: [number, number]) =>
    (n - 1) * row + (m - 1) * column + 1;
  const sizes = { a: sizeOf(rows, inner, a), b: sizeOf(inner, columns, b) };
  const cRow = columns + 3;
  const layout = new Layout();
  const at = {
    a: layout.reserve(sizes.a),
    b: layout.reserve(sizes.b),
    c: layout.reserve(rows * cRow),
    panels: layout.reserve(PANEL_VALUES),
  };
  const { normal } = random(seed);
  const draw = (n: number) => Float32Array.from({ length: n }, normal);
  const start = { a: draw(sizes.a), b: draw(sizes.b), c: draw(rows * cRow) };
  const [kernel, twin] = await Promise.all(
    [false, true].map(async (plain) => {
      const loaded = await loadTogether([matmulSource], layout.bytes, { plain });
      expect(loaded.backend).toBe(plain ? 'javascript' : 'kernel');
      for (const name of ['a', 'b', 'c'] as const) {
        new Float32Array(loaded.buffer, at[name]).set(start[name]);
      }
      const [bytesA, bytesB] = [a.map((n) => 4 * n), b.map((n) => 4 * n)];
      loaded.functions.matmul(
        at.a,
        bytesA[0],
        bytesA[1],
        at.b,
        bytesB[0],
        bytesB[1],
        at.c,
        4 * cRow,
        rows,
        columns,
        inner,
        accumulate ? 1 : 0,
        at.panels,
      );
      return new Float32Array(loaded.buffer, at.c, rows * cRow).slice();
    }),
  );
  const exact = Float64Array.from(start.c);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = accumulate ? start.c[i * cRow + j] : 0;
      for (let k = 0; k < inner; k++) {
        sum += start.a[i * a[0] + k * a[1]] * start.b[k * b[0] + j * b[1]];
      }
      exact[i * cRow + j] = sum;
    }
  }
  return { kernel, twin, exact };
}

const shapes: [string, Shape][] = [
  ['one value', { rows: 1, columns: 1, inner: 1, a: [1, 1], b: [1, 1] }],
  ['whole tiles', { rows: 8, columns: 16, inner: 12, a: [12, 1], b: [16, 1] }],
  ['no whole tile', { rows: 3, columns: 5, inner: 7, a: [7, 1], b: [5, 1] }],
  ['a first matrix transposed', { rows: 13, columns: 10, inner: 9, a: [1, 13], b: [10, 1] }],
  ['a second matrix transposed', { rows: 6, columns: 11, inner: 9, a: [9, 1], b: [1, 9] }],
  ['rows that overlap', { rows: 20, columns: 7, inner: 15, a: [3, 1], b: [7, 1] }],
  [
    'overlapping rows, transposed',
    { rows: 15, columns: 7, inner: 20, a: [1, 3], b: [7, 1], accumulate: true },
  ],
  [
    'more than a block each way',
    { rows: 9, columns: 300, inner: 530, a: [530, 1], b: [300, 1], accumulate: true },
  ],
  ['more than a block of sums', { rows: 5, columns: 261, inner: 257, a: [257, 1], b: [1, 257] }],
];

describe('matmul', () => {
  it.each(shapes)('multiplies %s', async (_, shape) => {
    const { kernel, twin, exact } = await products(shape, 1);
    expect(kernel).toEqual(twin);
    const most = Math.max(...exact.map((value, i) => Math.abs(value - kernel[i])));
    // Rounding of float32 sums; what lies between the rows of C is not touched.
    expect(most).toBeLessThan(2e-7 * shape.inner + 1e-6);
  });

  it('multiplies matrices of random shapes', async () => {
    const { integer } = random(2);
    for (let trial = 0; trial < 40; trial++) {
      const [rows, columns, inner] = [1 + integer(40), 1 + integer(40), 1 + integer(60)];
      const a: [number, number] = integer(2) ? [inner + integer(3), 1] : [1, rows];
      const b: [number, number] = integer(2) ? [columns + integer(3), 1] : [1, inner];
      const accumulate = integer(2) === 1;
      const { kernel, twin, exact } = await products(
        { rows, columns, inner, a, b, accumulate },
        trial,
      );
      expect(kernel).toEqual(twin);
      kernel.forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThan(1e-4));
    }
  });
});
