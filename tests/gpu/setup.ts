import type { TestProject } from 'vitest/node';
import { softwareGpu } from '../../scripts/tooling/gpu.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Variables under which WebGPU finds a software adapter; undefined where none can be had. */
    gpu: Record<string, string> | undefined;
  }
}

/** Makes sure of the optional packages and a software driver. Without them the tests are left out, but not in CI. */
export default function setup(project: TestProject): void {
  const { env, reason } = softwareGpu();
  project.provide('gpu', env);
  if (!reason) return;
  if (process.env.CI === 'true') throw new Error(`The tests of WebGPU cannot run: ${reason}`);
  console.warn(`\n*** THE TESTS OF WEBGPU ARE LEFT OUT: ${reason} ***\n`);
}
