/** The part of the open-run benchmark that runs in the browser: the same items from three formats. */
import { readRun } from '../../src/lib/run/read.ts';
import { urlSource } from '../../src/lib/run/url.ts';

interface Opened {
  milliseconds: number;
  rows: number;
  checksum: number;
}

async function timed(open: () => Promise<{ rows: number; first: number }>): Promise<Opened> {
  const start = performance.now();
  const { rows, first } = await open();
  return { milliseconds: performance.now() - start, rows, checksum: first };
}

/** Arrow, with sizes and checksums verified, as the site does it. */
export function openRun(base: string): Promise<Opened> {
  return timed(async () => {
    const { items } = await readRun(urlSource(base, fetch));
    return { rows: items.ids.length, first: items.vectors.data[0] };
  });
}

/** The two tab-separated files that TensorFlow's Embedding Projector takes. */
export function openTsv(base: string): Promise<Opened> {
  return timed(async () => {
    const [vectors, metadata] = await Promise.all(
      ['vectors.tsv', 'metadata.tsv'].map(async (file) => (await fetch(`${base}${file}`)).text()),
    );
    const lines = vectors.trimEnd().split('\n');
    const columns = lines[0].split('\t').length;
    const data = new Float32Array(lines.length * columns);
    lines.forEach((line, i) => line.split('\t').forEach((x, j) => (data[i * columns + j] = +x)));
    const rows = metadata.trimEnd().split('\n').slice(1);
    return { rows: rows.map((line) => line.split('\t')).length, first: data[0] };
  });
}

/** One JSON document, as a notebook would write it. */
export function openJson(base: string): Promise<Opened> {
  return timed(async () => {
    const items = (await (await fetch(`${base}items.json`)).json()) as { vector: number[] }[];
    const columns = items[0].vector.length;
    const data = new Float32Array(items.length * columns);
    items.forEach((item, i) => data.set(item.vector, i * columns));
    return { rows: items.length, first: data[0] };
  });
}
