import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matrix, type Matrix } from '../../src/lib/math/matrix.ts';
import { random } from '../../src/lib/math/random.ts';
import type { LayerInfo, Manifest, RunMap } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import { layersOf } from '../../src/lib/train/mf/layers.ts';

/** The folder of the runs that ship with the project. */
export const shipped = fileURLToPath(new URL('../../static/runs', import.meta.url));

/** Copies of a shipped run, each broken in one way that a user's run can be. */
export function breakRuns(folder: string): void {
  const copy = (id: string, change: (manifest: Record<string, unknown>) => void) => {
    cpSync(join(shipped, 'movielens-nn-seed1'), join(folder, id), { recursive: true });
    const file = join(folder, id, 'run.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    manifest.id = id;
    change(manifest);
    writeFileSync(file, JSON.stringify(manifest));
  };
  copy('cut-short', (manifest) => (manifest.title = 'Cut short'));
  truncateSync(join(folder, 'cut-short', 'items.arrow'), 100_000);
  copy('from-the-future', (manifest) => (manifest.schemaVersion = 99));
  copy('not-json', () => undefined);
  writeFileSync(join(folder, 'not-json', 'run.json'), '{"schemaVersion": 1,');
}

/** Copies of a shipped run without maps: one without layers, one with those of a matrix factorisation, one of a recurrent net. */
export function drawRuns(folder: string): void {
  const copy = (id: string, title: string, layers?: LayerInfo[]) => {
    cpSync(join(shipped, 'movielens-nn-seed1'), join(folder, id), { recursive: true });
    const file = join(folder, id, 'run.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, id, title, maps: [], model: { ...manifest.model, layers } }),
    );
  };
  copy('plain', 'Plain');
  copy(
    'drawn-mf',
    'Drawn factors',
    layersOf(610, 9724, { factors: 50, implicitFeedback: false }, 3.5, [0.5, 5]),
  );
  const layer = (
    name: string,
    kind: string,
    inputs: string[],
    length: number[],
    parameters = 0,
  ) => ({
    ...{ name, kind, inputs, shape: [null, ...length], parameters },
  });
  copy('drawn-lstm', 'Drawn recurrence', [
    layer('words', 'input', [], [500]),
    layer('word vectors', 'embedding', ['words'], [500, 32], 160_000),
    layer('reading', 'lstm', ['word vectors'], [100], 53_200),
    layer('judgement', 'dense', ['reading'], [1], 101),
  ]);
}

/**
 * A run of 400 words in four groups of direction, word i in group i mod 4, with two maps: on `grid` word i stands in
 * column i mod 20 and row ⌊i / 20⌋ from the top, on `groups` each group in a corner.
 */
export async function mapWords(folder: string): Promise<void> {
  const file = join(shipped, 'movielens-nn-seed1', 'run.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const n = 400;
  const d = 8;
  const draw = random(5);
  const vectors = matrix(n, d);
  const grid = new Float32Array(2 * n);
  const groups = new Float32Array(2 * n);
  const labels = Array.from({ length: n }, (_, i) => `word${i}`);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      vectors.data[i * d + j] = (j === i % 4 ? 2 : 0) + 0.3 * draw.normal();
    }
    grid.set([i % 20, -Math.floor(i / 20)], 2 * i);
    groups.set([(i % 2) * 10 + draw.normal(), (i % 4 < 2 ? 0 : 10) + draw.normal()], 2 * i);
  }
  const quality = { trustworthiness12: 0.75, continuity12: 0.7, klDivergence: 1.5 };
  const map = (name: string, points: Float32Array): RunMap => ({
    info: { name, method: 'tsne', parameters: { perplexity: 20 }, seed: 1, of: n, quality },
    points,
  });
  await writeRun(join(folder, 'mapped-words'), {
    manifest: {
      ...manifest,
      id: 'mapped-words',
      title: 'Mapped words',
      kind: 'words',
      dimensions: d,
      count: n,
    },
    items: {
      ids: labels,
      labels,
      counts: Uint32Array.from(labels, (_, i) => 100_000 - 200 * i),
      columns: {
        polarity: {
          kind: 'number',
          storage: 'float32',
          values: Float64Array.from(labels, (_, i) => (i % 9) - 4),
        },
      },
      vectors,
    },
    maps: [map('grid', grid), map('groups', groups)],
  });
  await moveWords(folder, { ...manifest, kind: 'words', dimensions: d }, labels, vectors, grid);
  for (const shared of [1, 6]) {
    await shareFew(folder, { ...manifest, kind: 'words', dimensions: d }, labels.slice(0, shared));
  }
}

/** Twelve words, the first of them of those above; without a map. */
async function shareFew(folder: string, manifest: Manifest, shared: readonly string[]) {
  const id = `shares-${shared.length}`;
  const labels = Array.from({ length: 12 }, (_, i) => shared[i] ?? `apart${i}`);
  const draw = random(9);
  await writeRun(join(folder, id), {
    manifest: { ...manifest, id, title: `Shares ${shared.length}`, count: labels.length },
    items: {
      ids: labels,
      labels,
      counts: new Uint32Array(labels.length),
      columns: {},
      vectors: matrix(
        labels.length,
        manifest.dimensions,
        new Float32Array(labels.length * manifest.dimensions).map(() => draw.normal()),
      ),
    },
    maps: [],
  });
}

/**
 * The same words but the last, on a grid that is turned by a quarter and twice as large, in which words 42 and 377 have
 * changed places and the first twenty stand far above the rest.
 */
async function moveWords(
  folder: string,
  manifest: Manifest,
  words: readonly string[],
  vectors: Matrix,
  grid: Float32Array,
): Promise<void> {
  const labels = words.slice(0, -1);
  const n = labels.length;
  const draw = random(7);
  // Neighbours of the first hundred have nothing to do with those elsewhere.
  const moved = vectors.data.slice(0, n * vectors.columns);
  for (let at = 0; at < 100 * vectors.columns; at++) moved[at] = draw.normal();
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const from = i === 42 ? 377 : i === 377 ? 42 : i;
    const [x, y] = [grid[2 * from], grid[2 * from + 1] + (i < 20 ? 8 : 0)];
    points.set([-2 * y, 2 * x], 2 * i);
  }
  await writeRun(join(folder, 'moved-words'), {
    manifest: { ...manifest, id: 'moved-words', title: 'Moved words', count: n },
    items: {
      ids: labels,
      labels,
      counts: Uint32Array.from(labels, (_, i) => 100_000 - 200 * i),
      columns: {},
      vectors: matrix(n, vectors.columns, moved),
    },
    maps: [
      {
        info: { name: 'turned', method: 'tsne', parameters: {}, seed: 1, of: n, quality: {} },
        points,
      },
    ],
  });
}
