// npm test: type check, then every suite; the last line is `N passed, N failed`. Arguments go to vitest (a name filter, for example).
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

const report = 'build/test-report.json';

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(127));
    child.on('exit', (status) => resolve(status ?? 1));
  });
}

let passed = 0;
let failed = 0;
let skipped = 0;

async function check(name, command, args) {
  const status = await run(command, args);
  if (status === 0) passed += 1;
  else {
    failed += 1;
    console.log(`${name} failed (exit ${status}).`);
  }
}

mkdirSync('build', { recursive: true });
rmSync(report, { force: true });
const filters = process.argv.slice(2);

if (filters.length === 0) {
  await check('svelte-kit sync', 'svelte-kit', ['sync']);
  const checks = [
    check('Type check', 'tsc', ['--noEmit', '-p', '.']),
    check('Svelte check', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']),
  ];
  await Promise.all(checks);
  await check('Lint', 'eslint', ['.', '--max-warnings', '0']);
}
const status = await run('vitest', [
  'run',
  '--project',
  'unit',
  '--project',
  'api',
  '--project',
  'e2e',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...filters,
]);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  if (status !== 0 && result.numFailedTests === 0) failed += 1;
  if (result.numTotalTests === 0) {
    failed += 1;
    console.log('No test ran.');
  }
} catch (error) {
  failed += 1;
  console.log(`vitest gave no report: ${error.message}`);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
