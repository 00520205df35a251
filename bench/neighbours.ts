/**
 * Seconds a query for the 10 nearest of 400,000 × 100 values by cosine: the index's single queries and batches of 100,
 * on one thread and on all, compiled and plain, against the bandwidth at which one thread reads those bytes, and against
 * others; then graphs of all rows' 15 nearest: of 50,000 rows exactly, and of glove.6B's 400,000 words approximately
 * (`GLOVE` names glove.6B.zip; without it, of a mixture of Gaussians). Those in Node take turns; a figure is the median
 * of its rounds by the clock.
 *
 * usearch and sqlite-vec (with better-sqlite3) are looked for in the folder that `EMBEDSCOPE_PEERS` names (made by
 * `npm i` there) or here, faiss and scikit-learn in the Python that `EMBEDSCOPE_PYTHON` names (python3). Those that are
 * missing are named.
 */
import asc from 'assemblyscript/asc';
import { availableParallelism } from 'node:os';
import { neighbourGraph, type NeighbourGraphOptions } from '../src/lib/kernels/neighbourGraph.ts';
import { neighbourIndex } from '../src/lib/kernels/neighbourIndex.ts';
import { nodeTeam } from '../src/lib/kernels/team.node.ts';
import { type Matrix, matrix, row } from '../src/lib/math/matrix.ts';
import { type Metric, nearest } from '../src/lib/math/neighbours.ts';
import { random } from '../src/lib/math/random.ts';
import { nearestPeers } from './peers/nearest-peers.ts';
import { inPython } from './peers/python.ts';
import type { Result } from './run.ts';
import { readRows } from './tsne.ts';

const K = 10;
const BATCH = 100;
/** Rows of a graph whose exact neighbours the recall of others is measured by. */
const SAMPLE = 300;
const THREADS = availableParallelism();

/** Vectors of a normal distribution; with `centres`, of normal distributions a third as wide around so many of them. */
function cloud(rows: number, columns: number, seed: number, centres = 0): Matrix {
  const { normal, integer } = random(seed);
  const m = matrix(rows, columns);
  const middle = matrix(centres, columns, Float32Array.from({ length: centres * columns }, normal));
  for (let i = 0; i < rows; i++) {
    const own = centres > 0 ? row(middle, integer(centres)) : undefined;
    for (let j = 0; j < columns; j++) {
      m.data[i * columns + j] = own ? own[j] + normal() / 3 : normal();
    }
  }
  return m;
}

/** A function that reads memory of `bytes` bytes (a multiple of 128) once, as fast as one thread does. */
async function reader(bytes: number): Promise<() => void> {
  const lanes = Array.from({ length: 8 }, (_, lane) => lane);
  const source = `
    export function sum(bytes: usize): f32 {
      ${lanes.map((lane) => `let s${lane} = f32x4.splat(0);`).join('\n')}
      for (let at: usize = 0; at < bytes; at += 128) {
        ${lanes.map((lane) => `s${lane} = f32x4.add(s${lane}, v128.load(at, ${16 * lane}));`).join('\n')}
      }
      let all = f32x4.splat(0);
      ${lanes.map((lane) => `all = f32x4.add(all, s${lane});`).join('\n')}
      return f32x4.extract_lane(all, 0) + f32x4.extract_lane(all, 1) + f32x4.extract_lane(all, 2) + f32x4.extract_lane(all, 3);
    }`;
  let binary: Uint8Array | undefined;
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
  const { error, stderr } = await asc.main(['sum.ts', '--outFile', 'sum.wasm', ...flags], {
    readFile: (name: string) => (name === 'sum.ts' ? source : null),
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === 'sum.wasm') binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`the reader does not compile:\n${stderr}`);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 2 ** 16) });
  new Uint8Array(memory.buffer).fill(1);
  const { instance } = await WebAssembly.instantiate(new Uint8Array(binary), { env: { memory } });
  const { sum } = instance.exports as { sum: (bytes: number) => number };
  return () => void sum(bytes);
}

