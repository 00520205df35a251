/** The dot product of rows i and j of unit rows of length d. */
export function dotOfRows(units: Float64Array, d: number, i: number, j: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) sum += units[i * d + f] * units[j * d + f];
  return sum;
}
