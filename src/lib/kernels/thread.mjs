/**
 * A thread of Node that runs a kernel's functions on memory shared with the thread that started it. It is sent the
 * name of a function with its arguments, and answers with what the function returned. Plain JavaScript, since a thread
 * starts without the loader that reads TypeScript.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, memory } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.on('message', ({ name, values }) => parentPort.postMessage(exports[name](...values)));
