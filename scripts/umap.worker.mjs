/**
 * A thread that runs the npm package `umap-js`, which prepares without a pause, so that the command line stays able to
 * stop it. Takes as its data the nearest neighbours of each row, which count the row itself, with their distances
 * (rows × neighbours), the settings, and `points`, where x and y of each row begin (left out: at random). Sends
 * { epoch } and at last { points }.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { UMAP } from 'umap-js';

const { rows, distances, n, neighbours, minimumDistance, epochs, seed, points } = workerData;
const generator = xoroshiro128plus(seed | 0);
const umap = new UMAP({
  nNeighbors: neighbours,
  minDist: minimumDistance,
  nEpochs: epochs,
  random: () => uniformFloat64(generator),
});
const lists = (values) =>
  Array.from({ length: n }, (_, i) =>
    Array.from(values.subarray(i * neighbours, (i + 1) * neighbours)),
  );
umap.setPrecomputedKNN(lists(rows), lists(distances));
// With neighbours given, the package looks at how many rows there are and no further.
umap.initializeFit(Array.from({ length: n }, () => []));
const embedding = umap.getEmbedding();
if (points) embedding.forEach((point, i) => point.splice(0, 2, points[2 * i], points[2 * i + 1]));
for (let epoch = 1; epoch <= epochs; epoch++) {
  umap.step();
  parentPort.postMessage({ epoch });
}
parentPort.postMessage({ points: Float32Array.from(umap.getEmbedding().flat()) });
