import type { Scratch } from './scratch.ts';

const BUFFER = 1 << 20;
const ENTRY = 12;

/** Rows of a matrix on disk, one after another: what one part of a corpus counts. */
export class Run {
  /** Entries of each row. */
  private readonly lengths: Uint32Array;
  private readonly positions: number[] = [];
  private readonly buffer: Uint8Array<ArrayBuffer>;
  private filled = 0;
  private bytes = 0;
  private at = 0;
  private end = 0;
  private piece = 0;

  constructor(
    private readonly scratch: Scratch,
    rows: number,
    private readonly size = BUFFER,
  ) {
    this.lengths = new Uint32Array(rows);
    this.buffer = new Uint8Array(size);
  }

  /** Writes the entries of a row; rows come in ascending order, and those that have none may be left out. */
  async write(row: number, columns: Uint32Array, values: Float64Array): Promise<void> {
    this.lengths[row] = columns.length;
    const bytes = new Uint8Array(columns.length * ENTRY);
    bytes.set(bytesOf(values), 0);
    bytes.set(bytesOf(columns), values.byteLength);
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done, done + this.size - this.filled);
      this.buffer.set(part, this.filled);
      this.filled += part.length;
      done += part.length;
      if (this.filled === this.size) await this.flush();
    }
  }

  /** Ends the writing. */
  async flush(): Promise<void> {
    if (this.filled === 0) return;
    this.positions.push(await this.scratch.append(this.buffer.subarray(0, this.filled)));
    this.bytes += this.filled;
    this.filled = 0;
  }

  /** Reads a row; they are read in ascending order, each once. */
  async read(row: number): Promise<{ columns: Uint32Array; values: Float64Array }> {
    const count = this.lengths[row];
    const bytes = new Uint8Array(count * ENTRY);
    for (let done = 0; done < bytes.length;) {
      if (this.at === this.end) await this.fill();
      const part = this.buffer.subarray(this.at, Math.min(this.end, this.at + bytes.length - done));
      bytes.set(part, done);
      this.at += part.length;
      done += part.length;
    }
    return {
      values: new Float64Array(bytes.buffer, 0, count),
      columns: new Uint32Array(bytes.buffer, count * 8, count),
    };
  }

  private async fill(): Promise<void> {
    const before = this.piece * this.size;
    this.end = Math.min(this.size, this.bytes - before);
    this.at = 0;
    await this.scratch.read(this.buffer.subarray(0, this.end), this.positions[this.piece++]);
  }
}

function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
