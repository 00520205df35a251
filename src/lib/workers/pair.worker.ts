/** The door: two runs are compared here, out of the page's thread. */
import { expose } from 'comlink';
import { pairFunctions } from './pair.ts';

expose(pairFunctions);
