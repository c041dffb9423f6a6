import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Store } from '#server/store/store.ts';

const child = join(import.meta.dirname, 'publish-child.ts');
const reason = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? null : 'strace is missing, or may not trace here';
const skipped = reason ? ` (skipped: ${reason})` : '';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-syscalls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly acknowledged: string[];
  readonly refused: string[];
}
/** Runs the child under strace; system calls of its worker threads count too. */
function run(count: number, strace: readonly string[], way: 'alone' | 'together' = 'alone'): Outcome {
  // The database is made before, so that the faults meet the work and not its preparation.
  expect(spawnSync(process.execPath, [child, folder, '0'], { encoding: 'utf8' }).stdout).toBe('ready\n');
  const { status, signal, stdout, stderr } = spawnSync('strace', ['-f', '-qq', ...strace, process.execPath, child, folder, String(count), way], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const lines = stdout.split('\n');
  if (!lines.includes('ready')) throw new Error(`The child did not start: ${stderr}`);
  const of = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return { status, signal, acknowledged: of('ack'), refused: of('refused') };
}

/** What was acknowledged must be there, row and file; no file may be other than its name says. */
async function expectSound({ acknowledged }: Outcome, mayHaveMore: boolean): Promise<void> {
  const client = new Sqlite(join(folder, 'modelwright.sqlite'));
  expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
  const rows = client.prepare('SELECT hash FROM artifacts').pluck().all() as string[];
  client.close();
  // The answer to the last one may have been lost with the process.
  expect(rows.filter((hash) => !acknowledged.includes(hash)).length).toBeLessThanOrEqual(mayHaveMore ? 1 : 0);
  expect(acknowledged.filter((hash) => !rows.includes(hash))).toEqual([]);
  const store = new Store(join(folder, 'store'));
  for await (const hash of store.hashes())
    expect(
      createHash('sha256')
        .update(readFileSync(store.pathOf(hash)))
        .digest('hex'),
    ).toBe(hash);
  for (const hash of rows) expect(store.bytesOf(hash)).toBeGreaterThan(0);
}

describe.skipIf(reason)(`publishing an artifact${skipped}`, () => {
  test.each([
    ['a transaction of its own', 'alone'],
    ['one with others, whose sync the event loop does not wait for', 'together'],
  ] as const)('is write, fsync of the file, rename within the file system, fsync of the folder, and then the row in %s', async (_what, way) => {
    const log = join(folder, 'trace');
    const outcome = run(3, ['-y', '-o', log, '-e', 'trace=openat,write,pwrite64,rename,renameat,renameat2,fsync,fdatasync'], way);
    expect(outcome.acknowledged).toHaveLength(3);
    await expectSound(outcome, false);
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => !line.includes('resumed>'));
    for (const hash of outcome.acknowledged) {
      const target = `${hash.slice(0, 2)}/${hash.slice(2)}`;
      const attempt = `attempt-${outcome.acknowledged.indexOf(hash)}/output`;
      const after = (from: number, wanted: (line: string) => boolean): number => calls.findIndex((line, at) => at > from && wanted(line));
      const written = after(-1, (line) => /\b(?:p?write(?:64)?)\(/.test(line) && line.includes(attempt));
      const synced = after(written, (line) => /\bf(?:data)?sync\(/.test(line) && line.includes(attempt));
      const renamed = after(synced, (line) => /\brename(?:at2?)?\(/.test(line) && line.includes(attempt) && line.includes(target));
      const folderSynced = after(renamed, (line) => /\bfsync\(/.test(line) && line.includes(`/store/${hash.slice(0, 2)}>`));
      const row = after(folderSynced, (line) => /\bpwrite64\(/.test(line) && line.includes('modelwright.sqlite-wal'));
      const rowSynced = after(row, (line) => /\bf(?:data)?sync\(/.test(line) && line.includes('modelwright.sqlite-wal'));
      const told = after(rowSynced, (line) => line.includes(`ack ${hash.slice(0, 20)}`));
      const order = { written, synced, renamed, folderSynced, row, rowSynced, told };
      expect(Object.entries(order).filter(([, at]) => at < 0)).toEqual([]);
      expect(calls.filter((line, at) => at < renamed && /\brename/.test(line) && line.includes(target))).toEqual([]);
    }
  });
});

describe.skipIf(reason)(`when system calls fail${skipped}`, () => {
  test.each([
    ['writes', 'pwrite64', 'ENOSPC', [10, 25, 60]],
    ['writes', 'pwrite64', 'EIO', [15, 45]],
    ['syncs', 'fdatasync,fsync', 'EIO', [12, 20, 33]],
    ['renames', 'rename,renameat,renameat2', 'ENOSPC', [2, 5]],
  ] as const)('%s (%s, %s): every acknowledged row is there, and no other', async (_what, calls, error, starts) => {
    for (const first of starts) {
      const outcome = run(20, ['-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${first}..${first + 8}`]);
      expect(outcome.refused.length, `from call ${first}`).toBeGreaterThan(0);
      expect(outcome.acknowledged.length + outcome.refused.length).toBe(20);
      // It goes on by itself when calls succeed again.
      expect(outcome.acknowledged.length).toBeGreaterThan(0);
      await expectSound(outcome, false);
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'modelwright-syscalls-'));
    }
  });

  test('the sync of rows committed together (fdatasync, EIO): the process ends, and every acknowledged row is there', async () => {
    // Counted for each of the threads that sync.
    for (const at of [1, 2, 4]) {
      const outcome = run(20, ['-o', '/dev/null', '-e', 'trace=fdatasync', '-e', `inject=fdatasync:error=EIO:when=${at}`], 'together');
      expect(outcome.acknowledged.length, `sync ${at}`).toBeLessThan(20);
      expect(outcome.status, `sync ${at}`).toBe(3);
      await expectSound(outcome, true);
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'modelwright-syscalls-'));
    }
  });

  test.each(['alone', 'together'] as const)(
    'the process dies at the nth write, sync or rename, rows written %s: what was acknowledged is there',
    async (way) => {
      for (const calls of ['pwrite64', 'fdatasync,fsync', 'rename,renameat,renameat2', 'write'])
        for (const at of [3, 17, 30]) {
          let outcome: Outcome;
          try {
            outcome = run(20, ['-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:signal=KILL:when=${at}`], way);
          } catch {
            continue; // It died before it was ready.
          }
          if (outcome.acknowledged.length < 20) expect(outcome.signal ?? outcome.status).not.toBe(0);
          await expectSound(outcome, true);
          rmSync(folder, { recursive: true });
          folder = mkdtempSync(join(tmpdir(), 'modelwright-syscalls-'));
        }
    },
  );
});
