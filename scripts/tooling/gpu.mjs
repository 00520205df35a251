/**
 * Installs what WebGPU needs to run without a graphics card, for tests and for trying it out: the optional packages
 * into a folder of their own, and a driver that computes on the processor, SwiftShader of Debian's Chromium.
 * `node scripts/tooling/gpu.mjs` does so and prints the variables to set.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Kept apart from the project's own packages, so that the tests of a machine without them hold. */
const folder = join(root, 'node_modules/.cache/embedscope-gpu');
const PACKAGES = ['webgpu', '@tensorflow/tfjs-backend-webgpu'];
const DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];
const LOADERS = [
  '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
  '/usr/lib/aarch64-linux-gnu/libvulkan.so.1',
];

function run(command, args, timeout) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: 'inherit', timeout, env }).status === 0;
}

/** The versions are those of the project's package.json. */
function wanted() {
  const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.fromEntries(PACKAGES.map((name) => [name, peerDependencies[name]]));
}

function installPackages() {
  const dependencies = wanted();
  const isThere = PACKAGES.every((name) =>
    existsSync(join(folder, 'node_modules', name, 'package.json')),
  );
  const manifest = join(folder, 'package.json');
  const isWanted =
    existsSync(manifest) &&
    PACKAGES.every(
      (name) =>
        JSON.parse(readFileSync(manifest, 'utf8')).dependencies?.[name] === dependencies[name],
    );
  if (isThere && isWanted) return undefined;
  console.log('Installing the packages for WebGPU (132 MB) ...');
  mkdirSync(folder, { recursive: true });
  writeFileSync(manifest, JSON.stringify({ private: true, dependencies }, null, 2) + '\n');
  const options = ['--no-audit', '--no-fund', '--legacy-peer-deps', '--prefix', folder];
  if (run('npm', ['install', ...options], 300_000)) return undefined;
  return `npm could not install ${PACKAGES.join(' and ')}`;
}

function installDriver() {
  const has = () => DRIVERS.some(existsSync) && LOADERS.some(existsSync);
  if (process.env.VK_DRIVER_FILES || has()) return undefined;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.log("Installing Debian's chromium, for SwiftShader, and libvulkan1 ...");
    const packages = ['--no-install-recommends', 'chromium', 'libvulkan1'];
    run('apt-get', ['update', '-qq'], 300_000);
    run('apt-get', ['install', '-y', '-qq', ...packages], 600_000);
    if (has()) return undefined;
  }
  return 'there is no Vulkan driver that computes on the processor: install one, such as SwiftShader (packages chromium and libvulkan1 of Debian), and name its manifest in VK_DRIVER_FILES';
}

/**
 * Makes sure of packages and driver.
 *
 * @returns the variables under which WebGPU finds them, or the reason why it cannot
 */
export function softwareGpu() {
  const reason = installDriver() ?? installPackages();
  if (reason) return { reason };
  return {
    env: {
      EMBEDSCOPE_GPU_PACKAGES: folder,
      VK_DRIVER_FILES: process.env.VK_DRIVER_FILES ?? DRIVERS.find(existsSync) ?? '',
      // The loader asks for it, and a service may have none.
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp',
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { env, reason } = softwareGpu();
  if (reason) {
    console.error(reason);
    process.exit(1);
  }
  for (const [name, value] of Object.entries(env)) console.log(`export ${name}='${value}'`);
}
