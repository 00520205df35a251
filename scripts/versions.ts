import { readFileSync } from 'node:fs';

/** What a run says of the software that made it: this program and Node. */
export function versions(): { embedscope: string; node: string } {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { embedscope: version, node: process.versions.node };
}
