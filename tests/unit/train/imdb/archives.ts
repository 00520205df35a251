import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const PRAISE = ['a wonderful film', 'great and moving', 'truly wonderful acting', 'a great film'];
const BLAME = ['a terrible film', 'boring and awful', 'truly terrible acting', 'an awful film'];

/** A data set in small, laid out as the published one: each text stands in training and in test. */
export function smallSet(): Record<string, string> {
  const files: Record<string, string> = {
    'aclImdb/README': 'Large Movie Review Dataset',
    'aclImdb/train/urls_pos.txt': 'nothing to read here',
    'aclImdb/train/unsup/0_0.txt': 'nobody judged this one',
  };
  for (const split of ['train', 'test']) {
    PRAISE.forEach((text, i) => (files[`aclImdb/${split}/pos/${i}_9.txt`] = text));
    BLAME.forEach((text, i) => (files[`aclImdb/${split}/neg/${i}_2.txt`] = text));
  }
  return files;
}

/** The files as a tar archive. */
export async function tar(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name }, Buffer.from(content as string));
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** The files as a gzipped tar archive. */
export async function tarGz(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  return gzipSync(await tar(files));
}
