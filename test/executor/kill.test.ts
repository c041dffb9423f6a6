import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from './harness.ts';
import { killRounds } from './kill-rounds.ts';
import { seedOf } from './random.ts';

const KILLS = 100;

test(`servers killed ${KILLS} times, at commits and at random moments, lose and double nothing`, { timeout: 600_000 }, async () => {
  const folder = temporaryFolder();
  const { broken, deaths } = await killRounds(folder, KILLS, seedOf('kills'), 7);
  expect(broken).toEqual([]);
  expect(deaths.commit).toBeGreaterThan(0);
  rmSync(folder, { recursive: true, force: true });
});
