import { END } from '../../kernels/cooccurrences.ts';
import type { OpenScratch, Scratch } from './scratch.ts';

/** Tokens kept together, in memory or on disk. */
const CHUNK = 1 << 20;

/**
 * The words of a corpus by number, in order of first appearance, with `END` after each document. What exceeds the
 * memory it may take goes to disk.
 */
export class Tokens {
  /** Different words, in order of first appearance. */
  readonly words: string[] = [];
  /** Occurrences of each. */
  counts = new Uint32Array(1 << 12);
  /** Words in all, and documents that have any. */
  total = 0;
  documents = 0;
  private readonly ids = new Map<string, number>();
  private readonly spilled: number[] = [];
  private full: Uint32Array<ArrayBuffer>[] = [];
  private current: Uint32Array<ArrayBuffer>;
  private filled = 0;
  private inDocument = false;
  private scratch: Scratch | undefined;

  /**
   * @param memory bytes that the tokens may take before they go to disk (the different words are not counted)
   * @param chunk tokens kept together
   */
  constructor(
    private readonly memory: number,
    private readonly openScratch: OpenScratch,
    private readonly chunk = CHUNK,
  ) {
    this.current = new Uint32Array(chunk);
  }

  /** Takes words of the document that goes on. */
  add(words: readonly string[]): void {
    for (const word of words) {
      let id = this.ids.get(word);
      if (id === undefined) {
        id = this.words.length;
        // A word cut out of a text holds on to the whole text: it is copied.
        const own = detached(word);
        this.ids.set(own, id);
        this.words.push(own);
        if (id === this.counts.length) {
          const counts = new Uint32Array(2 * id);
          counts.set(this.counts);
          this.counts = counts;
        }
      }
      this.counts[id]++;
      this.push(id);
    }
    this.total += words.length;
    if (words.length > 0) this.inDocument = true;
  }

  /** Ends the document. */
  end(): void {
    if (!this.inDocument) return;
    this.inDocument = false;
    this.documents++;
    this.push(END);
  }

  private push(id: number): void {
    if (this.filled === this.chunk) {
      this.full.push(this.current);
      this.current = new Uint32Array(this.chunk);
      this.filled = 0;
    }
    this.current[this.filled++] = id;
  }

  /** Puts what is too much for the memory on disk. */
  async settle(): Promise<void> {
    if ((this.full.length + 1) * this.chunk * 4 <= this.memory) return;
    for (const chunk of this.full) {
      this.scratch ??= await this.openScratch();
      this.spilled.push(await this.scratch.append(new Uint8Array(chunk.buffer)));
    }
    this.full = [];
  }

  /** The tokens from the first to the last, in pieces that are to be read before the next is asked for. */
  async *pieces(): AsyncGenerator<Uint32Array> {
    if (this.scratch !== undefined) {
      const piece = new Uint32Array(this.chunk);
      for (const position of this.spilled) {
        await this.scratch.read(new Uint8Array(piece.buffer), position);
        yield piece;
      }
    }
    for (const piece of this.full) yield piece;
    yield this.current.subarray(0, this.filled);
  }

  /** Gives the room on disk and in memory back. */
  async close(): Promise<void> {
    this.full = [];
    this.current = new Uint32Array(0);
    this.ids.clear();
    await this.scratch?.close();
    this.scratch = undefined;
  }
}

/** A copy of a word that does not hold on to the text from which it was cut. */
function detached(word: string): string {
  return JSON.parse(JSON.stringify(word)) as string;
}
