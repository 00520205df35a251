/** A place outside memory, for what does not fit in it. */
export interface Scratch {
  /** Writes the bytes behind what is there, and gives the position at which they begin. */
  append(bytes: Uint8Array): Promise<number>;
  /** Fills `into` with what was written from `position` on. */
  read(into: Uint8Array, position: number): Promise<void>;
  /** Gives the room back. */
  close(): Promise<void>;
}

export type OpenScratch = () => Promise<Scratch>;
