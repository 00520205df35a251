/** A sum of sparse rows. */
export class RowSum {
  private readonly sums: Float64Array;
  /** One bit per column that holds something. */
  private readonly marks: Uint32Array;

  constructor(columns: number) {
    this.sums = new Float64Array(columns);
    this.marks = new Uint32Array((columns + 31) >>> 5);
  }

  add(columns: Uint32Array, values: Float64Array): void {
    columns.forEach((column, k) => {
      this.sums[column] += values[k];
      this.marks[column >>> 5] |= 1 << (column & 31);
    });
  }

  /** Gives the sum with its columns in ascending order, and begins anew. */
  take(columns: Uint32Array, values: Float64Array): number {
    let count = 0;
    this.marks.forEach((mark, block) => {
      for (let bits = mark; bits !== 0; bits &= bits - 1) {
        const column = block * 32 + 31 - Math.clz32(bits & -bits);
        columns[count] = column;
        values[count++] = this.sums[column];
        this.sums[column] = 0;
      }
    });
    this.marks.fill(0);
    return count;
  }
}
