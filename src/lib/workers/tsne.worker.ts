/** The door: a live t-SNE is computed here, out of the page's thread. */
import { expose } from 'comlink';
import { tsneFunctions } from './tsne.ts';

expose(tsneFunctions);
