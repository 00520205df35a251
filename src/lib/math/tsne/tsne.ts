import { matrix, type Matrix } from '../matrix.ts';
import { nearest } from '../neighbours.ts';
import { pca } from '../pca.ts';
import type { Stop } from '../stop.ts';
export interface TsneOptions { perplexity?: number; iterations?: number; seed?: number; initialisation?: 'pca' | 'random' | Float32Array; metric?: 'euclidean' | 'cosine'; onProgress?: (phase: 'neighbours' | 'affinities', done: number, total: number) => void; stop?: Stop }
export interface Tsne { readonly n: number; readonly iteration: number; readonly iterations: number; readonly effectivePerplexity: number; readonly points: Float32Array; step(n: number): void; klDivergence(): number }
/** Stand-in. */
export function createTsne(data: Matrix, options: TsneOptions = {}): Tsne {
  const { perplexity = 30, iterations = 1000, onProgress } = options;
  const n = data.rows;
  const s = pca(data).scores;
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) for (let a = 0; a < 2; a++) points[2 * i + a] = s.columns > a ? s.data[i * s.columns + a] : 0;
  const k = Math.min(10, n - 1);
  const near: Int32Array[] = [];
  for (let i = 0; i < n; i++) { near.push(nearest(data, data.data.subarray(i * data.columns, (i + 1) * data.columns), k, 'cosine', i).rows); if (i % 100 === 0) onProgress?.('neighbours', i, n); }
  onProgress?.('affinities', n, n);
  void matrix;
  let iteration = 0;
  return { n, get iteration() { return iteration; }, iterations, effectivePerplexity: Math.min(perplexity, (n - 1) / 3), points,
    step(m) { for (let t = 0; t < m && iteration < iterations; t++, iteration++) for (let i = 0; i < n; i++) for (const j of near[i]) for (let a = 0; a < 2; a++) points[2*i+a] += 0.002 * (points[2*j+a] - points[2*i+a]) + 0.001*Math.sin(i*(a+1)*7.3); },
    klDivergence: () => 3 - iteration / 1000 };
}
