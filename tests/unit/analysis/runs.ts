import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';

/** A run of 60 films whose first factor follows the year; the last film has the title of the first. */
export function films(): Run {
  const draw = random(7);
  const n = 60;
  const rows = Array.from({ length: n }, (_, i) => i);
  const years = Float64Array.from(rows, (i) => 1950 + i);
  const vectors = matrix(n, 3);
  for (let i = 0; i < n; i++) {
    vectors.data.set([(i - 30) / 5, draw.normal() / 2, draw.normal() / 4], 3 * i);
  }
  const labels = rows.map((i) => `Film ${i} (${years[i]})`);
  labels[59] = labels[0];
  return {
    manifest: { kind: 'movies' } as Manifest,
    maps: [],
    items: {
      ids: rows.map((i) => String(i + 100)),
      labels,
      counts: Uint32Array.from(rows, (i) => 200 - i),
      bias: Float32Array.from(rows, (i) => i % 7),
      columns: {
        year: { kind: 'number', storage: 'uint16', values: years },
        mean: { kind: 'number', storage: 'float32', values: Float64Array.from(rows, (i) => i % 5) },
        genres: { kind: 'tags', values: rows.map((i) => (i < 55 ? ['Drama'] : ['Drama', 'Rare'])) },
      },
      vectors,
    },
  };
}
