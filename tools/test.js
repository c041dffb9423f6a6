// npm test: type check, then every suite; the last line is `N passed, N failed`. Arguments go to vitest (a name filter, for example).
import { conclude, run, runTests } from './vitest.js';

let passed = 0;
let failed = 0;

async function check(name, command, args) {
  const status = await run(command, args);
  if (status === 0) passed += 1;
  else {
    failed += 1;
    console.log(`${name} failed (exit ${status}).`);
  }
}

const filters = process.argv.slice(2);

if (filters.length === 0) {
  await check('svelte-kit sync', 'svelte-kit', ['sync']);
  // svelte-check holds every file of tsconfig.json to its types, those without Svelte too.
  await Promise.all([
    check('Type check', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']),
    check('Lint', 'eslint', ['.', '--max-warnings', '0']),
  ]);
}
const tests = await runTests(['pure', 'unit', 'api', 'e2e'], filters);
conclude({ passed: passed + tests.passed, failed: failed + tests.failed, skipped: tests.skipped });
