/**
 * Runs in a child process: starts a rung, takes one training step's worth of work on it, the gradient of
 * a gather, and prints what it found as JSON. Arguments: the rung, and the URLs of its packages.
 */
import { gather, grad, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { startRung } from './startRung.node.ts';

const [rung, ...urls] = process.argv.slice(2);
const probe = await startRung(rung, urls);
const picked = tensor1d([1, 1, 2], 'int32');
const gradient = grad((table) => sum(square(gather(table, picked))));
const values = await gradient(tensor2d([1, 2, 3], [3, 1])).data();
if (values.join() !== '0,8,6') {
  throw new Error(`it computes the gradient 0, 8, 6 as ${values.join(', ')}`);
}
console.log(JSON.stringify(probe));
// What WebGPU leaves running would keep the process from ending.
process.exit(0);
