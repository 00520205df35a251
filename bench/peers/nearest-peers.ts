/** Other libraries of nearest neighbours, where they are installed: `npm i --no-save usearch sqlite-vec better-sqlite3`. */
import { type Matrix, row } from '../../src/lib/math/matrix.ts';

export interface Peer {
  name: string;
  /** Of building, where it is more than copying. */
  buildSeconds?: number;
  /** The `k` rows nearest to a vector by cosine. */
  search(query: Float32Array, k: number): ArrayLike<number>;
}

/** A module that this project does not depend on. */
async function installed(name: string): Promise<never> {
  const module = (await import(name)) as { default?: never };
  return module.default ?? (module as never);
}

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array): void;
  search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
}

/** Approximate search in a hierarchical graph, at the library's defaults. */
async function usearch(m: Matrix): Promise<Peer> {
  const { Index } = (await installed('usearch')) as {
    Index: new (options: { metric: string; dimensions: number }) => UsearchIndex;
  };
  const index = new Index({ metric: 'cos', dimensions: m.columns });
  const start = process.cpuUsage();
  index.add(
    BigUint64Array.from({ length: m.rows }, (_, i) => BigInt(i)),
    m.data,
  );
  const { user, system } = process.cpuUsage(start);
  return {
    name: 'usearch, HNSW',
    buildSeconds: (user + system) / 1e6,
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
  const { load } = (await installed('sqlite-vec')) as { load(database: Database): void };
  const Sqlite = (await installed('better-sqlite3')) as new (path: string) => Database;
  const database = new Sqlite(':memory:');
  load(database);
  database.exec(
    `create virtual table vectors using vec0(embedding float[${m.columns}] distance_metric=cosine)`,
  );
  const insert = database.prepare('insert into vectors(rowid, embedding) values (?, ?)');
  const start = process.cpuUsage();
  database.exec('begin');
  for (let i = 0; i < m.rows; i++) insert.run(BigInt(i + 1), row(m, i));
  database.exec('commit');
  const { user, system } = process.cpuUsage(start);
  const select = database.prepare(
    'select rowid from vectors where embedding match ? and k = ? order by distance',
  );
  return {
    name: 'sqlite-vec',
    buildSeconds: (user + system) / 1e6,
    search: (query, k) => select.all(query, k).map(({ rowid }) => rowid - 1),
  };
}

/** The peers that are installed, and a line for each that is not. */
export async function nearestPeers(m: Matrix): Promise<{ peers: Peer[]; missing: string[] }> {
  const peers: Peer[] = [];
  const missing: string[] = [];
  for (const [name, create] of Object.entries({ usearch, 'sqlite-vec': sqliteVec })) {
    try {
      peers.push(await create(m));
    } catch (error) {
      missing.push(`${name} is missing: ${String((error as Error).message).split('\n')[0]}`);
    }
  }
  return { peers, missing };
}
