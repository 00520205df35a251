/** Other libraries of nearest neighbours for Node, where they are installed: usearch, sqlite-vec with better-sqlite3. */
import { type Matrix, row } from '../../src/lib/math/matrix.ts';
import { peerPackage } from './package.ts';

export interface Peer {
  name: string;
  /** Of building, where it is more than copying. */
  buildSeconds?: number;
  /** The `k` rows nearest to a vector by cosine. */
  search(query: Float32Array, k: number): ArrayLike<number>;
}

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array): void;
  search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
}

async function needed<Package>(name: string): Promise<Package> {
  const found = await peerPackage<Package>(name);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** Approximate search in a hierarchical graph, at the library's defaults. */
async function usearch(m: Matrix): Promise<Peer> {
  const { Index } = await needed<{
    Index: new (options: { metric: string; dimensions: number }) => UsearchIndex;
  }>('usearch');
  const index = new Index({ metric: 'cos', dimensions: m.columns });
  const start = performance.now();
  index.add(
    BigUint64Array.from({ length: m.rows }, (_, i) => BigInt(i)),
    m.data,
  );
  return {
    name: 'usearch, HNSW',
    buildSeconds: (performance.now() - start) / 1e3,
    search: (query, k) => Array.from(index.search(query, k, 1).keys, Number),
  };
}

interface Database {
  exec(statement: string): void;
  prepare(statement: string): {
    run(...values: unknown[]): void;
    all(...values: unknown[]): { rowid: number }[];
  };
}

/** Exact search in a table of SQLite. */
async function sqliteVec(m: Matrix): Promise<Peer> {
  const { load } = await needed<{ load(database: Database): void }>('sqlite-vec');
  const Sqlite = await needed<new (path: string) => Database>('better-sqlite3');
  const database = new Sqlite(':memory:');
  load(database);
  database.exec(
    `create virtual table vectors using vec0(embedding float[${m.columns}] distance_metric=cosine)`,
  );
  const insert = database.prepare('insert into vectors(rowid, embedding) values (?, ?)');
  const start = performance.now();
  database.exec('begin');
  for (let i = 0; i < m.rows; i++) insert.run(BigInt(i + 1), row(m, i));
  database.exec('commit');
  const buildSeconds = (performance.now() - start) / 1e3;
  const select = database.prepare(
    'select rowid from vectors where embedding match ? and k = ? order by distance',
  );
  return {
    name: 'sqlite-vec',
    buildSeconds,
    search: (query, k) => select.all(query, k).map(({ rowid }) => rowid - 1),
  };
}

/** The peers that are installed, and a line for each that is not. */
export async function nearestPeers(m: Matrix): Promise<{ peers: Peer[]; missing: string[] }> {
  const peers: Peer[] = [];
  const missing: string[] = [];
  for (const create of [usearch, sqliteVec]) {
    try {
      peers.push(await create(m));
    } catch (error) {
      missing.push(String((error as Error).message).split('\n')[0]);
    }
  }
  return { peers, missing };
}
