import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A package that this project does not depend on, from the folder that `EMBEDSCOPE_PEERS` names (made by `npm i` there)
 * or from here; what to print when there is none.
 */
export async function peerPackage<Package>(name: string): Promise<Package | string> {
  const folder = process.env.EMBEDSCOPE_PEERS;
  const from = folder ? pathToFileURL(join(resolve(folder), 'here.js')) : import.meta.url;
  try {
    const path = createRequire(from).resolve(name);
    const found = (await import(pathToFileURL(path).href)) as Package & { default?: Package };
    return found.default ?? found;
  } catch (error) {
    return `${name} is missing: ${String((error as Error).message).split('\n')[0]}`;
  }
}
