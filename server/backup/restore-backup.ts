import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { refuseNewer } from '../db/client.ts';
import { syncPath } from '../db/copy.ts';
import { storedPath } from '../store/paths.ts';
import { isFree, syncTree } from './create-backup.ts';
import { BackupRefused, countRows, DATABASE, KEY, readManifest, refuseDamaged, type Manifest, type ManifestFile } from './manifest.ts';
import { Progress, transfer } from './transfer.ts';

export interface RestoreRequest {
  readonly backup: string;
  /** Absent or empty. */
  readonly dataFolder: string;
  readonly say: (text: string) => void;
  readonly now?: number;
}

/**
 * Makes a data folder from a backup. Everything is copied beside it and checked there; the data folder appears at the end, whole, or not at all.
 * @throws BackupRefused naming the file that is missing, truncated or altered; DatabaseRefused for a backup of a newer version
 */
export async function restoreBackup({ backup, dataFolder, say, now = Date.now() }: RestoreRequest): Promise<Manifest> {
  const target = resolve(dataFolder);
  if (!isFree(target))
    throw new BackupRefused(`${target} is not empty. A backup is restored into a folder that is not there yet, so that nothing is overwritten.`);
  const manifest = readManifest(backup);
  mkdirSync(dirname(target), { recursive: true });
  const partial = mkdtempSync(join(dirname(target), `.${basename(target)}.partial-`));
  try {
    await take(join(backup, DATABASE), join(partial, DATABASE), manifest.database);
    adopt(join(partial, DATABASE), join(backup, DATABASE), manifest, now);
    if (manifest.key) await take(join(backup, KEY), join(partial, KEY), manifest.key);
    const progress = new Progress(
      say,
      'Checking files',
      manifest.artifacts.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    for (const file of manifest.artifacts) {
      await take(storedPath(join(backup, 'store'), file.hash), storedPath(join(partial, 'store'), file.hash), file);
      progress.add(file.bytes);
    }
    syncTree(partial);
    renameSync(partial, target);
    syncPath(dirname(target));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  if (!manifest.key && manifest.counts['endpoint_keys'] && !existsSync(join(target, KEY)))
    say('The backup holds no key file. Endpoints go on taking their keys, but to show them put the old secret.key into the data folder, or renew the keys.');
  return manifest;
}

/** Copies a file of the backup and compares what arrived with the manifest. */
async function take(from: string, to: string, expected: ManifestFile): Promise<void> {
  const got = await transfer(from, to);
  if (!got) throw new BackupRefused(`${from} is not in the backup. Nothing was restored.`);
  if (got.bytes !== expected.bytes)
    throw new BackupRefused(`${from} has ${got.bytes} bytes instead of ${expected.bytes}: it was cut or changed. Nothing was restored.`);
  if (got.hash !== expected.hash) throw new BackupRefused(`${from} was changed since the backup was made. Nothing was restored.`);
}

/**
 * Checks the copied database, and moves its times to now: slots of schedules that passed since the backup are settled, neither started nor listed
 * as missed, and runs under way have the time left that they had. Those are taken up at the first start, as after a crash.
 */
function adopt(path: string, named: string, manifest: Manifest, now: number): void {
  const client = new Sqlite(path);
  try {
    refuseDamaged(client, named);
    refuseNewer(client);
    const counts = countRows(client);
    const differing = Object.keys({ ...counts, ...manifest.counts }).filter((table) => counts[table] !== manifest.counts[table]);
    if (differing.length > 0) throw new BackupRefused(`The database ${named} does not have the rows that the manifest tells of, in ${differing.join(', ')}.`);
    const away = Math.max(0, now - manifest.createdAt);
    client
      .transaction(() => {
        client.prepare('UPDATE schedules SET settled_until = max(settled_until, ?)').run(now);
        for (const table of ['runs', 'steps'])
          client.prepare(`UPDATE ${table} SET deadline = deadline + ? WHERE status IN ('queued', 'running', 'cancelling') AND deadline IS NOT NULL`).run(away);
      })
      .immediate();
  } finally {
    client.close();
  }
}
