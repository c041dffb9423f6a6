import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '#test/executor/harness.ts';
import { killRounds } from '#test/executor/kill-rounds.ts';
import { seedOf } from '#test/executor/random.ts';

test('servers killed 500 times, at each commit and at random moments, lose and double nothing', async () => {
  const folder = temporaryFolder();
  const report = await killRounds(folder, 500, seedOf('kills'));
  console.log(JSON.stringify(report));
  expect(report.broken).toEqual([]);
  expect(report.lastCommit).toBeGreaterThan(10);
  rmSync(folder, { recursive: true, force: true });
});
