/** The door: all pairs of several runs are compared here, out of the page's thread. */
import { expose } from 'comlink';
import { matrixFunctions } from './matrix.ts';

expose(matrixFunctions);
