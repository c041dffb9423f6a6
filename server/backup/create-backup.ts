import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { appliedMigrations } from '../db/client.ts';
import { copyDatabase, syncPath } from '../db/copy.ts';
import { hashFile } from '../store/hashing.ts';
import { storedPath } from '../store/paths.ts';
import { NAMED_HASHES } from '../store/sweep.ts';
import { BackupRefused, countRows, DATABASE, KEY, MANIFEST, refuseDamaged, type Manifest, type ManifestFile } from './manifest.ts';
import { Progress, transfer } from './transfer.ts';

export interface BackupRequest {
  readonly dataFolder: string;
  /** Absent or empty; its parent must be there. */
  readonly target: string;
  /** Of Modelwright. */
  readonly version: string;
  /** Takes the key file along: whoever holds the backup can then read the keys of endpoints. */
  readonly withKey: boolean;
  readonly say: (text: string) => void;
  readonly now?: number;
}

/** A server that deletes at that moment makes us take the database anew, so that it names only files that are there. */
const ATTEMPTS = 3;

/** Whether nothing, or a folder with nothing in it, is at the path. */
export const isFree = (path: string): boolean => !existsSync(path) || (statSync(path).isDirectory() && readdirSync(path).length === 0);

/**
 * Writes a backup of a data folder, whether a server uses it or not. The database is copied first, at one moment; the files that it names never
 * change and are copied after. The folder has its name only when it is whole.
 * @throws BackupRefused when the target is taken or there is no data
 */
export async function createBackup(request: BackupRequest): Promise<Manifest> {
  const { dataFolder, say } = request;
  const target = resolve(request.target);
  const source = join(dataFolder, DATABASE);
  if (!existsSync(source)) throw new BackupRefused(`There is no Modelwright data in ${dataFolder}. Name its folder with --data.`);
  if (!isFree(target)) throw new BackupRefused(`${target} is not empty. Name a folder that is not there yet.`);
  if (target === resolve(dataFolder) || target.startsWith(`${resolve(dataFolder, 'store')}/`))
    throw new BackupRefused('A backup cannot lie in the store that it is of.');
  mkdirSync(dirname(target), { recursive: true });
  const partial = mkdtempSync(join(dirname(target), `.${basename(target)}.partial-`));
  try {
    const database = new Sqlite(source, { readonly: true, fileMustExist: true, timeout: 30_000 });
    let manifest: Manifest;
    try {
      manifest = await fill(partial, database, request);
    } finally {
      database.close();
    }
    writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
    syncTree(partial);
    renameSync(partial, target);
    syncPath(dirname(target));
    for (const hash of manifest.missing) say(`The file of artifact ${hash} is gone or damaged in the data folder; steps that need it will run again.`);
    return manifest;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function fill(partial: string, live: Sqlite.Database, { dataFolder, version, withKey, say, now = Date.now() }: BackupRequest): Promise<Manifest> {
  const path = join(partial, DATABASE);
  const store = join(dataFolder, 'store');
  const copied = new Map<string, ManifestFile>();
  for (let attempt = 1; ; attempt++) {
    rmSync(path, { force: true });
    say(attempt === 1 ? 'Copying the database.' : 'Something was deleted meanwhile: copying the database again.');
    copyDatabase(live, path);
    const { hashes, facts } = readCopy(path);
    const missing: string[] = [];
    const progress = new Progress(say, 'Copying files', facts.bytes);
    for (const hash of hashes) {
      if (copied.has(hash)) continue;
      const to = storedPath(join(partial, 'store'), hash);
      const got = await transfer(storedPath(store, hash), to);
      if (got?.hash === hash) copied.set(hash, got);
      else {
        rmSync(to, { force: true });
        missing.push(hash);
      }
      progress.add(got?.bytes ?? 0);
    }
    const named = live.prepare(`SELECT EXISTS (SELECT 1 FROM (${NAMED_HASHES}) WHERE hash = ?)`).pluck();
    const deleted = missing.some((hash) => named.get(hash) === 0);
    if (deleted && attempt < ATTEMPTS) continue;
    const wanted = new Set(hashes);
    for (const hash of copied.keys()) {
      if (wanted.has(hash)) continue;
      rmSync(storedPath(join(partial, 'store'), hash));
      copied.delete(hash);
    }
    const { size } = statSync(path);
    return {
      format: 1,
      version,
      createdAt: now,
      schema: facts.schema,
      database: { hash: await hashFile(path, size), bytes: size },
      key: withKey ? await copyKey(dataFolder, partial) : null,
      counts: facts.counts,
      artifacts: [...copied.values()],
      missing,
    };
  }
}

/** What the copy of the database says of itself; damage is found here, not at the restore. */
function readCopy(path: string): { hashes: string[]; facts: { schema: number[]; counts: Record<string, number>; bytes: number } } {
  const copy = new Sqlite(path);
  try {
    refuseDamaged(copy, path);
    return {
      hashes: copy.prepare(NAMED_HASHES).pluck().all() as string[],
      facts: {
        schema: appliedMigrations(copy),
        counts: countRows(copy),
        bytes: copy.prepare('SELECT coalesce(sum(bytes), 0) FROM (SELECT max(bytes) AS bytes FROM artifacts GROUP BY hash)').pluck().get() as number,
      },
    };
  } finally {
    // Back to one file: the pages of a WAL would be left beside it.
    copy.pragma('journal_mode = DELETE');
    copy.close();
  }
}

async function copyKey(dataFolder: string, partial: string): Promise<ManifestFile> {
  const key = await transfer(join(dataFolder, KEY), join(partial, KEY));
  if (!key) throw new BackupRefused(`There is no key file ${join(dataFolder, KEY)} to take along. Leave out --with-keys.`);
  return key;
}

/** Syncs every folder in the tree; the files in it are synced already. */
export function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(folder, entry.name));
    else if (entry.name === MANIFEST || entry.name === DATABASE) syncPath(join(folder, entry.name));
  }
  syncPath(folder);
}
