import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// No test there changes its process, so that the files share two, and each module is loaded once and not for each file.
const pure = ['nodes/**/*.test.ts', 'pipelines/**/*.test.ts', 'web/**/*.test.ts'];
const unit = ['server/**/*.test.ts', 'test/*.test.ts', 'test/executor/**/*.test.ts', 'test/db/**/*.test.ts'];
const packages = '**/node_modules/**';
/** What is awaited comes late on a busy machine; a wait that succeeds costs nothing. */
const patience = { testTimeout: 240_000, hookTimeout: 240_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        plugins: [svelte()],
        test: {
          name: 'pure',
          include: pure,
          exclude: [packages],
          environment: 'node',
          ...patience,
          pool: 'forks',
          isolate: false,
          setupFiles: 'test/support/fixed-seed.ts',
        },
      },
      { test: { name: 'unit', include: unit, exclude: [packages], environment: 'node', ...patience, pool: 'forks' } },
      {
        // Each starts servers of its own, and none changes its process.
        test: { name: 'api', include: ['test/api/**/*.test.ts'], environment: 'node', ...patience, pool: 'forks', isolate: false },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.spec.ts'],
          environment: 'node',
          ...patience,
          pool: 'forks',
          // After the others, two at a time: a browser waits much.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Whole stories in the browser, by `npm run test:e2e` alone.
        test: { name: 'e2e-long', include: ['test/e2e/long/*.spec.ts'], environment: 'node', ...patience, pool: 'forks' },
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
          // Another chance each time; a test prints its seed, which plays it again.
          env: { MODELWRIGHT_TEST_SEED: process.env.MODELWRIGHT_TEST_SEED ?? String(Date.now() % 1_000_000_007) },
          testTimeout: 1_800_000,
          hookTimeout: 60_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
});
