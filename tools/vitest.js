// Runs vitest and counts what it reports, for the scripts whose last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

/** Compiled code is kept for the hundreds of processes that tests start, which halves what a start costs. */
const environment = { NODE_COMPILE_CACHE: resolve('build/test-compile-cache'), ...process.env };

export function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    child.on('error', () => done(127));
    child.on('exit', (status) => done(status ?? 1));
  });
}

/** Counts of the tests of some projects; a run that fails without a failed test, or without any test, counts as one failure. */
export async function runTests(projects, filters) {
  const report = `build/${projects.join('-')}-report.json`;
  mkdirSync('build', { recursive: true });
  rmSync(report, { force: true });
  const chosen = projects.flatMap((each) => ['--project', each]);
  const status = await run('vitest', ['run', ...chosen, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed = result.numPassedTests;
    counts.failed = result.numFailedTests;
    counts.skipped = result.numPendingTests + (result.numTodoTests ?? 0);
    if (status !== 0 && result.numFailedTests === 0) counts.failed = 1;
    if (result.numTotalTests === 0) {
      counts.failed = 1;
      console.log('No test ran.');
    }
  } catch (error) {
    counts.failed = 1;
    console.log(`vitest gave no report: ${error.message}`);
  }
  return counts;
}

export function conclude({ passed, failed, skipped }) {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed === 0 ? 0 : 1);
}
