import { download, type DownloadOptions, wrongStart } from '../download.node.ts';
import { reason } from '../../reason.node.ts';
import { openFiles } from './files.node.ts';

export type { DownloadOptions };

const EXPECTED = ['ratings.csv', 'movies.csv', 'README.txt'];

/** What is taken when no other data is named, where GroupLens publishes it. */
const PUBLISHED = {
  name: 'ml-latest-small.zip',
  url: 'https://files.grouplens.org/datasets/movielens/ml-latest-small.zip',
  instead: 'name a MovieLens folder or zip with --data',
  fault,
};

/** The path of `ml-latest-small.zip` in the cache, downloaded first when need be; see `download`. */
export function downloadMovieLens(options: DownloadOptions = {}): Promise<string> {
  return download(PUBLISHED, options);
}

/** Why the archive at `path` cannot be used; undefined when it is sound and holds what it should. */
async function fault(path: string): Promise<string | undefined> {
  const wrong = await wrongStart(path, 'PK', 'zip');
  if (wrong !== undefined) return wrong;
  try {
    const files = await openFiles(path);
    try {
      for (const name of EXPECTED) {
        const found = files.names.find((held) => held === name || held.endsWith(`/${name}`));
        if (found === undefined) return `the archive that came holds no ${name}`;
        // Reading to the end checks the member's size and checksum.
        for await (const chunk of files.read(found)) void chunk;
      }
    } finally {
      files.close();
    }
  } catch (error) {
    return `the archive is damaged: ${reason(error)}`;
  }
  return undefined;
}
