import type { Features } from './ngrams.ts';

/**
 * Log-count ratios of features between positive and negative reviews (Wang and Manning 2012, section 2.1, on binary
 * counts): r = ln((α + p) / Σ(α + p)) − ln((α + n) / Σ(α + n)).
 *
 * @param labels one per review: 1 positive, 0 negative
 * @param count number of features; those without a review get 0
 * @param minimum features in fewer reviews get 0 too
 */
export function logCountRatios(
  { ids, starts }: Features,
  labels: Uint8Array,
  count: number,
  smoothing: number,
  minimum = 1,
): Float32Array {
  const counts = [new Float64Array(count), new Float64Array(count)];
  labels.forEach((label, i) => {
    for (let k = starts[i]; k < starts[i + 1]; k++) counts[label][ids[k]]++;
  });
  const [negative, positive] = counts;
  const sum = (values: Float64Array) =>
    values.reduce((total, value) => total + value, smoothing * count);
  const offset = Math.log(sum(positive)) - Math.log(sum(negative));
  return new Float32Array(count).map((_, f) =>
    positive[f] + negative[f] < minimum
      ? 0
      : Math.log((smoothing + positive[f]) / (smoothing + negative[f])) - offset,
  );
}

/**
 * The share of reviews that naive Bayes judges rightly: the sum of their features' ratios and of the log odds of the
 * classes in training.
 */
export function naiveBayesAccuracy(
  ratios: Float32Array,
  trainLabels: Uint8Array,
  { ids, starts }: Features,
  labels: Uint8Array,
): number {
  const positive = trainLabels.reduce((sum, label) => sum + label, 0);
  const prior = Math.log(positive / (trainLabels.length - positive));
  let right = 0;
  labels.forEach((label, i) => {
    let score = prior;
    for (let k = starts[i]; k < starts[i + 1]; k++) score += ratios[ids[k]];
    if (score > 0 === (label === 1)) right++;
  });
  return right / labels.length;
}
