import type { MovieModel } from './types.ts';

/** The models that learn movies from ratings, by the name that `--model` takes; each is loaded when asked for. */
export const MOVIE_MODELS: Readonly<Record<string, () => Promise<MovieModel>>> = {
  mf: async () => (await import('./mf/mf.ts')).mf,
};

export const DEFAULT_MOVIE_MODEL = 'mf';
