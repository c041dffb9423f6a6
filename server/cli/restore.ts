import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreBackup } from '../backup/restore-backup.ts';
import { UsageError } from './messages.ts';

/** Makes a new data folder from a backup, after everything in it was checked. */
export default async function restore(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  const [backup, folder] = positionals;
  if (backup === undefined || folder === undefined || positionals.length !== 2)
    throw new UsageError('Name the backup and a new data folder: modelwright restore BACKUP FOLDER.');
  const manifest = await restoreBackup({ backup: resolve(backup), dataFolder: folder, say: (text) => console.error(text) });
  const facts = {
    dataFolder: resolve(folder),
    files: manifest.artifacts.length,
    runs: manifest.counts['runs'] ?? 0,
    createdAt: new Date(manifest.createdAt).toISOString(),
  };
  if (values.json) console.log(JSON.stringify(facts));
  else
    console.log(
      `Restored ${facts.runs} runs and ${facts.files} files of ${facts.createdAt} into ${facts.dataFolder}.\nStart it with: modelwright start --data ${facts.dataFolder}`,
    );
  return 0;
}
