/** The part of the npm package `tsne-js` that is used here; it comes without types. */
declare module 'tsne-js' {
  interface Options {
    dim: number;
    perplexity: number;
    nIter: number;
    earlyExaggeration?: number;
    learningRate?: number;
    metric?: string;
  }

  export default class TSNE {
    constructor(options: Options);
    init(input: { data: number[][]; type: 'dense' }): void;
    run(): [error: number, iterations: number];
    getOutput(): number[][];
  }
}