interface Contender {
  name: string;
  /** Queries that one call answers. */
  queries: number;
  call(round: number): ArrayLike<number> | void;
  quality?: Record<string, number>;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Seconds per query of each contender, in rounds in which they take turns. */
function measure(contenders: Contender[], rounds: number): number[][] {
  const seconds: number[][] = contenders.map(() => []);
  for (let round = -2; round < rounds; round++) {
    contenders.forEach(({ queries, call }, c) => {
      const start = performance.now();
      call(round + 2);
      // The first rounds warm up.
      if (round >= 0) seconds[c].push((performance.now() - start) / 1e3 / queries);
    });
  }
  return seconds;
}

async function search(quick: boolean, centres: number): Promise<Result[]> {
  const [n, d] = [quick ? 50_000 : 400_000, 100];
  const m = cloud(n, d, 1, centres);
  const rounds = quick ? 5 : 15;
  // Other vectors of the same kind, near rows but none of them.
  const queries = cloud(BATCH, d, 1, centres);
  const jitter = random(2);
  queries.data.forEach((_, at) => (queries.data[at] += 0.3 * jitter.normal()));
  const query = (round: number) => row(queries, round % BATCH);
  const bytes = Math.floor((n * d * 4) / 128) * 128;
  const read = await reader(bytes);
  const index = await neighbourIndex(m);
  const bytewise = await neighbourIndex(m, { quantised: true });
  const team = nodeTeam(THREADS);
  const shared = await neighbourIndex(m, { team });
  const sharedBytewise = await neighbourIndex(m, { quantised: true, team });
  const twin = await neighbourIndex(m, { plain: true });
  const { peers, missing } = centres > 0 ? { peers: [], missing: [] } : await nearestPeers(m);
  const shape = centres > 0 ? `, ${centres} clusters` : '';
  const threads = `${THREADS} threads`;
  const one = (name: string, from: typeof index, metric: Metric = 'cosine'): Contender => ({
    name: `one query, ${metric}${name}`,
    queries: 1,
    call: (r) => from.nearest(query(r), K, metric).rows,
  });
  const batch = (name: string, from: typeof index, metric: Metric = 'cosine'): Contender => ({
    name: `batch of ${BATCH}, ${metric}${name}`,
    queries: BATCH,
    call: () => void from.nearestBatch(queries, K, metric),
  });
  const contenders: Contender[] = [
    one('', index),
    { name: 'reading the same bytes', queries: 1, call: read },
    one('', index, 'dot'),
    one('', index, 'euclidean'),
    one(`, ${threads}`, shared),
    batch('', index),
    batch('', index, 'euclidean'),
    batch(`, ${threads}`, shared),
    one(', quantised', bytewise),
    one(', quantised', bytewise, 'euclidean'),
    one(`, quantised, ${threads}`, sharedBytewise),
    batch(', quantised', bytewise),
    batch(', quantised', bytewise, 'euclidean'),
    batch(`, quantised, ${threads}`, sharedBytewise),
    one(', plain twin', twin),
    {
      name: 'one query, cosine, plain search',
      queries: 1,
      call: (r) => nearest(m, query(r), K, 'cosine').rows,
    },
    ...peers.map(({ name, buildSeconds, search }): Contender => ({
      name,
      queries: 1,
      call: (r) => search(query(r), K),
      quality: {
        recall: recall(Array.from({ length: BATCH }, (_, q) => search(query(q), K))),
        ...(buildSeconds && { buildSeconds }),
      },
    })),
  ];
  function recall(found: ArrayLike<number>[]): number {
    let hits = 0;
    found.forEach((rows, q) => {
      const exact = new Set(nearest(m, query(q), K, 'cosine').rows);
      hits += Array.from(rows).filter((at) => exact.has(at)).length;
    });
    return hits / (K * found.length);
  }

  const seconds = measure(contenders, rounds);
  const [ours, reading] = [median(seconds[0]), median(seconds[1])];
  const results = contenders.map(({ name, queries: count, quality }, c): Result => {
    const middle = median(seconds[c]);
    return {
      name: name + shape,
      n,
      d,
      seconds: middle,
      ratioToOurs: middle / ours,
      quality: {
        ...(count === 1 && { shareOfBandwidth: reading / middle }),
        ...(c === 1 && { gigabytesPerSecond: bytes / middle / 1e9 }),
        slowest: Math.max(...seconds[c]),
        fastest: Math.min(...seconds[c]),
        ...quality,
      },
    };
  });
  for (const each of [index, bytewise, shared, sharedBytewise, twin]) each.free();
  results.push(...missing.map((name) => ({ name, seconds: NaN })));
  if (centres > 0) return results;
  for (const peer of ['faiss-flat', 'faiss-hnsw', 'scikit-learn']) {
    const answer = inPython<PythonSearch>(
      'nearest_peers.py',
      { 'rows.f32': m.data, 'queries.f32': queries.data },
      [peer, String(d), String(K), '1', String(rounds)],
    );
    if (typeof answer === 'string') {
      results.push({ name: `${peer} is missing: ${answer}`, seconds: NaN });
      continue;
    }
    const quality = { recall: recall(answer.found), buildSeconds: answer.buildSeconds };
    const timed = { one: answer.one, [`batch of ${BATCH}`]: answer.batch / BATCH };
    for (const [kind, took] of Object.entries(timed)) {
      const name = `${answer.name}, ${kind === 'one' ? 'one query' : kind}`;
      results.push({ name, n, d, seconds: took, ratioToOurs: took / ours, quality });
    }
  }
  return results;
}

interface PythonSearch {
  name: string;
  buildSeconds: number;
  /** Seconds of one query, and of all. */
  one: number;
  batch: number;
  found: number[][];
}

interface PythonGraph {
  name: string;
  seconds: number;
  /** Of `SAMPLE` rows that lie as far from each other as they can. */
  found: number[][];
}

/** The graphs of all rows' `k` nearest by cosine, by ours and by others, on all threads. */
async function graph(
  m: Matrix,
  k: number,
  ways: { name: string; threads: number; options?: NeighbourGraphOptions }[],
  peers: string[],
): Promise<Result[]> {
  const { rows: n, columns: d } = m;
  const sampled = Array.from({ length: SAMPLE }, (_, i) =>
    Math.trunc((i * (n - 1)) / (SAMPLE - 1)),
  );
  const truth = sampled.map((i) => new Set(nearest(m, row(m, i), k, 'cosine', i).rows));
  const recallOf = (found: ArrayLike<number>[]) => {
    const hits = found.map((rows, i) => Array.from(rows).filter((at) => truth[i].has(at)).length);
    return hits.reduce((sum, own) => sum + own, 0) / (k * found.length);
  };
  const results: Result[] = [];
  for (const { name, threads, options } of ways) {
    const start = performance.now();
    const team = nodeTeam(threads);
    const { rows, recall } = await neighbourGraph(m, k, 'cosine', { team, ...options });
    const seconds = (performance.now() - start) / 1e3;
    results.push({
      name: `graph of ${k}, ${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      n,
      d,
      seconds,
      ratioToOurs: seconds / (results[0]?.seconds ?? seconds),
      quality: {
        recall: recallOf(sampled.map((i) => rows.subarray(k * i, k * i + k))),
        recallAsReported: recall,
      },
    });
  }
  for (const peer of peers) {
    const answer = inPython<PythonGraph>(
      'nearest_peers.py',
      { 'rows.f32': m.data, 'queries.f32': new Float32Array(0) },
      [peer, String(d), String(k), String(THREADS), '1'],
    );
    if (typeof answer === 'string') {
      results.push({ name: `${peer} is missing: ${answer}`, seconds: NaN });
      continue;
    }
    const { name, seconds, found } = answer;
    results.push({
      name: `graph of ${k}, ${name}, ${THREADS} threads`,
      n,
      d,
      seconds,
      ratioToOurs: seconds / results[0].seconds,
      quality: { recall: recallOf(found) },
    });
  }
  return results;
}

export async function run({
  quick,
  most,
}: {
  quick: boolean;
  most: number;
}): Promise<{ results: Result[] }> {
  const results = await search(quick, 0);
  if (!quick) results.push(...(await search(quick, 1000)));
  const exactly = [
    { name: 'exact', threads: THREADS },
    { name: 'exact', threads: 1 },
  ];
  const few = await readRows(quick ? 5_000 : 50_000);
  results.push(...(await graph(few, 15, exactly, ['faiss-flat', 'scikit-learn'])));
  if (quick || most < 400_000) return { results };
  const many = await readRows(400_000);
  const ways = [{ name: 'approximate', threads: THREADS }];
  results.push(...(await graph(many, 15, ways, ['faiss-hnsw', 'faiss-flat'])));
  results.push(...(await graph(many, 90, ways, [])));
  return { results };
}
