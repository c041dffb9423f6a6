import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { z } from 'zod';

/** Something is wrong with a backup or with where it should go; the message names the file and says what to do. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

export const MANIFEST = 'manifest.json';
export const DATABASE = 'modelwright.sqlite';
export const KEY = 'secret.key';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ hash, bytes: z.int().min(0) });

/** What a backup holds; written last, so a folder with a manifest is whole. */
const manifest = z.strictObject({
  format: z.literal(1),
  /** Of Modelwright, for people. */
  version: z.string(),
  /** Milliseconds since 1970, UTC. */
  createdAt: z.int().min(0),
  /** Times of the migrations that the database has been through. */
  schema: z.array(z.int()),
  database: file,
  /** The key file, when it was asked for. */
  key: file.nullable(),
  /** Rows of each table. */
  counts: z.record(z.string(), z.int().min(0)),
  artifacts: z.array(file),
  /** Artifacts that the database names and whose files were gone or damaged already. */
  missing: z.array(hash),
});
export type Manifest = z.output<typeof manifest>;
export type ManifestFile = z.output<typeof file>;

/** @throws BackupRefused when there is none, or it is none of ours */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there: this is no backup, or one that was not finished' : 'cannot be read';
    throw new BackupRefused(`${path} ${why}.`);
  }
  const parsed = manifest.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BackupRefused(`${path} is not the manifest of a backup that this version reads: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  return parsed.data;
}

/** Rows of each table. */
export function countRows(client: Sqlite.Database): Record<string, number> {
  const tables = client.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`).pluck().all() as string[];
  return Object.fromEntries(
    tables.map((name) => [
      name,
      client
        .prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`)
        .pluck()
        .get() as number,
    ]),
  );
}

/** @throws BackupRefused when SQLite finds the file damaged */
export function refuseDamaged(client: Sqlite.Database, path: string): void {
  let found: string;
  try {
    found = String(client.pragma('integrity_check', { simple: true }));
    if (found === 'ok' && (client.pragma('foreign_key_check') as unknown[]).length > 0) found = 'rows refer to rows that are not there';
  } catch (error) {
    found = error instanceof Error ? error.message : String(error);
  }
  if (found !== 'ok') throw new BackupRefused(`The database ${path} is damaged: ${found}`);
}
