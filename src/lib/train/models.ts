import type { ReviewModel } from './imdb/types.ts';
import type { MovieModel } from './types.ts';

/** The models that learn movies from ratings, by the name that `--model` takes; each is loaded when asked for. */
export const MOVIE_MODELS: Readonly<Record<string, () => Promise<MovieModel>>> = {
  mf: async () => (await import('./mf/mf.ts')).mf,
  dot: async () => (await import('./lesson/lesson.ts')).dot,
  'dot-bias': async () => (await import('./lesson/lesson.ts')).dotBias,
  nn: async () => (await import('./lesson/lesson.ts')).nn,
};

export const DEFAULT_MOVIE_MODEL = 'mf';

/** The models that learn words from labelled reviews, by the name that `--model` takes. */
export const REVIEW_MODELS: Readonly<Record<string, () => Promise<ReviewModel>>> = {
  bag: async () => (await import('./bag/bag.ts')).bag,
  dense: async () => (await import('./nets/models.ts')).dense,
  conv: async () => (await import('./nets/models.ts')).conv,
  'conv-pretrained': async () => (await import('./nets/models.ts')).convPretrained,
  'conv-multi': async () => (await import('./nets/models.ts')).convMulti,
  lstm: async () => (await import('./nets/models.ts')).lstm,
};

export const DEFAULT_REVIEW_MODEL = 'bag';
