/** The door: what a page asks of a run is computed here, out of the page's thread. */
import { expose } from 'comlink';
import { analysisFunctions } from './analysis.ts';

expose(analysisFunctions);
