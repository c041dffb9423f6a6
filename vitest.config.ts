import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const unit = [
  'nodes/**/*.test.ts',
  'pipelines/**/*.test.ts',
  'server/**/*.test.ts',
  'web/**/*.test.ts',
  'test/*.test.ts',
  'test/executor/**/*.test.ts',
  'test/db/**/*.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        plugins: [svelte()],
        test: { name: 'unit', include: unit, exclude: ['**/node_modules/**'], environment: 'node', testTimeout: 30_000, pool: 'forks' },
      },
      {
        test: { name: 'api', include: ['test/api/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.spec.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks',
          // After the others, two at a time: a browser waits much.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Whole stories in the browser, by `npm run test:e2e` alone.
        test: { name: 'e2e-long', include: ['test/e2e/long/*.spec.ts'], environment: 'node', testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks' },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          environment: 'node',
          testTimeout: 600_000,
          hookTimeout: 600_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.faults.test.ts'],
          environment: 'node',
          testTimeout: 1_800_000,
          hookTimeout: 60_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
});
