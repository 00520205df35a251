import type { Column, MapInfo, RunKind } from '../run/types.ts';

/** What is computed on: the component as scikit-learn's scores, or as in the lesson (`pca.fit(emb.T)`). */
export type Convention = 'scores' | 'lesson';
export type Metric = 'cosine' | 'dot' | 'euclidean';

/** An item as tables and pictures show it. */
export interface ItemSummary {
  /** Row in the run, from 0; rows are sorted by count, descending. */
  row: number;
  id: string;
  label: string;
  count: number;
  bias?: number;
  year?: number;
  mean?: number;
  genres?: string[];
  /** Log odds of a word between positive and negative texts; above 0 it stands more often in the positive. */
  polarity?: number;
}

/** Everything about a run's items but their vectors: small enough to hand from a worker to a page. */
export interface ItemTable {
  ids: string[];
  labels: string[];
  counts: Uint32Array;
  bias?: Float32Array;
  columns: Record<string, Column>;
}

/** Applied before ranking. Each bound counts itself in; an item without the value asked for is left out. */
export interface ItemFilter {
  /** Any of these. */
  genres?: string[];
  yearFrom?: number;
  yearTo?: number;
  minimumCount?: number;
}

export interface ScoredItem extends ItemSummary {
  score: number;
}

/** One thing that a component goes along with. */
export interface About {
  /** `year`, `log count`, `mean rating`, `bias`, or `genre: Comedy`. */
  name: string;
  /** Pearson correlation with the scores, over `n` items that have the value. */
  correlation: number;
  n: number;
  /** Two-sided permutation p-value, corrected for the number of attributes tried (maximum statistic, Westfall and Young 1993). */
  pValue: number;
}

export interface SpectrumQuery {
  /** PCA is fitted on the first `items` rows, which are the most rated. */
  items: number;
  convention: Convention;
}

export interface Spectrum {
  /** Variance along each component. */
  explainedVariance: Float64Array;
  /** Share of the total variance. */
  explainedVarianceRatio: Float64Array;
  /** The number of items that PCA was fitted on. */
  items: number;
}

export interface ComponentQuery extends SpectrumQuery {
  /** From 1. */
  component: number;
  /** Length of each list. */
  count: number;
  filter?: ItemFilter;
}

export interface ComponentRanking {
  component: number;
  convention: Convention;
  explainedVariance: number;
  explainedVarianceRatio: number;
  /** Highest scores, descending. */
  top: ScoredItem[];
  /** Lowest scores, ascending. */
  bottom: ScoredItem[];
  /** Strongest first, over all fitted items, whatever the filter. */
  about: About[];
  /** Items that PCA was fitted on. */
  fitted: number;
  /** Items left after the filter, from which top and bottom are taken. */
  ranked: number;
  /** What the items are. */
  kind: RunKind;
}

/** All scores on all components, for scatter plots and for an item's place. */
export interface ComponentScores {
  /** `items × components`, row-major, rows as in the run. */
  scores: Float32Array;
  items: number;
  components: number;
}

export interface BiasQuery {
  count: number;
  /** Only the first `items` rows, the most rated. */
  items: number;
  filter?: ItemFilter;
}

export interface BiasItem extends ItemSummary {
  bias: number;
  /** Rank by bias and by raw mean among the ranked items, from 1 (highest); ties share the mean rank. */
  biasRank: number;
  meanRank?: number;
}

export interface BiasRanking {
  top: BiasItem[];
  bottom: BiasItem[];
  /** Items that bias ranks most differently from their mean rating; largest |biasRank − meanRank| first. */
  corrected: BiasItem[];
  ranked: number;
  /** Spearman's rank correlation of bias and raw mean. */
  rankCorrelation?: number;
}

export interface NeighbourQuery {
  row: number;
  metric: Metric;
  count: number;
}

export interface Neighbour extends ItemSummary {
  /** For `cosine` and `dot`, descending. */
  similarity?: number;
  /** For `euclidean`, ascending. */
  distance?: number;
}

/** 3CosAdd or 3CosMul (Levy and Goldberg 2014). */
export type AnalogyRule = 'add' | 'mul';

/** “a is to b as c is to …”: the answer lies near b − a + c. */
export interface AnalogyQuery {
  /** Rows in the run. */
  a: number;
  b: number;
  c: number;
  rule: AnalogyRule;
  count: number;
}

export interface AnalogyItem extends ItemSummary {
  /**
   * For `add` the cosine with b − a + c, in [−1, 1]; for `mul` the similarities in [0, 1] with b and c, multiplied,
   * over that with a.
   */
  similarity: number;
}

export interface AnalogyAnswer {
  rule: AnalogyRule;
  /** Best first; a, b and c are not among them. */
  answers: AnalogyItem[];
  /** a, b and c, in this order: what the rule gives them, and the rank that each would have if none were left out. */
  leftOut: (AnalogyItem & { rank: number })[];
}

/** The line from one item to another, on which all others are projected. */
export interface LineQuery {
  /** Rows in the run. */
  from: number;
  to: number;
}

export interface LineEndsQuery extends LineQuery {
  /** Length of each list. */
  count: number;
  /** Only the first `items` rows, the most frequent, are ranked. */
  items: number;
}

export interface LineItem extends ItemSummary {
  /** 0 at `from`, 1 at `to`, ½ where both are equally similar; beyond them below 0 and above 1. */
  position: number;
  /** Distance from the line, of vectors at length 1: 0 on it. */
  distance: number;
}

export interface LineEnds {
  from: ItemSummary;
  to: ItemSummary;
  /** Cosine of the two. */
  cosine: number;
  /** Lowest positions, ascending: the end of `from`. Neither list holds `from` or `to`. */
  fromEnd: LineItem[];
  /** Highest positions, descending: the end of `to`. */
  toEnd: LineItem[];
  /** How many items are ranked. */
  ranked: number;
  /** The share of all items' variance, vectors at length 1, that lies along the line; NaN when they do not vary. */
  varianceShare: number;
  /** Pearson's correlation of position and polarity over the ranked items that have one, `n` of them. */
  polarity?: { correlation: number; n: number };
}

/** Every item's place by the line, for pictures. */
export interface LinePlaces {
  positions: Float32Array;
  distances: Float32Array;
}

/** Where one item stands on one component, among the fitted items. */
export interface ComponentPlace {
  component: number;
  score: number;
  /** From 1, the highest score. */
  rank: number;
  /** Share of the fitted items with a lower score (ties count half), 0 to 100. */
  percentile: number;
}

export interface MapQuery {
  /** The name of one of the run's maps, or `pca`. */
  map: string;
}

/** Where a map puts the run's first items. */
export interface PlacedMap {
  name: string;
  /** x and y of row i at 2i and 2i + 1. */
  points: Float32Array;
  /** What the run says of it; absent of a map that was computed now. */
  info?: MapInfo;
  /** Of a map of two components: their shares of the variance. */
  explainedVarianceRatio?: [number, number];
}

/** How far a map can be trusted. */
export interface MeasuredMap {
  name: string;
  /** Of each item that the map places, in [0, 1]; NaN where it was not measured. */
  trustworthiness: Float64Array;
  /** Overall, as `qualityFigures` names them. */
  quality: Record<string, number>;
}

export interface ClusterQuery {
  /** How many clusters. */
  k: number;
}

export interface Cluster {
  size: number;
  /** Its most frequent items, at most three. */
  labels: string[];
}

export interface Clusters {
  /** The largest first. */
  clusters: Cluster[];
  /** The cluster of each row of the run. */
  assignment: Uint16Array;
}

export interface VectorQuery {
  rows: readonly number[];
}
