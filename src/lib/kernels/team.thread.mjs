/** A thread of Node that is a member of a team. */
import { parentPort, workerData } from 'node:worker_threads';
import { work } from './teamMember.mjs';

work(workerData, () => parentPort.postMessage('ready'));
