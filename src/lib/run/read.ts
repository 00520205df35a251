import { InputError } from '../errors.ts';
import { decodeItems } from './items.ts';
import { decodeMaps } from './maps.ts';
import { readManifestText } from './manifest.ts';
import { sha256 } from './sha256.ts';
import type { FileInfo, Items, Manifest, Run, RunMap } from './types.ts';

export interface ReadProgress {
  /** An aborted read rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Bytes read so far and in all; Infinity while the total is not known. */
  onProgress?: (done: number, total: number) => void;
}

/** Where a run's files come from: a folder (`folder.node.ts`) or an address (`url.ts`). */
export interface RunSource {
  /** The folder or address, for messages. */
  readonly name: string;
  /** @throws InputError when the file cannot be read */
  read(file: string, progress?: ReadProgress): Promise<Uint8Array>;
}

export interface ReadOptions extends ReadProgress {
  /** Whether checksums are compared, too; sizes always are. True by default. */
  verify?: boolean;
}

/**
 * A run's manifest, from its `run.json`.
 *
 * @throws InputError when it is missing, is not a manifest, or of a newer version of the format
 */
export async function readManifest(
  source: RunSource,
  progress: Pick<ReadProgress, 'signal'> = {},
): Promise<Manifest> {
  const bytes = await source.read('run.json', { signal: progress.signal });
  return readManifestText(new TextDecoder().decode(bytes), `${source.name}/run.json`);
}

/**
 * A run, read and checked: sizes and checksums against the manifest, then the items and maps themselves.
 *
 * @param options.onProgress counts the bytes of `items.arrow`
 * @throws InputError saying which file is wrong and how
 */
export async function readRun(source: RunSource, options: ReadOptions = {}): Promise<Run> {
  const { signal, onProgress, verify = true } = options;
  const manifest = await readManifest(source, { signal });
  const info = manifest.files['items.arrow'] as FileInfo | undefined;
  const bytes = await source.read('items.arrow', {
    signal,
    onProgress: onProgress && ((done, total) => onProgress(done, info?.bytes ?? total)),
  });
  const where = `${source.name}/items.arrow`;
  if (info) await checkFile(bytes, info, where, verify);
  signal?.throwIfAborted();
  const items = decodeItems(bytes, where);
  checkShape(items, manifest, where);
  return { manifest, items, maps: await readMaps(source, manifest, items, options) };
}

/** `maps.arrow` is asked for only when the manifest names a map. */
async function readMaps(
  source: RunSource,
  manifest: Manifest,
  items: Items,
  { signal, verify = true }: ReadOptions,
): Promise<RunMap[]> {
  if (manifest.maps.length === 0) return [];
  const bytes = await source.read('maps.arrow', { signal });
  const where = `${source.name}/maps.arrow`;
  const info = manifest.files['maps.arrow'] as FileInfo | undefined;
  if (info) await checkFile(bytes, info, where, verify);
  signal?.throwIfAborted();
  return decodeMaps(bytes, manifest.maps, items.ids, where);
}

async function checkFile(
  bytes: Uint8Array,
  info: FileInfo,
  where: string,
  verify: boolean,
): Promise<void> {
  if (bytes.length !== info.bytes) {
    const problem =
      bytes.length < info.bytes ? 'the copy is incomplete' : 'the two are not of the same run';
    throw new InputError(
      `${where} has ${number(bytes.length)} bytes, run.json says ${number(info.bytes)}: ${problem}; copy the folder again`,
    );
  }
  const digest = verify ? await sha256(bytes) : info.sha256;
  if (digest !== info.sha256) {
    throw new InputError(
      `${where} has been changed: its SHA-256 is ${digest.slice(0, 12)}…, run.json says ${info.sha256.slice(0, 12)}…; copy the folder again`,
    );
  }
}

function checkShape(items: Items, manifest: Manifest, where: string): void {
  if (items.ids.length !== manifest.count) {
    throw new InputError(
      `${where} has ${number(items.ids.length)} rows, run.json says ${number(manifest.count)}; copy the folder again, or correct "count"`,
    );
  }
  // Vectors of a variable-size list tell no width when there are none.
  if (items.ids.length > 0 && items.vectors.columns !== manifest.dimensions) {
    throw new InputError(
      `${where}: column "vector" has ${items.vectors.columns} dimensions, run.json says ${manifest.dimensions}; copy the folder again, or correct "dimensions"`,
    );
  }
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}
