/**
 * `bench/gpu/run.sh ARCHIVE `: packs what bench/training needs on a bare x86-64 Linux machine into one archive:
 * Node's own binary, the `webgpu` package, the scripts as one bundle, the Vulkan loader, and MovieLens where `MOVIELENS`
 * names it. An ARCHIVE that does not end in .tar.xz or .tar.gz is a folder, which is left as it is.
 *
 * The optional packages are looked for as the command line does (EMBEDSCOPE_GPU_PACKAGES).
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { InputError } from '../../src/lib/errors.ts';
import { packageUrls } from '../../src/lib/train/backend.node.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT_MB = 60;
/** As the package `webgpu` names the folder of a system's binary. */
const SYSTEM = 'linux-x64';
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib64'];

function fail(message: string): never {
  throw new InputError(message);
}

/** A script that is started by its address lies beside the one that starts it, as JavaScript. */
const addresses: Plugin = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace(
        /new URL\('\.\/(?:\w+\/)?([\w.]+)\.ts', import\.meta\.url\)/g,
        "new URL('./$1.mjs', import.meta.url)",
      ),
    }));
  },
};

/** What scripts written for CommonJS find around them. */
const SURROUNDINGS = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const { dirname: __dirname = "", filename: __filename = "" } = import.meta;',
].join('\n');

const bundled = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
} as const;

async function bundle(folder: string): Promise<void> {
  await build({
    ...bundled,
    entryPoints: {
      main: join(root, 'bench/gpu/main.ts'),
      measure: join(root, 'bench/training/measure.ts'),
      'probe.node': join(root, 'src/lib/train/probe.node.ts'),
      'rungBenchmark.node': join(root, 'src/lib/train/rungBenchmark.node.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    banner: { js: SURROUNDINGS },
    plugins: [addresses],
  });
  const own = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out');
  for (const name of readdirSync(own).filter((file) => file.endsWith('.wasm'))) {
    copyFileSync(join(own, name), join(folder, name));
  }
}

/** The folder of the package that a module belongs to. */
function packageFolder(url: string, name: string): string {
  let folder = dirname(fileURLToPath(url));
  while (!folder.endsWith(name)) folder = dirname(folder);
  return folder;
}

async function packPackages(folder: string): Promise<void> {
  const [dawnUrl, backendUrl] = webGpuUrls();
  const dawn = packageFolder(dawnUrl, 'webgpu');
  // Its binaries for other systems are most of its weight.
  const isNeeded = (path: string) =>
    !path.startsWith(join(dawn, 'dist/')) || path.startsWith(join(dawn, 'dist', SYSTEM));
  cpSync(dawn, join(folder, 'webgpu'), { recursive: true, filter: isNeeded });

  const name = '@tensorflow/tfjs-backend-webgpu';
  const source = packageFolder(backendUrl, name);
  const target = join(folder, name);
  await build({
    ...bundled,
    entryPoints: [fileURLToPath(backendUrl)],
    outfile: join(target, 'index.js'),
    format: 'cjs',
    nodePaths: [join(root, 'node_modules')],
  });
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const described = { name, version, main: 'index.js' };
  writeFileSync(join(target, 'package.json'), JSON.stringify(described) + '\n');
}

function webGpuUrls(): string[] {
  try {
    return packageUrls('webgpu');
  } catch {
    fail(
      'the packages of WebGPU are not installed (docs/backends.md says how; EMBEDSCOPE_GPU_PACKAGES names their folder)',
    );
  }
}

function packLibrary(name: string, folder: string): void {
  const found = LIBRARY_FOLDERS.map((place) => join(place, name)).find(existsSync);
  if (!found) fail(`${name} is not there (on Debian it is part of libvulkan1 or libstdc++6)`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(found, join(folder, name));
}

function packRatings(folder: string): void {
  const path = process.env.MOVIELENS;
  if (!path) return;
  mkdirSync(folder);
  for (const name of ['ratings.csv', 'movies.csv', 'README.txt']) {
    if (!existsSync(join(path, name))) fail(`MOVIELENS: ${join(path, name)} is not there`);
    copyFileSync(join(path, name), join(folder, name));
  }
}

async function fill(folder: string): Promise<void> {
  for (const part of ['bin', 'app', 'packages/node_modules']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  copyFileSync(process.execPath, join(folder, 'bin/node'));
  copyFileSync(join(root, 'bench/gpu/run.sh'), join(folder, 'run.sh'));
  await bundle(join(folder, 'app'));
  await packPackages(join(folder, 'packages/node_modules'));
  packLibrary('libvulkan.so.1', join(folder, 'lib/vulkan'));
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1'])
    packLibrary(name, join(folder, 'lib/cxx'));
  packRatings(join(folder, 'data'));
}

/** Writes the archive and says how large it is. */
function compress(folder: string, archive: string): void {
  const how = archive.endsWith('.xz') ? ['-I', 'xz -T0 -6'] : ['-z'];
  const args = ['-c', ...how, '-f', archive, '-C', dirname(folder), basename(folder)];
  if (spawnSync('tar', args, { stdio: 'inherit' }).status !== 0) fail('tar failed');
  const megabytes = statSync(archive).size / 1e6;
  console.log(`${archive}: ${megabytes.toFixed(1)} MB`);
  if (megabytes > LIMIT_MB) fail(`that is more than ${LIMIT_MB} MB`);
}

async function pack(target: string | undefined): Promise<void> {
  if (!target) fail('name the archive to write, such as embedscope-gpu.tar.xz, or a folder');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform} ${process.arch}`;
    fail(`it packs this machine's own Node, which has to be one for x86-64 Linux (here: ${here})`);
  }
  if (existsSync(target)) fail(`${target} is there already; name another`);
  const path = resolve(target);
  const scratch = mkdtempSync(join(dirname(path), '.embedscope-pack-'));
  try {
    const folder = join(scratch, 'embedscope-gpu');
    await fill(folder);
    if (/\.tar\.(xz|gz)$/.test(path)) compress(folder, path);
    else renameSync(folder, path);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await pack(process.argv[2]);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`bench/gpu/run.sh: ${error.message}`);
  process.exitCode = 2;
}
