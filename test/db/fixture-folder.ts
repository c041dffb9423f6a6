import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderFacts } from '#test/fixtures/describe-folder.ts';

const fixtures = join(import.meta.dirname, '../fixtures/data-folders');

export interface FixtureFolder {
  /** Holds `data`, and whatever the test makes. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly expected: FolderFacts & { readonly madeAt: number };
}

/** A copy of the data folder that is kept of a schema, in a new temporary folder. */
export function fixtureFolder(schema = '0000'): FixtureFolder {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-fixture-'));
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  for (const part of ['modelwright.sqlite', 'secret.key', 'store']) cpSync(join(fixtures, schema, part), join(dataFolder, part), { recursive: true });
  return { folder, dataFolder, expected: JSON.parse(readFileSync(join(fixtures, schema, 'expected.json'), 'utf8')) as FixtureFolder['expected'] };
}
