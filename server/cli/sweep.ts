import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { megabytes } from '../backup/transfer.ts';
import { openDatabase } from '../db/client.ts';
import { DataFolderInUse, lockDataFolder } from '../db/lock.ts';
import { readEnvironment } from '../env.ts';
import { Store } from '../store/store.ts';
import { sweepAll } from '../store/sweep.ts';
import { UsageError } from './messages.ts';

/** Deletes files that nothing refers to. A running server does that itself and alone knows what is being written. */
export default async function sweep(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { data: { type: 'string' }, json: { type: 'boolean', default: false } } });
  const folder = resolve(values.data ?? readEnvironment().dataFolder);
  const file = join(folder, 'modelwright.sqlite');
  if (!existsSync(file)) throw new UsageError(`There is no Modelwright data in ${folder}. Name the folder with --data.`);
  const lock = lockOrSay(folder);
  try {
    const database = openDatabase(file);
    try {
      const swept = await sweepAll(database, new Store(join(folder, 'store')));
      console.log(values.json ? JSON.stringify(swept) : `Freed ${megabytes(swept.bytes)} in ${swept.files} files.`);
      return 0;
    } finally {
      database.$client.close();
    }
  } finally {
    lock.release();
  }
}

function lockOrSay(folder: string) {
  try {
    return lockDataFolder(folder);
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    throw new UsageError(`A server uses ${folder}, and only it knows what is being written there. Let it do the work: POST /api/v1/storage/sweep.`);
  }
}
