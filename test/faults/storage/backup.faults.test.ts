import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifest } from '#server/backup/manifest.ts';
import { brokenInvariants } from '#test/executor/invariants.ts';
import { countRows } from '#test/fixtures/describe-folder.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer } from '#test/support/server.ts';

const program = join(import.meta.dirname, '../../../server/cli.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
const modelwright = (...args: string[]): Promise<Answer> =>
  new Promise((done) =>
    execFile(process.execPath, [program, ...args], (error: ExecFileException | null, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    ),
  );

/** Runs pipelines, each with data of its own, and deletes what ended, until it is told to stop. Gives how many runs were deleted. */
async function work(client: Client, stopped: () => boolean): Promise<number> {
  let deleted = 0;
  for (let number = 0; !stopped(); number++) {
    const data = `x,y\n${Array.from({ length: 2_000 }, (_, row) => `${row},${row * number}`).join('\n')}\n`;
    const document = {
      formatVersion: 1,
      name: `Load ${number}`,
      nodes: [
        { id: 'table', type: 'enter-data-manually', version: 1, params: { data } },
        { id: 'query', type: 'apply-sql-transformation', version: 1, params: { script: 'SELECT x, y, x * y AS product FROM t1' } },
      ],
      edges: [{ from: { node: 'table', port: 'data' }, to: { node: 'query', port: 't1' } }],
    };
    const { id } = await client.post<{ id: string }>('/pipelines', { document });
    const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`, {});
    await finishedRun(client, run.id);
    if (number % 3 === 0) continue;
    expect((await client.request(`/runs/${run.id}`, { method: 'DELETE' })).status).toBe(204);
    deleted++;
  }
  return deleted;
}

test('a backup of a server under load is whole, and a server starts on what is restored', async () => {
  const dataFolder = join(folder, 'data');
  const server = await startServer({ dataFolder });
  const client = await signIn(server.url, server.signInLink);
  const { id: sample } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${sample}/runs`)).id);
  let stop = false;
  const load = [work(client, () => stop), work(client, () => stop)];
  const backups = ['first', 'second', 'third'].map((name) => join(folder, name));
  for (const backup of backups) {
    const made = await modelwright('backup', backup, '--data', dataFolder, '--with-keys');
    expect([made.code, made.err]).toEqual([0, expect.any(String)]);
  }
  stop = true;
  const deleted = (await Promise.all(load)).reduce((sum, each) => sum + each, 0);
  expect(deleted).toBeGreaterThan(3);
  await server.stop({ keep: true });
  expect((await modelwright('backup', join(folder, 'stopped'), '--data', dataFolder)).code).toBe(0);

  for (const backup of [...backups, join(folder, 'stopped')]) {
    const manifest = readManifest(backup);
    expect(manifest.missing).toEqual([]);
    expect(manifest.artifacts).toHaveLength(manifest.counts['artifacts']!);
    const restored = join(folder, 'restored');
    const answer = await modelwright('restore', backup, restored, '--json');
    expect([answer.code, answer.err.includes('no key file')]).toEqual([0, false]);
    expect((await modelwright('restore', backup, restored)).code).toBe(2);
    const after = await startServer({ dataFolder: restored });
    const there = await signIn(after.url, after.signInLink);
    const { database, store } = after.running.services;
    for (const id of database.$client.prepare('SELECT id FROM runs').pluck().all() as string[]) {
      const run = await finishedRun(there, id);
      expect(run.status, `run ${run.number}`).toBe('succeeded');
    }
    expect(countRows(database.$client)['runs']).toBe(manifest.counts['runs']);
    await after.running.services.runs.drain(1_000);
    expect(brokenInvariants({ db: database, store, folder: restored })).toEqual([]);
    await after.stop();
    expect(existsSync(restored)).toBe(false);
  }
}, 300_000);

test('the commands say what is wrong, with exit code 2', async () => {
  const nothing = await modelwright('backup', join(folder, 'backup'), '--data', folder);
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('There is no Modelwright data')]);
  const none = await modelwright('restore', folder, join(folder, 'new'));
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('manifest.json is not there')]);
  const server = await startServer({ dataFolder: join(folder, 'data') });
  const busy = await modelwright('sweep', '--data', server.dataFolder);
  expect([busy.code, busy.err]).toEqual([2, expect.stringContaining('POST /api/v1/storage/sweep')]);
  await server.stop({ keep: true });
  const swept = await modelwright('sweep', '--data', server.dataFolder, '--json');
  expect([swept.code, JSON.parse(swept.out)]).toEqual([0, { files: 0, bytes: 0 }]);
  expect((await modelwright('backup', '--help')).out).toContain('--with-keys');
}, 60_000);
