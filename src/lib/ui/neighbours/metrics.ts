import type { Metric, Neighbour } from '../../analysis/types.ts';
import type { TermName } from '../terms.ts';

/** How neighbours can be told, with the term that explains it and the header of its figures. */
export const neighbourMetrics: Record<Metric, { label: string; term: TermName; header: string }> = {
  cosine: { label: 'Cosine', term: 'cosine similarity', header: 'Cosine similarity' },
  dot: { label: 'Dot product', term: 'dot product', header: 'Dot product' },
  euclidean: { label: 'Euclidean', term: 'Euclidean distance', header: 'Euclidean distance' },
};

/** Similarity or distance, whichever the metric gives. */
export function figureOf(neighbour: Neighbour): number {
  return neighbour.similarity ?? neighbour.distance ?? NaN;
}
