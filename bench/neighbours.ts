/**
 * Seconds a query for the 10 nearest of 400,000 × 100 values: the index's single queries and batches of 100,
 * compiled and plain, against the bandwidth at which the machine reads those bytes, and against usearch and
 * sqlite-vec where they are installed (see peers/nearest-peers.ts). Then the graph of all rows' 15 nearest.
 * All take turns in one process; a figure is the median of its rounds, in processor time.
 */
import asc from 'assemblyscript/asc';
import { neighbourGraph } from '../src/lib/kernels/neighbourGraph.ts';
import { neighbourIndex } from '../src/lib/kernels/neighbourIndex.ts';
import { type Matrix, matrix, row } from '../src/lib/math/matrix.ts';
import { nearest } from '../src/lib/math/neighbours.ts';
import { random } from '../src/lib/math/random.ts';
import { nearestPeers } from './peers/nearest-peers.ts';
import type { Result } from './run.ts';

const K = 10;
const BATCH = 100;

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

/** Processor seconds per query of each contender, in rounds in which they take turns. */
function measure(contenders: Contender[], rounds: number): number[][] {
  const seconds: number[][] = contenders.map(() => []);
  for (let round = -2; round < rounds; round++) {
    contenders.forEach(({ queries, call }, c) => {
      const start = process.cpuUsage();
      call(round + 2);
      const { user, system } = process.cpuUsage(start);
      // The first rounds warm up.
      if (round >= 0) seconds[c].push((user + system) / 1e6 / queries);
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
  const twin = await neighbourIndex(m, { plain: true });
  const { peers, missing } = centres > 0 ? { peers: [], missing: [] } : await nearestPeers(m);
  const shape = centres > 0 ? `, ${centres} clusters` : '';
  const contenders: Contender[] = [
    {
      name: 'one query, cosine',
      queries: 1,
      call: (r) => index.nearest(query(r), K, 'cosine').rows,
    },
    { name: 'reading the same bytes', queries: 1, call: read },
    { name: 'one query, dot', queries: 1, call: (r) => index.nearest(query(r), K, 'dot').rows },
    {
      name: 'one query, euclidean',
      queries: 1,
      call: (r) => index.nearest(query(r), K, 'euclidean').rows,
    },
    ...(['cosine', 'euclidean'] as const).map((metric) => ({
      name: `batch of ${BATCH}, ${metric}`,
      queries: BATCH,
      call: () => void index.nearestBatch(queries, K, metric),
    })),
    ...(['cosine', 'euclidean'] as const).flatMap((metric): Contender[] => [
      {
        name: `one query, ${metric}, quantised`,
        queries: 1,
        call: (r) => bytewise.nearest(query(r), K, metric).rows,
      },
      {
        name: `batch of ${BATCH}, ${metric}, quantised`,
        queries: BATCH,
        call: () => void bytewise.nearestBatch(queries, K, metric),
      },
    ]),
    {
      name: 'one query, cosine, plain twin',
      queries: 1,
      call: (r) => twin.nearest(query(r), K, 'cosine').rows,
    },
    {
      name: 'one query, cosine, plain search',
      queries: 1,
      call: (r) => nearest(m, query(r), K, 'cosine').rows,
    },
    ...peers.map(({ name, buildSeconds, search }): Contender => ({
      name,
      queries: 1,
      call: (r) => search(query(r), K),
      quality: { recall: recall(search), ...(buildSeconds && { buildSeconds }) },
    })),
  ];
  function recall(found: (query: Float32Array, k: number) => ArrayLike<number>): number {
    let hits = 0;
    for (let q = 0; q < BATCH; q++) {
      const exact = new Set(nearest(m, query(q), K, 'cosine').rows);
      hits += Array.from(found(query(q), K)).filter((at) => exact.has(at)).length;
    }
    return hits / (K * BATCH);
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
  index.free();
  bytewise.free();
  twin.free();
  return results.concat(missing.map((name) => ({ name, seconds: NaN })));
}

async function graph(quick: boolean): Promise<Result[]> {
  const [n, d, k] = [quick ? 5_000 : 50_000, 50, 15];
  const m = cloud(n, d, 3);
  const results: Result[] = [];
  for (const metric of ['cosine', 'euclidean'] as const) {
    const start = process.cpuUsage();
    await neighbourGraph(m, k, metric);
    const { user, system } = process.cpuUsage(start);
    const ours = (user + system) / 1e6;
    const sample = 100;
    const [plain] = measure(
      [
        {
          name: 'plain',
          queries: sample,
          call: () => {
            for (let i = 0; i < sample; i++) nearest(m, row(m, i), k, metric, i);
          },
        },
      ],
      1,
    );
    results.push(
      { name: `graph of ${k}, ${metric}`, n, d, seconds: ours, ratioToOurs: 1 },
      {
        name: `graph of ${k}, ${metric}, plain search (from ${sample} rows)`,
        n,
        d,
        seconds: plain[0] * n,
        ratioToOurs: (plain[0] * n) / ours,
      },
    );
  }
  return results;
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const results = await search(quick, 0);
  return { results: [...results, ...(await search(quick, 1000)), ...(await graph(quick))] };
}
