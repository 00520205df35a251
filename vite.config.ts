import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { isolation } from './scripts/tooling/isolation.mjs';

export default defineConfig({
  plugins: [isolation(), sveltekit()],
  worker: { format: 'es' },
});
