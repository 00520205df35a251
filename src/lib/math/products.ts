/** Rows of numbers in double precision, written where they are wanted, so that there is no copy of all of them. */
export interface RowSource {
  readonly rows: number;
  readonly columns: number;
  /**
   * Writes rows `from` … `to` (half open): value j of row `from + i` to `target[i * rowStride + j * columnStride]`.
   */
  write(
    from: number,
    to: number,
    target: Float64Array,
    rowStride: number,
    columnStride: number,
  ): void;
}

/**
 * What principal components, Procrustes analysis and their like spend their time on. Everything is in double precision,
 * and sums are added up in the order of the rows (`crossProducts`) or the columns (`times`), so that every
 * implementation gives the same numbers.
 */
export interface Products {
  /**
   * AᵀB: the products of every column of `a` with every column of `b`, summed over the rows.
   *
   * @param a n × p
   * @param b n × q; the same object as `a` takes half of the time
   * @returns p × q, row-major
   */
  crossProducts(a: RowSource, b: RowSource): Float64Array;

  /**
   * Hands each row of A·B to `take`, in order, in an array that is used again for the next.
   *
   * @param a n × p
   * @param b p × q, row-major
   * @param q columns of `b`
   */
  times(
    a: RowSource,
    b: Float64Array,
    q: number,
    take: (i: number, row: Float64Array) => void,
  ): void;
}

/** Rows taken at a time, so that each sum is read and written once for as many products. */
const BLOCK = 4;

/** In plain JavaScript. */
export const plainProducts: Products = {
  crossProducts(a, b) {
    const [p, q] = [a.columns, b.columns];
    const sums = new Float64Array(p * q);
    const left = new Float64Array(BLOCK * p);
    const right = a === b ? left : new Float64Array(BLOCK * q);
    for (let from = 0; from < a.rows; from += BLOCK) {
      const to = Math.min(a.rows, from + BLOCK);
      a.write(from, to, left, p, 1);
      if (a !== b) b.write(from, to, right, q, 1);
      // Rows that there are not add zeros.
      left.fill(0, (to - from) * p);
      right.fill(0, (to - from) * q);
      for (let r = 0; r < p; r++) {
        const v0 = left[r];
        const v1 = left[p + r];
        const v2 = left[2 * p + r];
        const v3 = left[3 * p + r];
        for (let c = a === b ? r : 0; c < q; c++) {
          let sum = sums[r * q + c] + v0 * right[c];
          sum += v1 * right[q + c];
          sum += v2 * right[2 * q + c];
          sums[r * q + c] = sum + v3 * right[3 * q + c];
        }
      }
    }
    if (a === b) mirror(sums, p);
    return sums;
  },

  times(a, b, q, take) {
    const p = a.columns;
    const own = new Float64Array(p);
    const row = new Float64Array(q);
    for (let i = 0; i < a.rows; i++) {
      a.write(i, i + 1, own, p, 1);
      row.fill(0);
      for (let j = 0; j < p; j++) {
        for (let c = 0; c < q; c++) row[c] += own[j] * b[j * q + c];
      }
      take(i, row);
    }
  },
};

/** Copies what is above the diagonal of a `d × d` matrix to below it. */
export function mirror(sums: Float64Array, d: number): void {
  for (let r = 1; r < d; r++) {
    for (let c = 0; c < r; c++) sums[r * d + c] = sums[c * d + r];
  }
}
