/**
 * Compiles src/lib/kernels/assembly/*.ts (AssemblyScript) to src/lib/kernels/generated/NAME.ts, each a
 * module that exports the WebAssembly binary as base64, so that Node, workers and bundlers load it alike.
 * Skips what has not changed, removes what has lost its source. Runs as part of `npm ci` (prepare) and `npm run build`.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const kernels = fileURLToPath(new URL('../../src/lib/kernels/', import.meta.url));
const assembly = join(kernels, 'assembly');
const generated = join(kernels, 'generated');
const flags = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--initialMemory',
  '1',
  '--importMemory',
];
/** Kernels that threads run together, on one memory of at most 4 GiB. */
const shared = ['glove.ts'];
/** Kernels that are compiled twice: NAME.ts for one thread, NAME.shared.ts for several. */
const both = ['mapQuality.ts', 'nearest.ts', 'neighbourGraph.ts', 'tsne.ts'];
/** Kernels that are compiled once more, with fused products, for engines that have them: NAME.relaxed.ts and so on. */
const relaxed = ['nearest.ts', 'neighbourGraph.ts'];
const relaxedFlags = ['--enable', 'relaxed-simd'];
const sharedFlags = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];

mkdirSync(generated, { recursive: true });
const sources = readdirSync(assembly).filter((name) => name.endsWith('.ts'));
/** What is made: the name, its source and the compiler's flags. */
const products = sources.flatMap((file) => {
  const name = basename(file, '.ts');
  const threaded = [...flags, ...sharedFlags];
  if (shared.includes(file)) return [{ name, file, used: threaded }];
  const ways = [['', flags]];
  if (both.includes(file)) ways.push(['.shared', threaded]);
  if (relaxed.includes(file)) {
    ways.push(['.relaxed', [...flags, ...relaxedFlags]]);
    ways.push(['.relaxed.shared', [...threaded, ...relaxedFlags]]);
  }
  return ways.map(([suffix, used]) => ({ name: name + suffix, file, used }));
});
for (const file of readdirSync(generated)) {
  if (file.endsWith('.ts') && !products.some(({ name }) => file === `${name}.ts`)) {
    rmSync(join(generated, file));
  }
}
/** What kernels of several files import, by path. */
const parts = new Map(
  readdirSync(assembly, { recursive: true })
    .filter((path) => path.endsWith('.ts') && !sources.includes(path))
    .map((path) => [path.split(sep).join('/'), readFileSync(join(assembly, path), 'utf8')]),
);
for (const { name, file, used } of products) {
  const source = readFileSync(join(assembly, file), 'utf8');
  const folders = [`${basename(file, '.ts')}/`, 'common/'];
  const own = [...parts].filter(([path]) => folders.some((folder) => path.startsWith(folder)));
  const hash = createHash('sha256')
    .update(source + own.flat().join('') + used.join(' '))
    .digest('hex')
    .slice(0, 16);
  const target = join(generated, `${name}.ts`);
  if (existsSync(target) && readFileSync(target, 'utf8').includes(hash)) continue;
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main([file, '--outFile', 'out.wasm', ...used], {
    readFile: (path) => (path === file ? source : (parts.get(path) ?? null)),
    writeFile: (path, contents) => {
      if (path === 'out.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) {
    console.error(`${join('src/lib/kernels/assembly', file)} does not compile:\n${stderr}`);
    process.exit(1);
  }
  // Written aside and renamed, so that nobody reads half a file.
  const partial = `${target}.${process.pid}`;
  writeFileSync(
    partial,
    `/** Compiled from assembly/${file} (source ${hash}) by build-kernels. */\n` +
      `export const wasm =\n  '${Buffer.from(binary).toString('base64')}';\n`,
  );
  renameSync(partial, target);
  console.log(`kernel ${name}: ${binary.length} bytes`);
}
