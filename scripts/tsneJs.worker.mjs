/**
 * A thread that runs the npm package `tsne-js`, which computes without a pause, so that the command line stays
 * able to stop it. Takes { rows, perplexity, iterations, seed } as its data; sends { iteration } and at last
 * { points }, x and y of each row.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import TSNE from 'tsne-js';

const { rows, perplexity, iterations, seed, learningRate, earlyExaggeration } = workerData;
// The package draws from Math.random and takes no seed; this thread's own is nobody else's.
const generator = xoroshiro128plus(seed | 0);
Math.random = () => uniformFloat64(generator);

const model = new TSNE({
  dim: 2,
  perplexity,
  nIter: iterations,
  learningRate,
  earlyExaggeration,
  metric: 'euclidean',
});
model.on('progressIter', ([iteration]) => parentPort.postMessage({ iteration }));
model.init({ data: rows, type: 'dense' });
model.run();
parentPort.postMessage({ points: Float32Array.from(model.getOutput().flat()) });
