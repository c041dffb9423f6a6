import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createBackup } from '../backup/create-backup.ts';
import { megabytes } from '../backup/transfer.ts';
import { readEnvironment } from '../env.ts';
import { UsageError } from './messages.ts';

/** Writes a backup of the data folder; the server may be running. 0 = whole, 1 = made, but files were gone or damaged already. */
export default async function backup(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, 'with-keys': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const [target] = positionals;
  if (target === undefined || positionals.length !== 1) throw new UsageError('Name one folder for the backup: modelwright backup FOLDER.');
  const { VERSION } = await import('../main.ts');
  const manifest = await createBackup({
    dataFolder: resolve(values.data ?? readEnvironment().dataFolder),
    target,
    version: VERSION,
    withKey: values['with-keys'],
    say: (text) => console.error(text),
  });
  const bytes = manifest.database.bytes + manifest.artifacts.reduce((sum, each) => sum + each.bytes, 0);
  const facts = { backup: resolve(target), files: manifest.artifacts.length, bytes, runs: manifest.counts['runs'] ?? 0, missing: manifest.missing.length };
  if (values.json) console.log(JSON.stringify(facts));
  else {
    console.log(`Backup in ${facts.backup}: ${facts.runs} runs, ${facts.files} files, ${megabytes(bytes)}.`);
    if (!manifest.key)
      console.log('The key file is not in it: endpoints go on taking their keys after a restore, but cannot show them. --with-keys takes it along.');
  }
  return manifest.missing.length === 0 ? 0 : 1;
}
