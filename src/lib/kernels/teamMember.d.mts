export declare const GENERATION: number;
export declare const JOB: number;
export declare const COUNT: number;
export declare const SLEEPING: number;
export declare const DONE: number;
export declare const CALLER_SLEEPING: number;
export declare const HEAD_BYTES: number;
export declare const MEMBER_BYTES: number;
export declare const STATUS: number;
export declare const LENGTH: number;
export declare const RESULT: number;
export declare const ARGUMENTS: number;
export declare const MOST_ARGUMENTS: number;
export declare const MESSAGE_BYTES: number;
export declare const MOST_LETTERS: number;
export declare const CLOSE: number;
export declare const WELL: number;
export declare const FAILED: number;
export declare const LOOKS: number;

/** What a thread is given when it starts. */
export interface Membership {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Holds the jobs. */
  control: SharedArrayBuffer;
  /** From 1 on: 0 is the thread that calls. */
  member: number;
}

export declare function functionNames(module: WebAssembly.Module): string[];
export declare function work(membership: Membership, ready: () => void): void;
