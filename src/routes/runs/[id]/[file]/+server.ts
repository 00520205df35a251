import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { error } from '@sveltejs/kit';
import { runOf } from '$lib/server/runs';

const types: Record<string, string> = {
  json: 'application/json',
  arrow: 'application/vnd.apache.arrow.file',
};

/** Streams a file that the run's manifest names, and no other. */
export async function GET({ params, request }) {
  const { folder, manifest } = await runOf(params.id);
  if (params.file !== 'run.json' && !Object.hasOwn(manifest.files, params.file)) {
    error(404, `Run ${params.id} has no file ${params.file}.`);
  }
  const path = join(folder, params.file);
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) error(404, `${params.file} of run ${params.id} is missing from its folder.`);

  const etag = `"${info.size}-${Math.round(info.mtimeMs)}"`;
  const headers = { etag, 'cache-control': 'no-cache' };
  if (request.headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers });
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream;
  return new Response(stream, {
    headers: {
      ...headers,
      'content-length': String(info.size),
      'content-type': types[params.file.split('.').pop() ?? ''] ?? 'application/octet-stream',
    },
  });
}
