/**
 * Trustworthiness of a map at 12 neighbours, of all rows: the kernel against plain JavaScript and against scikit-learn's
 * `trustworthiness` in the Python that `EMBEDSCOPE_PYTHON` names (python3). In seconds of the wall clock; quality says
 * that all found the same. What is missing is named.
 */
import { measureMap } from '../src/lib/kernels/mapQuality.ts';
import { mapQuality } from '../src/lib/math/mapQuality.ts';
import { matrix, type Matrix } from '../src/lib/math/matrix.ts';
import { random } from '../src/lib/math/random.ts';
import { inPython } from './peers/python.ts';
import type { Result } from './run.ts';

const K = 12;
/** Plain JavaScript is timed up to so many rows. */
const MOST_PLAIN = 5_000;

interface Timed {
  name: string;
  seconds: number;
  trustworthiness?: number;
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const sizes = quick ? [1_000, 3_000] : [1_000, 5_000, 20_000];
  const d = 50;
  const results: Result[] = [];
  await ours(...cloud(1_000, d));
  for (const n of sizes) {
    const [rows, map] = cloud(n, d);
    const own = await ours(rows, map);
    const timed = [own, ...(n <= MOST_PLAIN ? [plain(rows, map)] : []), ...python(rows, map)];
    for (const { name, seconds, trustworthiness } of timed) {
      results.push({
        name,
        n,
        d,
        seconds,
        ratioToOurs: seconds / own.seconds,
        quality: trustworthiness === undefined ? undefined : { trustworthiness },
      });
    }
  }
  return { results };
}

/** Normally distributed rows, and the map of their first two columns. */
function cloud(n: number, d: number): [Matrix, Float32Array] {
  const rows = matrix(n, d, Float32Array.from({ length: n * d }, random(1).normal));
  return [
    rows,
    Float32Array.from({ length: 2 * n }, (_, at) => rows.data[(at >> 1) * d + (at % 2)]),
  ];
}

async function ours(rows: Matrix, map: Float32Array): Promise<Timed> {
  const start = performance.now();
  const { trustworthiness } = await measureMap(rows, map, { k: K });
  return { name: 'ours', seconds: since(start), trustworthiness: trustworthiness.mean };
}

function plain(rows: Matrix, map: Float32Array): Timed {
  const start = performance.now();
  const { trustworthiness } = mapQuality(rows, map, { k: K });
  return { name: 'plain JavaScript', seconds: since(start), trustworthiness: trustworthiness.mean };
}

function python(rows: Matrix, map: Float32Array): Timed[] {
  const answer = inPython<{ seconds: number; trustworthiness: number }>(
    'trustworthiness_peer.py',
    { 'rows.f32': rows.data, 'map.f32': map },
    [String(rows.columns), String(K)],
  );
  return typeof answer === 'string'
    ? [{ name: `scikit-learn is missing: ${answer}`, seconds: NaN }]
    : [{ name: 'scikit-learn', ...answer }];
}

const since = (start: number) => (performance.now() - start) / 1000;
