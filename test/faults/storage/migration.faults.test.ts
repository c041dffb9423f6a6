import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { killMigrations } from '#test/db/broken-migrations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-migration-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a migration killed at 40 random times leaves the old schema or the new one', () => killMigrations(folder, 40), 300_000);
