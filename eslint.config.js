import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** The rooms of src/lib, and the rooms that each of them may import from. */
const arrows = {
  math: [],
  kernels: ['math'],
  run: ['math'],
  analysis: ['math', 'kernels', 'run'],
  train: ['math', 'kernels', 'run'],
  store: ['math', 'kernels', 'run'],
  workers: ['math', 'kernels', 'run', 'analysis', 'train', 'store'],
  ui: ['math', 'run', 'analysis', 'workers'],
};
const outside = ['$lib', '$app', '$routes', '**/routes/**', '**/scripts/**', '**/bench/**'];

const roomRules = Object.entries(arrows).map(([room, allowed]) => ({
  files: [`src/lib/${room}/**/*.{ts,svelte}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: Object.keys(arrows)
              .filter((other) => other !== room && !allowed.includes(other))
              .map((other) => `**/${other}/**`)
              .concat(room === 'ui' ? outside.filter((name) => name !== '$app') : outside),
            message: `src/lib/${room} may import from: ${allowed.join(', ') || 'nothing above it'}.`,
          },
        ],
      },
    ],
  },
}));

export default ts.config(
  {
    ignores: [
      'build/',
      '.svelte-kit/',
      'src/lib/kernels/generated/',
      'src/lib/kernels/assembly/',
      'static/',
      'tests/fixtures/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  ...roomRules,
  {
    files: ['src/lib/math/**/*.ts', 'src/lib/train/**/*.ts', 'src/lib/kernels/**/*.ts'],
    ignores: ['**/*.node.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a Random as an argument.' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'Numerics read no clock; measure in the caller.' },
        { name: 'performance', message: 'Numerics read no clock; measure in the caller.' },
      ],
    },
  },
);
