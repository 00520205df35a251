/** Ratings grouped by user, or by movie: those of entity a are at starts[a] … starts[a + 1] − 1. */
export interface Grouped {
  /** One more than there are entities. */
  starts: Uint32Array;
  /** The other side of each rating. */
  partners: Uint32Array;
  values: Float32Array;
}

/** How many of the ratings that `indices` names each of `count` entities has. */
export function countRatings(
  keys: ArrayLike<number>,
  indices: ArrayLike<number>,
  count: number,
): Uint32Array {
  const counts = new Uint32Array(count);
  for (let k = 0; k < indices.length; k++) counts[keys[indices[k]]]++;
  return counts;
}

/**
 * The ratings named by `indices`, grouped by `keys`; inside a group they keep the order of `indices`.
 *
 * @param keys one entity in 0 … count − 1 per rating
 * @param partners the other side, one per rating
 */
export function group(
  keys: ArrayLike<number>,
  partners: ArrayLike<number>,
  values: ArrayLike<number>,
  indices: ArrayLike<number>,
  count: number,
): Grouped {
  const starts = new Uint32Array(count + 1);
  starts.set(countRatings(keys, indices, count), 1);
  for (let a = 0; a < count; a++) starts[a + 1] += starts[a];
  const grouped = {
    starts,
    partners: new Uint32Array(indices.length),
    values: new Float32Array(indices.length),
  };
  const next = starts.slice(0, count);
  for (let k = 0; k < indices.length; k++) {
    const place = next[keys[indices[k]]]++;
    grouped.partners[place] = partners[indices[k]];
    grouped.values[place] = values[indices[k]];
  }
  return grouped;
}
