/** A dense matrix, row-major: element (i, j) is `data[i * columns + j]`. Used everywhere in Embedscope. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A matrix over `data` (not copied), or of zeros when `data` is left out.
 *
 * @throws RangeError when the length of `data` is not `rows × columns`
 */
export function matrix(
  rows: number,
  columns: number,
  data: Float32Array = new Float32Array(rows * columns),
): Matrix {
  if (data.length !== rows * columns) {
    throw new RangeError(
      `a ${rows} × ${columns} matrix has ${rows * columns} values, but ${data.length} were given`,
    );
  }
  return { data, rows, columns };
}

/** Row `i` as a view on the matrix's own memory. */
export function row(m: Matrix, i: number): Float32Array {
  return m.data.subarray(i * m.columns, (i + 1) * m.columns);
}

/** A copy with every row scaled to length 1; a row of zeros stays as it is. */
export function unitRows({ data, rows, columns }: Matrix): Matrix {
  const scaled = data.slice();
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += data[i * columns + j] ** 2;
    if (squares === 0) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < columns; j++) scaled[i * columns + j] *= scale;
  }
  return { data: scaled, rows, columns };
}

/** @throws RangeError naming the first row and column that hold a value that is not finite */
export function checkFinite({ data, columns }: Matrix): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new RangeError(
    `row ${Math.floor(bad / columns)}, column ${bad % columns} is ${data[bad]} (expected a finite number)`,
  );
}
