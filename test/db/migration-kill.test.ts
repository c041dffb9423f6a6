import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { failMigrations, killMigrations } from './broken-migrations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-migration-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a migration that is killed leaves the old schema or the new one, and the next start ends it', () => killMigrations(folder, 1));

test('a migration that fails at any of its statements changes nothing', () => failMigrations(folder));
