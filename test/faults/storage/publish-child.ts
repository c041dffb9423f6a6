// Publishes artifacts and commits a row for each, and says which were acknowledged; the fault tests watch and break its system calls.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '#server/db/client.ts';
import { Commits } from '#server/db/commits.ts';
import { Store } from '#server/store/store.ts';

const [folder, count, way] = process.argv.slice(2) as [string, string, 'together' | undefined];
/** How it ends when the disk has refused what was committed. */
const DISK_LOST = 3;
const db = openDatabase(join(folder, 'modelwright.sqlite'));
const store = new Store(join(folder, 'store'));
const { $client } = db;
$client.prepare(`INSERT INTO workspaces (id, name, created_at) VALUES ('w', 'W', 0) ON CONFLICT DO NOTHING`).run();
const insert = $client.prepare(
  `INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES ('w', ?, 'file', ?, '{"kind":"file","name":""}', 0)`,
);
const commits = new Commits($client, () => process.exit(DISK_LOST));
const write = (row: () => void): void | Promise<void> => (way === 'together' ? commits.write(row) : $client.transaction(row).immediate());

/** As a step process leaves an output: written, and fsynced. */
async function output(attempt: string, content: string): Promise<string> {
  const path = join(await store.newOutputFolder(attempt), 'output');
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  return path;
}

// From here on faults may come.
writeSync(1, 'ready\n');
for (let number = 0; number < Number(count); number++) {
  const content = `content ${number} ${'x'.repeat(2_000)}`;
  const hash = createHash('sha256').update(content).digest('hex');
  try {
    await store.publish(await output(`attempt-${number}`, content), hash);
    await write(() => void insert.run(hash, content.length));
    writeSync(1, `ack ${hash}\n`);
  } catch (error) {
    writeSync(1, `refused ${(error as { code?: string }).code ?? String(error)}\n`);
  }
}
