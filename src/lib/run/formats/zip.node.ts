import { crc32 } from 'node:zlib';
import { openPromise, type Entry } from 'yauzl';
import { InputError } from '../../errors.ts';
import { reason } from '../../reason.node.ts';

/** The files of a data set, in a folder or in a zip archive. */
export interface DataFiles {
  /** The folder or archive, as messages name it. */
  path: string;
  /** Names of the files, relative, with `/`. */
  names: string[];
  /** The bytes of one of them. Errors name the file. */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): void;
}

/**
 * The files in a zip archive, which is read as it stands; their checksums are compared at their ends.
 *
 * @param expected what should be there, for messages
 * @throws InputError when it is no sound zip archive
 */
export async function openZip(path: string, expected: string): Promise<DataFiles> {
  const damaged = (error: unknown) =>
    new InputError(
      `${path} is not a sound zip archive: ${reason(error)} (expected ${expected}; if it was downloaded, download it again)`,
    );
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw damaged(error);
  });
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw damaged(error);
  }
  return {
    path,
    names: [...entries.keys()],
    async *read(name) {
      const entry = entries.get(name)!;
      if (entry.isEncrypted()) {
        throw new InputError(`${path}: ${name} is encrypted (unpack the archive first)`);
      }
      let sum = 0;
      try {
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
          sum = crc32(chunk as Buffer, sum);
          yield chunk as Buffer;
        }
      } catch (error) {
        throw damaged(`${name}: ${reason(error)}`);
      }
      if (sum !== entry.crc32) throw damaged(`the checksum of ${name} does not match`);
    },
    close: () => zip.close(),
  };
}
